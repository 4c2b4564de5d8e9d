import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { MistEvent, WebhookDelivery } from '../../../src/integrations/mist/webhook.ts';
import { createWebhookReceiver } from '../../../src/integrations/mist/webhook-receiver.ts';

const SECRET = 'a-webhook-secret-of-this-test';
const ORG = 'a1100000-0000-4000-8000-000000000001';
const NOW = 1_800_000_000_000;

const taken: MistEvent[] = [];
const refused: string[] = [];
const deliveries: WebhookDelivery[] = [];
let failing = false;
const errors: unknown[] = [];
const receiver = createWebhookReceiver({
  secret: new Secret(SECRET),
  orgId: ORG,
  now: () => NOW,
  async onEvents(events) {
    if (failing) throw new Error('no database');
    taken.push(...events);
  },
  onRefused: (why) => refused.push(why),
  onDelivery: (delivery) => deliveries.push(delivery),
  onError: (error) => errors.push(error),
});
const server = createServer(receiver.handle);
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  for (const list of [taken, refused, deliveries, errors]) list.length = 0;
  failing = false;
});

const deviceEvent = (over: object = {}) => ({
  org_id: ORG,
  site_id: 'site-1',
  device_type: 'gateway',
  mac: '5c5b35000001',
  type: 'GW_TUNNEL_UP',
  timestamp: NOW / 1000 - 5.25,
  text: 'Tunnel a is up',
  ...over,
});
const body = (events: readonly unknown[], topic = 'device-events') => JSON.stringify({ topic, events });
const sign = (text: string, secret = SECRET, algorithm = 'sha256') =>
  createHmac(algorithm, secret).update(text).digest('hex');

async function post(text: string, headers: Record<string, string> = {}): Promise<number> {
  const all = { 'content-type': 'application/json', 'x-mist-signature-v2': sign(text), ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  const response = await fetch(url, { method: 'POST', body: text, headers: sent });
  await receiver.drain();
  return response.status;
}

describe('what Mist sends', () => {
  it('is taken where it is signed over the raw body, whatever else stands in it', async () => {
    const text = `  ${body([deviceEvent({ unheard_of: { deep: [1] } })])}\n`;
    expect(await post(text)).toBe(200);
    expect(taken).toEqual([
      expect.objectContaining({
        siteId: 'site-1',
        type: 'GW_TUNNEL_UP',
        mac: '5c5b35000001',
        atMs: NOW - 5250,
      }),
    ]);
    expect(refused).toEqual([]);
  });

  it('is known under both spellings of a topic, and a router under both names of its address', async () => {
    const updown = { org_id: ORG, site_id: 's', ap: '5c5b35000001', timestamp: NOW / 1000 };
    await post(body([deviceEvent()], 'device_events'));
    await post(body([{ ...updown, type: 'GW_DISCONNECTED' }], 'device-updowns'));
    expect(taken.map((event) => event.mac)).toEqual(['5c5b35000001', '5c5b35000001']);
  });

  it('has the same key when it is told again, and another one for another event', async () => {
    await post(body([deviceEvent(), deviceEvent({ text: 'Tunnel b is up' })]));
    await post(body([deviceEvent()]));
    const [first, second, again] = taken.map((event) => event.key);
    expect(again).toBe(first);
    expect(second).not.toBe(first);
  });

  it.each([
    ['a topic that is not known', body([deviceEvent()], 'occupancy-alerts'), 'other', 'of no use'],
    ['alarms', body([deviceEvent()], 'alarms'), 'alarms', 'of no use'],
    ['a ping, which names no organisation', body([{ id: 'i', name: 'n' }], 'ping'), 'ping', 'of no use'],
    [
      'an access point',
      body([deviceEvent({ device_type: 'ap', type: 'AP_UP' })]),
      'device-events',
      'of no use',
    ],
    ['an event without a time', body([deviceEvent({ timestamp: 'x' })]), 'device-events', 'of no use'],
    [
      'an event of two days ago',
      body([deviceEvent({ timestamp: NOW / 1000 - 172_800 })]),
      'device-events',
      'old',
    ],
    ['an event of tomorrow', body([deviceEvent({ timestamp: NOW / 1000 + 86_400 })]), 'device-events', 'old'],
  ])('is answered, counted and dropped: %s', async (_what, text, topic, why) => {
    expect(await post(text)).toBe(200);
    expect(taken).toEqual([]);
    expect(deliveries).toMatchObject([{ topic, leftOut: { [why]: 1 } }]);
  });

  it('is answered before it is worked off, and what breaks then is not told to Mist', async () => {
    failing = true;
    expect(await post(body([deviceEvent()]))).toBe(200);
    expect(errors).toHaveLength(1);
  });

  it('loses only its foreign events where there are others', async () => {
    expect(await post(body([deviceEvent({ org_id: 'other' }), deviceEvent()]))).toBe(200);
    expect(taken).toHaveLength(1);
    expect(refused).toEqual(['of another organisation']);
  });
});

const good = body([deviceEvent()]);

describe('what is refused before anything of it is used', () => {
  it.each([
    ['no signature', good, { 'x-mist-signature-v2': '' }, 401, 'not signed'],
    [
      'the SHA-1 signature alone',
      good,
      { 'x-mist-signature-v2': '', 'x-mist-signature': sign(good, SECRET, 'sha1') },
      401,
      'not signed',
    ],
    ['another secret', good, { 'x-mist-signature-v2': sign(good, 'guess') }, 401, 'wrongly signed'],
    ['another body', `${good} `, { 'x-mist-signature-v2': sign(good) }, 401, 'wrongly signed'],
    ['a short signature', good, { 'x-mist-signature-v2': 'ab' }, 401, 'wrongly signed'],
    ['no hexadecimal', good, { 'x-mist-signature-v2': 'z'.repeat(64) }, 401, 'wrongly signed'],
    ['a form', good, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'not sent as JSON'],
    ['no JSON', '{"topic"', {}, 400, 'not JSON'],
    ['no delivery', '[]', {}, 400, 'not a delivery of Mist'],
    ['null', 'null', {}, 400, 'not a delivery of Mist'],
    ['events that are none', '{"topic":"device-events","events":[1]}', {}, 400, 'not a delivery of Mist'],
    [
      'far too many events',
      body(Array.from({ length: 1001 }, () => ({}))),
      {},
      400,
      'not a delivery of Mist',
    ],
    [
      'another organisation',
      body([deviceEvent({ org_id: 'b2200000-0000-4000-8000-000000000002' })]),
      {},
      403,
      'of another organisation',
    ],
    ['no organisation', body([deviceEvent({ org_id: undefined })]), {}, 403, 'of another organisation'],
  ])('%s', async (_what, text, headers: Record<string, string>, status, why) => {
    expect(await post(text, headers)).toBe(status);
    expect(refused).toEqual([why]);
    expect(taken).toEqual([]);
  });

  it('a body that is too large, announced or not', async () => {
    const large = body([deviceEvent({ text: 'x'.repeat(1024 * 1024) })]);
    expect(await post(large).catch(() => 413)).toBe(413);
    const streamed = await new Promise<number>((resolve) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const out = request(url, { method: 'POST', headers }, (answer) => resolve(answer.statusCode ?? 0));
      out.on('error', () => undefined);
      for (let sent = 0; sent < 20; sent += 1) out.write('x'.repeat(100_000));
      out.end();
    });
    expect(streamed).toBe(413);
    expect(refused).toEqual(['too large', 'too large']);
    expect(await post(good)).toBe(200);
  });
});
