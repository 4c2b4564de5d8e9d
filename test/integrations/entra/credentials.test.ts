import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startIdentityMachine, type IdentityMachine } from '../../../sandbox/entra/managed-identity.ts';
import type { EntraCredential } from '../../../src/integrations/entra/options.ts';
import { CLIENT, failureOf, TENANT, withSim, type SimRig } from './rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'entra-credentials-'));
const certificatePath = join(folder, 'app.pem');
const tokenFile = join(folder, 'federated-token');
const issuer = generateKeyPairSync('rsa', { modulusLength: 2048 });
const FEDERATED = {
  issuer: 'https://cluster.example/oidc',
  subject: 'system:serviceaccount:sse:bot',
  audience: 'api://AzureADTokenExchange',
  publicKey: issuer.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
let certificate: { cert: string; private: string };
let machine: IdentityMachine | undefined;

beforeAll(async () => {
  certificate = await generate([{ name: 'commonName', value: 'app' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
  });
  writeFileSync(certificatePath, `${certificate.private}\n${certificate.cert}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await machine?.close();
  machine = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A token of a cluster about a workload, as a projected service-account token is. */
function clusterToken(change: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const { issuer: iss, subject: sub, audience: aud } = FEDERATED;
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iss, sub, aud, nbf: now, exp: now + 3600, ...change },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = createSign('sha256').update(parts.join('.')).sign(issuer.privateKey, 'base64url');
  return [...parts, signature].join('.');
}

/** A tenant of fixed IDs, so that the credential can be made before it. */
function tenantFor(credential: EntraCredential): Promise<SimRig> {
  return withSim({ credential }, { tenantId: TENANT, clientId: CLIENT });
}

const ids = { tenantId: TENANT, clientId: CLIENT };

describe('a certificate', () => {
  const credential = { kind: 'certificate', ...ids, certificatePath } as const;

  test('that is registered is taken', async () => {
    const { entra, sim } = await tenantFor(credential);
    sim.authority.proofs.certificates.push(certificate.cert);
    expect(await entra.tenantStatus()).toBe('onboarded');
  });

  test('that is not registered is refused, and the hint says where to upload it', async () => {
    const { entra, sim } = await tenantFor(credential);
    const other = await generate([{ name: 'commonName', value: 'other' }], { keyType: 'rsa', keySize: 2048 });
    sim.authority.proofs.certificates.push(other.cert);
    const failure = await failureOf(entra.checkAccess());
    expect(failure).toMatchObject({ kind: 'unauthorized', retryable: false });
    expect(failure.message).toContain('AADSTS700027');
    expect(failure.hint).toContain('AZURE_CLIENT_CERTIFICATE_PATH');
  });
});

describe('a federated token', () => {
  const credential = { kind: 'federated', ...ids, tokenFile } as const;

  test('whose issuer and subject are trusted is taken', async () => {
    writeFileSync(tokenFile, clusterToken());
    const { entra, sim } = await tenantFor(credential);
    sim.authority.proofs.federated.push(FEDERATED);
    expect(await entra.tenantStatus()).toBe('onboarded');
  });

  test.each([
    ['of another issuer', { iss: 'https://elsewhere.example' }, 'AADSTS700211'],
    ['of another workload', { sub: 'system:serviceaccount:other:bot' }, 'AADSTS700213'],
    ['for another audience', { aud: 'api://elsewhere' }, 'AADSTS700212'],
  ])('%s is refused, and the hint says what to compare', async (_what, change, number) => {
    writeFileSync(tokenFile, clusterToken(change));
    const { entra, sim } = await tenantFor(credential);
    sim.authority.proofs.federated.push(FEDERATED);
    const failure = await failureOf(entra.checkAccess());
    expect(failure).toMatchObject({ kind: 'unauthorized', retryable: false });
    expect(failure.message).toContain(number);
    expect(failure.hint).toMatch(/issuer, subject and audience.*AZURE_FEDERATED_TOKEN_FILE/);
  });
});

test('a managed identity of this machine is used, and no secret is sent', async () => {
  const credential = { kind: 'managed-identity', clientId: CLIENT } as const;
  const { entra, sim } = await tenantFor(credential);
  machine = await startIdentityMachine(sim.authority);
  for (const [name, value] of Object.entries(machine.env['app-service'])) vi.stubEnv(name, value);
  expect(await entra.tenantStatus()).toBe('onboarded');
  expect(machine.calls.map(({ status }) => status)).toEqual([200]);
  expect(sim.calls.some(({ path }) => path.endsWith('/token'))).toBe(false);
});
