import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCaller, type Caller } from './support.ts';

let caller: Caller;
beforeAll(async () => {
  caller = await startCaller();
});
afterAll(() => caller.sim.close());

test('client credentials give a token whose roles are the granted application permissions', async () => {
  const { status, json } = await caller.token();
  expect(status).toBe(200);
  expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
  const claims = JSON.parse(Buffer.from(json.access_token.split('.')[1], 'base64url').toString());
  expect(claims).toMatchObject({
    aud: 'https://graph.microsoft.com',
    appid: caller.sim.clientId,
    tid: caller.sim.tenantId,
    roles: ['NetworkAccess.ReadWrite.All', 'NetworkAccess-Reports.Read.All'],
  });
});

test.each([
  [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  [{ client_id: 'other' }, 400, 'unauthorized_client', 700016],
  [{ scope: 'https://graph.microsoft.com/User.Read' }, 400, 'invalid_scope', 1002012],
  [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
])('a token request with %j is refused', async (form, status, error, code) => {
  const answer = await caller.token(form);
  expect(answer.status).toBe(status);
  expect(answer.json).toMatchObject({ error, error_codes: [code] });
  expect(answer.json.error_description).toContain(`AADSTS${code}: `);
});

test('an unknown tenant is refused with 400 on both of its paths', async () => {
  const token = await caller.raw('POST', '/8a27/oauth2/v2.0/token', 'grant_type=client_credentials');
  const discovery = await caller.raw('GET', '/8a27/v2.0/.well-known/openid-configuration');
  expect([token.status, discovery.status]).toEqual([400, 400]);
  expect(token.json.error_description).toContain('AADSTS90002');
});

test('discovery names endpoints on the simulator itself', async () => {
  const { json } = await caller.raw('GET', `/${caller.sim.tenantId}/v2.0/.well-known/openid-configuration`);
  expect(json.token_endpoint).toBe(`${caller.sim.origin}/${caller.sim.tenantId}/oauth2/v2.0/token`);
});

test('an expired, a revoked, a forged and a missing token all get 401 in the Graph envelope', async () => {
  const path = '/beta/networkAccess/tenantStatus';
  const bearer = async (): Promise<string> => String((await caller.token()).json.access_token);
  caller.sim.settings.tokenLifetimeSeconds = -1;
  const expired = await bearer();
  caller.sim.settings.tokenLifetimeSeconds = 3599;
  const revoked = await bearer();
  caller.sim.authority.revokeTokens();
  const good = await bearer();
  const [head = '', claims = '', signature = ''] = good.split('.');
  const forged = `${head}.${Buffer.from(`${Buffer.from(claims, 'base64url').toString()} `).toString('base64url')}.${signature}`;
  for (const token of [expired, revoked, forged]) {
    const answer = await caller.raw('GET', path, undefined, { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(401);
    expect(answer.json.error.code).toBe('InvalidAuthenticationToken');
    expect(answer.headers['request-id']).toBe(answer.json.error.innerError['request-id']);
  }
  expect((await caller.raw('GET', path)).status).toBe(401);
  expect((await caller.raw('GET', path, undefined, { authorization: `Bearer ${good}` })).status).toBe(200);
});

const CHILD = `
import { ClientSecretCredential, WorkloadIdentityCredential } from '@azure/identity';
const { origin, tenantId, clientId, secret, tokenFile } = JSON.parse(process.argv[1]);
const options = { authorityHost: origin, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };
const scope = 'https://graph.microsoft.com/.default';
const answers = [];
for (const credential of [
  new ClientSecretCredential(tenantId, clientId, secret, options),
  new ClientSecretCredential(tenantId, clientId, 'wrong', options),
  new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath: tokenFile }),
]) {
  try {
    const { token } = await credential.getToken(scope);
    const response = await fetch(origin + '/beta/networkAccess/tenantStatus', { headers: { authorization: 'Bearer ' + token } });
    answers.push((await response.json()).onboardingStatus);
  } catch (error) {
    answers.push(String(error).includes('invalid_client') ? 'invalid_client' : String(error));
  }
}
console.log(JSON.stringify(answers));
`;

test('@azure/identity accepts the authority when the child trusts its certificate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sse-entra-'));
  try {
    const [ca, tokenFile] = [join(folder, 'ca.pem'), join(folder, 'token')];
    await writeFile(ca, caller.certificates.ca);
    await writeFile(tokenFile, 'e30.e30.e30'); // Of the right shape, and vouched for by nobody.
    const { origin, tenantId, clientId, clientSecret: secret } = caller.sim;
    const input = JSON.stringify({ origin, tenantId, clientId, secret, tokenFile });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', CHILD, input],
      { env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: ca }, cwd: process.cwd() },
    );
    expect(JSON.parse(stdout)).toEqual(['onboarded', 'invalid_client', 'invalid_client']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
