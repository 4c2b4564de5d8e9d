import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig, type Config } from '../src/config.ts';
import { Environment } from '../src/config/environment.ts';
import { GOOD, KEY } from './support/environment.ts';

function good(env: Readonly<Record<string, string | undefined>> = {}): Config {
  const config = readConfig({ ...GOOD, ...env });
  if (!config.ok) throw new Error(config.failure);
  return config.value;
}

function problemOf(env: Readonly<Record<string, string | undefined>>): string {
  const config = readConfig(env);
  return config.ok ? 'accepted' : config.failure;
}

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sse-config-')), 'key');
  writeFileSync(path, content);
  return path;
}

describe('the configuration', () => {
  it('takes a device vendor that Graph knows, in its spelling, and lists them otherwise', () => {
    expect(good({ SSE_DEVICE_VENDOR: 'juniperNetworks' }).entra.deviceVendor).toBe('juniperNetworks');
    for (const wrong of ['juniper', 'Other', 'unknownFutureValue']) {
      expect(problemOf({ ...GOOD, SSE_DEVICE_VENDOR: wrong })).toMatch(
        /SSE_DEVICE_VENDOR.*a member of Graph's deviceVendor: barracudaNetworks, .*, juniperNetworks/,
      );
    }
  });

  it('fills in the documented defaults', () => {
    expect(good()).toMatchObject({
      slack: { mode: { kind: 'socket' }, apiUrl: 'https://slack.com/api/' },
      server: { host: '127.0.0.1', port: 3000 },
      access: { approvers: ['U0APPROVER', 'S0GROUP01'], operators: '*' },
      approvals: { needed: 1, ttlMs: 86_400_000 },
      mist: { wsUrl: 'wss://api-ws.mist.com/api-ws/v1/stream' },
      planning: { peeringPool: [], maxNetworks: 10, maxLinks: 4 },
      timing: { pollMs: 15_000, watchMs: 60_000 },
      timeZone: 'UTC',
      logLevel: 'info',
      warnings: [],
    });
    expect(good()).not.toHaveProperty('healthPort');
    expect(good().timing).not.toHaveProperty('rekeyCheckMs');
    expect(good().store.url.reveal()).toBe('sqlite:./data/sse.db');
  });

  it('names every missing variable in one message', () => {
    const message = problemOf({});
    for (const name of [
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'SSE_APPROVERS',
      'SSE_OPERATORS',
      'AZURE_TENANT_ID',
      'AZURE_CLIENT_ID',
      'AZURE_CLIENT_SECRET',
      'MIST_API_TOKEN',
      'MIST_ORG_ID',
      'MIST_BASE_URL',
      'SSE_SECRET_KEY',
    ]) {
      expect(message).toContain(name);
    }
  });

  it.each([
    ['SSE_APPROVERS', ' '],
    ['SSE_APPROVERS', '@ann'],
    ['SSE_APPROVERS', '*'],
    ['SSE_OPERATORS', ','],
    ['SSE_CHANNEL', '#network'],
    ['SSE_APPROVALS', '0'],
    ['SSE_APPROVAL_TTL', '1d'],
    ['SSE_POLL_INTERVAL', '0'],
    ['SSE_POLL_INTERVAL', '15'],
    ['SSE_REKEY_CHECK', '-1s'],
    ['SLACK_API_URL', 'http://slack.example/api/'],
    ['SLACK_API_URL', 'https://slack.example/'],
    ['GRAPH_BASE_URL', 'http://localhost:1'],
    ['GRAPH_BASE_URL', 'https://graph.microsoft.com/beta'],
    ['AZURE_AUTHORITY_HOST', 'http://127.0.0.1'],
    ['MIST_BASE_URL', 'http://api.mist.com'],
    ['MIST_WS_URL', 'wss://api-ws.mist.com/'],
    ['DATABASE_URL', 'mysql://host/db'],
    ['SSE_SECRET_KEY', 'c2hvcnQ='],
    ['SSE_SECRET_KEYS_OLD', `${KEY},x`],
    ['SSE_PEERING_POOL', '10.99.0.1/16'],
    ['SSE_PEERING_POOL', '10.99.0.0/30'],
    ['SSE_TZ', 'Mars/Olympus'],
    ['PORT', '65536'],
    ['HEALTH_PORT', '1e3'],
    ['LOG_LEVEL', 'loud'],
    ['AZURE_MANAGED_IDENTITY', 'yes'],
    ['SLACK_BOT_TOKEN', 'xapp-1-abc'],
    ['SLACK_APP_TOKEN', 'xoxb-1-abc'],
  ])('refuses %s=%s by name, without repeating it', (name, value) => {
    const message = problemOf({ ...GOOD, [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain('accepted');
    if (value.length > 4 && !value.includes('api')) expect(message).not.toContain(value);
  });

  it('takes durations, loopback addresses and lists', () => {
    const config = good({
      SSE_POLL_INTERVAL: '250ms',
      SSE_VERIFY_TIMEOUT: '30m',
      SSE_REKEY_CHECK: '0',
      SSE_APPROVAL_TTL: '2h',
      SLACK_API_URL: 'http://127.0.0.1:4000/api',
      MIST_BASE_URL: 'http://localhost:4001/',
      GRAPH_BASE_URL: 'https://localhost:4002',
      SSE_PEERING_POOL: '10.99.0.0/16, 10.100.0.0/24',
      SSE_SECRET_KEYS_OLD: `${KEY}, ${KEY}`,
      HEALTH_PORT: '0',
      DATABASE_URL: 'postgres://user:pass@host/db',
      LOG_LEVEL: 'DEBUG',
    });
    expect(config.timing).toMatchObject({ pollMs: 250, verifyCapMs: 1_800_000, rekeyCheckMs: 0 });
    expect(config.approvals.ttlMs).toBe(7_200_000);
    expect(config.slack.apiUrl).toBe('http://127.0.0.1:4000/api/');
    expect(config.mist).toMatchObject({
      baseUrl: 'http://localhost:4001',
      wsUrl: 'ws://localhost:4001/api-ws/v1/stream',
    });
    expect(config.planning.peeringPool).toEqual(['10.99.0.0/16', '10.100.0.0/24']);
    expect(config).toMatchObject({ healthPort: 0, logLevel: 'debug' });
    expect(config.store.oldKeys).toHaveLength(2);
  });

  it('lets Socket Mode win over HTTP, with a warning', () => {
    const both = good({ SLACK_SIGNING_SECRET: 'signing-secret' });
    expect(both.slack.mode.kind).toBe('socket');
    expect(both.warnings).toHaveLength(1);
    const http = good({ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'signing-secret' });
    expect(http.slack.mode.kind).toBe('http');
  });

  it.each([['SSE_WATCH_INTERVAL', '2m']])('warns that %s has no effect where it is set', (name, value) => {
    expect(good({ [name]: value }).warnings).toEqual([`${name} is set, but has no effect in this version`]);
    expect(good({ [name]: '' }).warnings).toEqual([]);
  });

  it('wants exactly one Entra credential', () => {
    const none = { ...GOOD, AZURE_CLIENT_SECRET: undefined };
    expect(problemOf(none)).toContain('AZURE_MANAGED_IDENTITY');
    expect(problemOf({ ...GOOD, AZURE_MANAGED_IDENTITY: 'true' })).toContain('only one');
    expect(good({ AZURE_MANAGED_IDENTITY: 'false' }).entra.credential.kind).toBe('secret');
    const managed = readConfig({ ...none, AZURE_MANAGED_IDENTITY: 'true' });
    expect(managed).toMatchObject({
      ok: true,
      value: { entra: { credential: { kind: 'managed-identity' } } },
    });
    const missing = { ...none, AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere/cert.pem' };
    expect(problemOf(missing)).toContain('AZURE_CLIENT_CERTIFICATE_PATH');
  });

  it('reads the secret key from a file, and only from one place', () => {
    const fromFile = { SSE_SECRET_KEY: undefined, SSE_SECRET_KEY_FILE: file(`${KEY}\n`) };
    expect(good(fromFile).store.key.reveal()).toBe(KEY);
    expect(problemOf({ ...GOOD, SSE_SECRET_KEY_FILE: file(KEY) })).toContain('only one');
    expect(problemOf({ ...GOOD, ...fromFile, SSE_SECRET_KEY_FILE: file('no key') })).toContain(
      'SSE_SECRET_KEY_FILE',
    );
  });

  it('cannot print a secret', () => {
    const shown = inspect(good({ MIST_WEBHOOK_SECRET: 'hook-secret' }), { depth: 9 });
    for (const secret of [
      'xoxb-1',
      'xapp-1',
      'client-secret-value',
      'mist-token-value',
      'hook-secret',
      KEY,
    ]) {
      expect(shown).not.toContain(secret);
    }
  });

  it('never throws and never repeats a value, whatever the environment holds', () => {
    const names = Object.keys(Environment.shape);
    const value = fc.oneof(fc.string({ minLength: 12 }), fc.constantFrom('', '0', 'true', '*', 'https://x'));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
        const config = readConfig({ ...GOOD, ...env });
        if (config.ok) return;
        for (const text of Object.values(env).filter((one) => one.trim().length >= 12)) {
          expect(config.failure).not.toContain(text);
        }
      }),
      { numRuns: 500 },
    );
  });
});
