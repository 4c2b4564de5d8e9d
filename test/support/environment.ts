import { randomBytes } from 'node:crypto';

/** Encrypts the secrets at rest. */
export const KEY = randomBytes(32).toString('base64');

/** What a bot needs at least, as one reads it from its environment. */
export const GOOD: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'xoxb-1-abc',
  SLACK_APP_TOKEN: 'xapp-1-abc',
  SSE_APPROVERS: 'U0APPROVER, S0GROUP01',
  SSE_OPERATORS: '*',
  AZURE_TENANT_ID: '5c0a4c5e-6a2c-4b59-9c55-0e7d3b6d0001',
  AZURE_CLIENT_ID: '5c0a4c5e-6a2c-4b59-9c55-0e7d3b6d0002',
  AZURE_CLIENT_SECRET: 'client-secret-value',
  MIST_API_TOKEN: 'mist-token-value',
  MIST_ORG_ID: '5c0a4c5e-6a2c-4b59-9c55-0e7d3b6d0003',
  MIST_BASE_URL: 'https://api.mist.com',
  SSE_SECRET_KEY: KEY,
};
