import { createSign, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { describe, expect, test } from 'vitest';
import { startIdentityMachine } from '../../sandbox/entra/managed-identity.ts';
import { CHANNEL, PEOPLE, startWorld, type World } from '../../sandbox/world.ts';

const ISSUER = 'https://cluster.example/oidc';
const SUBJECT = 'system:serviceaccount:sse:bot';
const AUDIENCE = 'api://AzureADTokenExchange';

type Prepare = (world: World) => Promise<{ env: Record<string, string>; close?: () => Promise<void> }>;

const certificate: Prepare = async ({ entra, folder }) => {
  const pems = await generate([{ name: 'commonName', value: 'bot' }], { keyType: 'rsa', keySize: 2048 });
  const file = join(folder, 'app.pem');
  writeFileSync(file, `${pems.private}\n${pems.cert}`);
  entra.authority.proofs.certificates.push(pems.cert);
  return { env: { AZURE_CLIENT_CERTIFICATE_PATH: file } };
};

const federated: Prepare = async ({ entra, folder }) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, nbf: now, exp: now + 3600 },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = createSign('sha256').update(parts.join('.')).sign(privateKey, 'base64url');
  const file = join(folder, 'federated-token');
  writeFileSync(file, [...parts, signature].join('.'));
  entra.authority.proofs.federated.push({
    issuer: ISSUER,
    subject: SUBJECT,
    audience: AUDIENCE,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  return { env: { AZURE_FEDERATED_TOKEN_FILE: file } };
};

const managed: Prepare = async ({ entra }) => {
  const machine = await startIdentityMachine(entra.authority);
  return {
    env: { AZURE_MANAGED_IDENTITY: 'true', ...machine.env['virtual-machine'] },
    close: () => machine.close(),
  };
};

const secret: Prepare = async ({ entra }) => ({ env: { AZURE_CLIENT_SECRET: entra.clientSecret } });

describe.concurrent('the whole process proves who it is', () => {
  test.each([
    ['with a secret', secret],
    ['with a certificate', certificate],
    ['with a federated token', federated],
    ['with a managed identity', managed],
  ])('%s', async (_how, prepare) => {
    const env: Record<string, string> = { AZURE_CLIENT_SECRET: '' };
    const world = await startWorld({ env });
    const { env: proof, close } = await prepare(world);
    Object.assign(world.env, proof);
    try {
      await world.startBot();
      const anna = world.slack.person(PEOPLE.anna);
      await anna.command(CHANNEL, '/sse onboard Lyon');
      await world.slack.world.waitFor(() => anna.view);
      expect(world.bot().output.join('\n')).not.toMatch(/"level":"(warn|error)"/);
    } finally {
      await world.close();
      await close?.();
    }
  });
});
