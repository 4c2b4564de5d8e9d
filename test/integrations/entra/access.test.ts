import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import {
  startSimServer,
  type SimRequest,
  type SimResponse,
  type SimServer,
} from '../../../sandbox/http/server.ts';
import { CLIENT, failureOf, TENANT, tokenAnswer, withServer, withSim } from './rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'entra-access-'));
const certificatePath = join(folder, 'app.pem');
const tokenFile = join(folder, 'federated-token');

beforeAll(async () => {
  const pems = await generate([{ name: 'commonName', value: 'app' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
  });
  writeFileSync(certificatePath, `${pems.private}\n${pems.cert}`);
  writeFileSync(tokenFile, 'header.federated.signature');
});
afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => {
  vi.useRealTimers();
});

/** Sets only the calendar forward; sockets and timers go on as they are. */
function later(seconds: number): void {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: now + seconds * 1000 });
}

function jwt(claims: object): string {
  return `${Buffer.from('{}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
}

function refused(status: number, error: string, aadsts: number): SimResponse {
  return {
    status,
    body: { error, error_description: `AADSTS${aadsts}: words. Trace ID: 1`, error_codes: [aadsts] },
  };
}

function okay(): SimResponse {
  return { status: 200, body: { onboardingStatus: 'onboarded' } };
}

describe('roles', () => {
  test('are those of the token', async () => {
    const { entra } = await withSim();
    expect(await entra.checkAccess()).toEqual({
      roles: ['NetworkAccess.ReadWrite.All', 'NetworkAccess-Reports.Read.All'],
    });
  });

  test.each([
    ['opaque', 'an-opaque-token'],
    ['of three parts that hold no JSON', 'a.b.c'],
    ['without a list', jwt({ aud: 'https://graph.microsoft.com' })],
    ['with something else as the list', jwt({ roles: 'all' })],
    ['that is JSON null', `a.${Buffer.from('null').toString('base64url')}.c`],
  ])('of a token %s are unknown', async (_name, token) => {
    const { entra } = await withServer(okay, {}, () => tokenAnswer(token));
    expect(await entra.checkAccess()).toEqual({ roles: undefined });
  });

  test('that were granted meanwhile count within a minute, without waiting for the token to end', async () => {
    const { entra, sim, tokenCalls } = await withSim({}, { settings: { roles: [] } });
    expect(await failureOf(entra.tenantStatus())).toMatchObject({ kind: 'forbidden' });
    expect(await failureOf(entra.tenantStatus())).toMatchObject({ kind: 'forbidden' });
    expect(tokenCalls()).toHaveLength(1);
    sim.settings.roles = ['NetworkAccess.Read.All'];
    later(61);
    expect(await entra.tenantStatus()).toBe('onboarded');
    expect(await entra.checkAccess()).toEqual({ roles: ['NetworkAccess.Read.All'] });
    expect(tokenCalls()).toHaveLength(2);
  });
});

describe('a token', () => {
  test('is asked for once and shared by calls that run side by side', async () => {
    const { entra, tokenCalls, graphCalls } = await withSim();
    await Promise.all([entra.tenantStatus(), entra.forwardingProfiles(), entra.remoteNetworks()]);
    await entra.tenantStatus();
    expect(tokenCalls()).toHaveLength(1);
    expect(graphCalls()).toHaveLength(4);
  });

  test('is renewed before it ends', async () => {
    let issued = 0;
    const { entra, headers } = await withServer(okay, {}, () => tokenAnswer(`token-${(issued += 1)}`));
    await entra.tenantStatus();
    later(3_200);
    await entra.tenantStatus();
    later(150);
    await entra.tenantStatus();
    expect(headers.map((one) => one.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  test('that is still good is used while Entra is away, but not to tell what is granted', async () => {
    const { entra, sim, graphCalls } = await withSim();
    await entra.tenantStatus();
    const headers = { 'retry-after': '0' };
    sim.faults.plant({
      path: 'token$',
      times: -1,
      action: { kind: 'answer', status: 503, headers, body: '{}' },
    });
    later(3_400);
    expect(await entra.tenantStatus()).toBe('onboarded');
    expect(await failureOf(entra.checkAccess())).toMatchObject({ kind: 'unavailable' });
    later(300);
    expect(await failureOf(entra.tenantStatus())).toMatchObject({ kind: 'unavailable' });
    expect(graphCalls()).toHaveLength(2);
  });

  test('that Graph no longer takes is replaced at once, except for a creation, which the caller repeats', async () => {
    const { entra, sim, graphCalls } = await withSim();
    const { network } = sim.store.seedForeignNetwork({ name: 'a' });
    await entra.tenantStatus();
    for (const call of [() => entra.tenantStatus(), () => entra.setNetworkProfiles(network.id, [])]) {
      sim.authority.revokeTokens();
      later(120);
      await call();
    }
    sim.authority.revokeTokens();
    later(120);
    const create = () => entra.createRemoteNetwork({ name: 'b', region: 'westEurope', profileIds: [] });
    expect(await failureOf(create())).toMatchObject({ kind: 'unauthorized', uncertain: false });
    await create();
    expect(graphCalls().map((call) => call.status)).toEqual([200, 401, 200, 401, 200, 401, 201]);
  });

  test.each([
    ['503', 503, 'unavailable'],
    ['429', 429, 'rate-limited'],
  ])('is asked for again after %s, at most three times', async (_name, status, kind) => {
    const { entra, sim, tokenCalls } = await withSim();
    const action = { kind: 'answer', status, headers: { 'retry-after': '0' }, body: '{}' } as const;
    sim.faults.plant({ method: 'POST', path: 'token', action });
    await entra.tenantStatus();
    expect(tokenCalls()).toHaveLength(2);
    const second = await withSim();
    second.sim.faults.plant({ method: 'POST', path: 'token', times: -1, action });
    expect(await failureOf(second.entra.tenantStatus())).toMatchObject({
      kind,
      retryable: true,
      uncertain: false,
    });
    expect(second.tokenCalls()).toHaveLength(3);
    expect(second.graphCalls()).toHaveLength(0);
  });

  test('that cannot be had in time is a timeout', async () => {
    const { entra, sim } = await withSim({ timeoutMs: 200 });
    sim.faults.plant({ path: 'token', times: -1, action: { kind: 'slow' }, delayMs: 5_000 });
    expect(await failureOf(entra.checkAccess())).toMatchObject({ kind: 'timeout', retryable: true });
  });

  test('from something that is not Entra is a bad response', async () => {
    const { entra } = await withServer(okay, {}, () => ({ status: 200, body: '<html>Sign in</html>' }));
    const failure = await failureOf(entra.checkAccess());
    expect(failure.kind).toBe('bad-response');
    expect(failure.hint).toContain('AZURE_AUTHORITY_HOST');
  });

  test('from a host that is not there is a network failure, and nothing was created', async () => {
    const { entra, sim } = await withSim();
    await sim.close();
    const failure = await failureOf(entra.createRemoteNetwork({ name: 'a', region: 'b', profileIds: [] }));
    expect(failure).toMatchObject({ kind: 'network', retryable: true, uncertain: false });
    expect(failure.hint).toContain('ECONNREFUSED');
  });
});

describe('refused credentials are unauthorized, and the hint names the variable', () => {
  test.each([
    [401, 'invalid_client', 7000215, 'AZURE_CLIENT_SECRET'],
    [401, 'invalid_client', 7000222, 'expired'],
    [400, 'unauthorized_client', 700016, 'AZURE_CLIENT_ID'],
    [400, 'invalid_request', 90002, 'AZURE_TENANT_ID'],
    [400, 'access_denied', 53003, 'Conditional Access'],
    [401, 'invalid_client', 123456, 'AZURE_CLIENT_SECRET'],
  ])('%i %s AADSTS%i: %s', async (status, error, aadsts, word) => {
    const { entra, tokenCalls } = await withServer(okay, {}, () => refused(status, error, aadsts));
    const failure = await failureOf(entra.checkAccess());
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      code: 'entra.unauthorized',
      retryable: false,
      status,
    });
    expect(failure.hint).toContain(word);
    expect(failure.message).toContain(`AADSTS${aadsts}`);
    expect(tokenCalls()).toHaveLength(1);
  });

  test('a tenant that Entra does not know', async () => {
    const { entra } = await withSim({
      credential: { kind: 'secret', tenantId: TENANT, clientId: CLIENT, clientSecret: new Secret('x') },
    });
    const failure = await failureOf(entra.checkAccess());
    expect(failure).toMatchObject({ kind: 'unauthorized' });
    expect(failure.hint).toContain('AZURE_TENANT_ID');
  });

  test.each([
    [
      'certificate',
      { kind: 'certificate', tenantId: TENANT, clientId: CLIENT, certificatePath: '/nowhere.pem' },
      'AZURE_CLIENT_CERTIFICATE_PATH',
    ],
    [
      'federated',
      { kind: 'federated', tenantId: TENANT, clientId: CLIENT, tokenFile: '/nowhere' },
      'AZURE_FEDERATED_TOKEN_FILE',
    ],
    [
      'secret',
      { kind: 'secret', tenantId: 'no tenant!', clientId: CLIENT, clientSecret: new Secret('x') },
      'AZURE_TENANT_ID',
    ],
  ] as const)('a %s that cannot be used', async (_name, credential, variable) => {
    const { entra, tokenCalls } = await withServer(okay, { credential });
    const failure = await failureOf(entra.checkAccess());
    expect(failure).toMatchObject({ kind: 'unauthorized', retryable: false });
    expect(failure.hint).toContain(variable);
    expect(tokenCalls()).toEqual([]);
  });

  test('a certificate or a federated token that Entra does not know', async () => {
    const certificate = { kind: 'certificate', tenantId: TENANT, clientId: CLIENT, certificatePath } as const;
    const first = await withServer(okay, { credential: certificate }, () =>
      refused(401, 'invalid_client', 700027),
    );
    expect((await failureOf(first.entra.checkAccess())).hint).toContain('AZURE_CLIENT_CERTIFICATE_PATH');
    const federated = { kind: 'federated', tenantId: TENANT, clientId: CLIENT, tokenFile } as const;
    const second = await withServer(okay, { credential: federated }, () =>
      refused(401, 'invalid_client', 700213),
    );
    expect((await failureOf(second.entra.checkAccess())).hint).toContain('AZURE_FEDERATED_TOKEN_FILE');
  });
});

describe('every kind of credential', () => {
  function form({ body }: SimRequest): URLSearchParams {
    return new URLSearchParams(body.toString('utf8'));
  }

  test('a certificate signs an assertion', async () => {
    const forms: URLSearchParams[] = [];
    const credential = { kind: 'certificate', tenantId: TENANT, clientId: CLIENT, certificatePath } as const;
    const { entra } = await withServer(okay, { credential }, (request) => {
      forms.push(form(request));
      return tokenAnswer('opaque');
    });
    expect(await entra.tenantStatus()).toBe('onboarded');
    expect(forms[0]?.get('client_assertion')?.split('.')).toHaveLength(3);
    expect(forms[0]?.get('client_id')).toBe(CLIENT);
  });

  test('a federated token is read anew for every token', async () => {
    const assertions: (string | null)[] = [];
    const credential = { kind: 'federated', tenantId: TENANT, clientId: CLIENT, tokenFile } as const;
    const { entra } = await withServer(okay, { credential }, (request) => {
      assertions.push(form(request).get('client_assertion'));
      return tokenAnswer('opaque');
    });
    await entra.tenantStatus();
    writeFileSync(tokenFile, 'header.renewed.signature');
    later(3_599);
    await entra.tenantStatus();
    expect(assertions).toEqual(['header.federated.signature', 'header.renewed.signature']);
  });

  describe('a managed identity', () => {
    const credential = { kind: 'managed-identity', clientId: CLIENT } as const;
    let machine: SimServer;
    let answer: SimResponse;

    // An App Service's endpoint, the only one that may stand anywhere.
    beforeAll(async () => {
      machine = await startSimServer({ handle: () => answer });
      vi.stubEnv('IDENTITY_ENDPOINT', `${machine.origin}/msi/token`);
      vi.stubEnv('IDENTITY_HEADER', 'header');
    });
    afterAll(async () => {
      vi.unstubAllEnvs();
      await machine.close();
    });

    test('gets its token from the machine', async () => {
      answer = {
        status: 200,
        body: {
          access_token: 'of-the-machine',
          expires_on: String(Math.floor(Date.now() / 1000) + 3600),
          token_type: 'Bearer',
        },
      };
      const { entra, headers } = await withServer(okay, { credential });
      await entra.tenantStatus();
      expect(headers[0]?.authorization).toBe('Bearer of-the-machine');
      expect(machine.calls.at(-1)?.query).toContain(CLIENT);
    });

    test.each([
      [
        'a machine without one',
        { status: 400, body: { error: 'invalid_request', error_description: 'none' } },
        'unauthorized',
      ],
      ['an endpoint that fails', { status: 500, body: 'no' }, 'network'],
      ['an answer without a token', { status: 200, body: {} }, 'bad-response'],
    ])('of %s is a failure of its kind', async (_name, given, kind) => {
      answer = given;
      // MSAL keeps tokens of managed identities for the whole process, by client id.
      const { entra } = await withServer(okay, { credential: { ...credential, clientId: randomUUID() } });
      const failure = await failureOf(entra.checkAccess());
      expect(failure.kind).toBe(kind);
      expect(failure.retryable).toBe(kind !== 'unauthorized');
    });
  });
});
