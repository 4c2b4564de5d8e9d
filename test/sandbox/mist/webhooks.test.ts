import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { at, call, get, put, start, until, type Body } from './fixtures.ts';

interface Received {
  headers: IncomingHttpHeaders;
  raw: string;
  body: { topic: string; events: Body[] };
}

const close: (() => void)[] = [];
afterEach(() => close.splice(0).forEach((end) => end()));

async function receiver(status = 200): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')));
    request.on('end', () => {
      received.push({ headers: request.headers, raw, body: JSON.parse(raw) as Received['body'] });
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

describe('webhooks of the simulated Mist', () => {
  it('deliver device events, signed over the raw body', async () => {
    const sim = await start();
    const { url, received } = await receiver();
    const hooks = `/api/v1/orgs/${sim.orgId}/webhooks`;
    await call(sim, 'POST', hooks, {
      name: 'h',
      url,
      secret: 's3cret',
      topics: ['device_events'],
      headers: { 'x-mine': '1' },
    });
    sim.recordEvent({ type: 'GW_TUNNEL_UP', mac: at(sim, 'Lyon').mac, tunnel: 'mssse-wan0' });
    const one = await until(() => received[0]);
    expect(one.body).toMatchObject({
      topic: 'device-events',
      events: [{ type: 'GW_TUNNEL_UP', site_name: 'Lyon' }],
    });
    expect(one.headers['x-mist-signature-v2']).toBe(
      createHmac('sha256', 's3cret').update(one.raw).digest('hex'),
    );
    expect(one.headers['x-mist-signature']).toBe(createHmac('sha1', 's3cret').update(one.raw).digest('hex'));
    expect(one.headers['x-mine']).toBe('1');
  });

  it('of a site hear that site only, and of a topic that topic only', async () => {
    const sim = await start();
    const [site, updown] = [await receiver(), await receiver()];
    await call(sim, 'POST', `${at(sim, 'Porto').site}/webhooks`, {
      name: 's',
      url: site.url,
      topics: ['device-events'],
    });
    await call(sim, 'POST', `/api/v1/orgs/${sim.orgId}/webhooks`, {
      name: 'u',
      url: updown.url,
      topics: ['device-updowns'],
    });
    sim.recordEvent({ type: 'GW_TUNNEL_UP', mac: at(sim, 'Lyon').mac, tunnel: 'a' });
    sim.recordEvent({ type: 'GW_TUNNEL_UP', mac: at(sim, 'Porto').mac, tunnel: 'b' });
    sim.portal.setDeviceOnline('Lyon', false);
    await until(() => site.received[0] && updown.received[0]);
    expect(site.received.map((r) => r.body.events[0]?.['text'])).toEqual(['Tunnel b is up']);
    expect(updown.received.map((r) => r.body.events[0]?.['type'])).toEqual(['GW_DISCONNECTED']);
  });

  it('can be changed, pinged, switched off and deleted, and keep a log of deliveries', async () => {
    const sim = await start();
    const { url, received } = await receiver(500);
    const hooks = `/api/v1/orgs/${sim.orgId}/webhooks`;
    expect((await call(sim, 'POST', hooks, { name: 'h', url: 'ftp://x', topics: [] })).status).toBe(400);
    expect((await call(sim, 'POST', hooks, { name: 'h', url, topics: 'alarms' })).status).toBe(400);
    const created = await call(sim, 'POST', hooks, { name: 'h', url, topics: ['device-events'] });
    const one = `${hooks}/${String(created.body['id'])}`;
    expect((await get(sim, hooks)).body).toHaveLength(1);
    await call(sim, 'POST', `${one}/ping`);
    expect((await until(() => received[0])).body.topic).toBe('ping');
    await until(async () =>
      (await get(sim, `${one}/events/search`)).body['total'] === 1 ? true : undefined,
    );
    const log = (await get(sim, `${one}/events/search`)).body['results'] as Body[];
    expect(log).toMatchObject([{ status: 'failure', status_code: 500, topic: 'ping' }]);
    expect((await put(sim, one, { enabled: false })).body).toMatchObject({ enabled: false, name: 'h' });
    sim.recordEvent({ type: 'GW_TUNNEL_UP', mac: at(sim, 'Lyon').mac, tunnel: 'a' });
    await call(sim, 'POST', `${one}/ping`);
    await until(() => received[1]);
    expect(received.map((r) => r.body.topic)).toEqual(['ping', 'ping']);
    await call(sim, 'DELETE', one);
    expect((await get(sim, one)).status).toBe(404);
  });
});
