import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import type { MistEvent } from '../../src/integrations/mist/webhook.ts';
import { createWebhookReceiver } from '../../src/integrations/mist/webhook-receiver.ts';
import { hostileText, mutated, tryAll } from './support/hostile.ts';

const SECRET = 'a-webhook-secret-of-this-test';
const ORG = 'a1100000-0000-4000-8000-000000000001';
const taken: MistEvent[] = [];
const errors: unknown[] = [];
const receiver = createWebhookReceiver({
  secret: new Secret(SECRET),
  orgId: ORG,
  now: Date.now,
  onEvents: async (events) => void taken.push(...events),
  onRefused: () => undefined,
  onError: (error) => errors.push(error),
});
const server = createServer(receiver.handle);
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const good = {
  topic: 'device-events',
  events: [
    {
      org_id: ORG,
      site_id: 'site-1',
      device_type: 'gateway',
      mac: '5c5b35000001',
      type: 'GW_TUNNEL_UP',
      timestamp: Date.now() / 1000,
    },
  ],
};
const bodies = fc.oneof(
  mutated(good, 4).map((body) => JSON.stringify(body) ?? ''),
  fc.jsonValue({ maxDepth: 3 }).map((body) => JSON.stringify(body)),
  hostileText,
);

async function post(body: string, secret: string): Promise<number> {
  const bytes = Buffer.from(body);
  const signature = createHmac('sha256', secret).update(bytes).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-mist-signature-v2': signature };
  return (await fetch(url, { method: 'POST', headers, body: bytes })).status;
}

it('a signed webhook of any content is answered, and what is taken of it is whole and ours', async () => {
  await tryAll(bodies, async (body) => expect([200, 400, 403]).toContain(await post(body, SECRET)));
  for (const event of taken) {
    expect(event).toMatchObject({ siteId: expect.any(String) as string, type: expect.any(String) as string });
    expect(Number.isFinite(event.atMs)).toBe(true);
  }
  expect(errors).toEqual([]);
});

it('whatever is not signed with the secret is refused, and nothing of it is taken', async () => {
  const before = taken.length;
  const secrets = hostileText.filter((text) => text !== SECRET && text !== '');
  await tryAll(fc.tuple(bodies, secrets), async ([body, secret]) =>
    expect(await post(body, secret)).toBe(401),
  );
  expect(taken).toHaveLength(before);
});
