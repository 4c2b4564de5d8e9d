import WebSocket from 'ws';
import { describe, expect, it } from 'vitest';
import { at, call, FakeDataPlane, peerState, start, until, type Body } from './fixtures.ts';
import { connect, inner } from './stream-client.ts';

async function ready(options: Parameters<typeof start>[0] = {}) {
  const sim = await start(options);
  const plane = new FakeDataPlane();
  const lyon = at(sim, 'Lyon');
  plane.peerStates = [
    peerState(lyon.mac),
    peerState(lyon.mac, { neighbor: '10.99.100.2', learned: ['13.107.6.152/31'] }),
  ];
  sim.attach(plane);
  const channel = `/sites/${lyon.siteId}/devices/${lyon.deviceId}/cmd`;
  const post = async (command: string, body: Body): Promise<string> => {
    const answer = await call(sim, 'POST', `${lyon.device}/${command}`, body);
    expect(answer.status).toBe(200);
    return String(answer.body['session']);
  };
  return { sim, plane, lyon, channel, post };
}

function handshake(url: string, headers: Record<string, string>): Promise<{ status: number; headers: Body }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers as Body });
      socket.terminate();
    });
  });
}

describe('the command stream of the simulated Mist', () => {
  it('refuses a handshake without a token, on another path, and over the budget', async () => {
    const { sim } = await ready({ rate: { limit: 1 } });
    const authorization = `Token ${sim.token}`;
    expect((await handshake(sim.wsUrl, {})).status).toBe(401);
    expect((await handshake(sim.wsUrl.replace('stream', 'other'), { authorization })).status).toBe(404);
    await call(sim, 'GET', '/api/v1/self');
    const refused = await handshake(sim.wsUrl, { authorization });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('carries out planted faults on the handshake', async () => {
    const { sim } = await ready();
    sim.faults.plant({ path: '/api-ws/', action: { kind: 'answer', status: 503 } });
    expect((await handshake(sim.wsUrl, { authorization: `Token ${sim.token}` })).status).toBe(503);
    const client = await connect(sim);
    expect(client.closed()).toBe(false);
    client.close();
  });

  it('confirms known channels, refuses others, and ignores what is not JSON', async () => {
    const { sim, channel, lyon } = await ready();
    const client = await connect(sim);
    client.send('not json');
    expect(await client.subscribe(channel)).toEqual({ event: 'channel_subscribed', channel });
    const porto = at(sim, 'Porto');
    const crossed = `/sites/${lyon.siteId}/devices/${porto.deviceId}/cmd`;
    expect(await client.subscribe(crossed)).toMatchObject({ event: 'subscribe_failed', channel: crossed });
    client.send({ unsubscribe: channel });
    await until(() => client.messages.find((m) => m['event'] === 'channel_unsubscribed'));
    client.close();
  });

  it('brings learned routes in pieces that make up the whole', async () => {
    const { sim, channel, post } = await ready();
    const client = await connect(sim);
    await client.subscribe(channel);
    const session = await post('show_route', { neighbor: '10.99.99.2', route: 'received' });
    const whole = await until(() =>
      /prefixes 2\n/.test(client.text(session)) ? client.text(session) : undefined,
    );
    expect(whole).toContain('BGP table version');
    expect(whole).toMatch(/\*> 13\.107\.6\.152\/31 +10\.99\.99\.2 +0 +0 65476 i\n/);
    expect(whole).toMatch(/\*> 150\.171\.100\.128\/25\n +10\.99\.99\.2 +0 +0 65476 i\n/);
    const pieces = client.messages.filter((m) => m['event'] === 'data' && inner(m)['session'] === session);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.some((piece) => !String(inner(piece)['raw']).endsWith('\n'))).toBe(true);
    client.close();
  });

  it('sends data as a string at times, and other sessions in between', async () => {
    const { sim, channel, post } = await ready();
    const client = await connect(sim);
    await client.subscribe(channel);
    const kinds = new Set<string>();
    const strangers = new Set<unknown>();
    while (kinds.size < 2 || strangers.size === 0) {
      const session = await post('show_bgp_summary', {});
      await until(() => (/neighbors 2\n/.test(client.text(session)) ? true : undefined));
      const data = client.messages.filter((m) => m['event'] === 'data');
      for (const message of data) {
        kinds.add(typeof message['data']);
        if (String(inner(message)['raw']).includes('198.18.0.0/15')) strangers.add(inner(message)['session']);
      }
      expect(client.text(session)).not.toContain('198.18.0.0/15');
    }
    expect([...kinds].sort()).toEqual(['object', 'string']);
    client.close();
  });

  it('puts escape sequences into text and never into JSON', async () => {
    const { sim, channel, post } = await ready({ manners: { strangers: false } });
    const client = await connect(sim);
    await client.subscribe(channel);
    const raw = (session: string): string =>
      client.messages
        .filter((m) => m['event'] === 'data' && inner(m)['session'] === session)
        .map((m) => String(inner(m)['raw']))
        .join('');
    let seen = '';
    while (!seen.includes('\u001b[')) {
      const session = await post('show_route', {});
      await until(() => (client.text(session).includes('total paths') ? true : undefined));
      seen += raw(session);
    }
    const session = await post('show_service_path', { service_name: 'internet-any' });
    const json = await until(() => (raw(session).endsWith(']}') ? raw(session) : undefined));
    expect(JSON.parse(json)).toMatchObject({ finished: true });
    client.close();
  });

  it('gives a late subscriber only what comes later, and a device that is away prints nothing', async () => {
    const { sim, channel, post } = await ready({ manners: { startMs: 0, gapMs: 0 } });
    const early = await connect(sim);
    await early.subscribe(channel);
    const session = await post('show_bgp_summary', {});
    await until(() => (early.text(session).includes('neighbors 2') ? true : undefined));
    const late = await connect(sim);
    await late.subscribe(channel);
    sim.portal.setDeviceOnline('Lyon', false);
    const silent = await post('show_bgp_summary', {});
    sim.portal.setDeviceOnline('Lyon', true);
    const loud = await post('show_bgp_summary', {});
    await until(() => (late.text(loud).includes('neighbors 2') ? true : undefined));
    expect([late.text(session), late.text(silent)]).toEqual(['', '']);
    early.close();
    late.close();
  });

  it('cuts its connections when told to', async () => {
    const { sim } = await ready();
    const client = await connect(sim);
    sim.dropStreams();
    await until(() => (client.closed() ? true : undefined));
    await connect(sim).then((again) => again.close());
  });

  it('refuses bodies that a command does not take', async () => {
    const { sim, lyon } = await ready();
    for (const [command, body] of [
      ['clear_bgp', { neighbor: 'all' }],
      ['clear_bgp', { neighbor: 'all', type: 'gently' }],
      ['ping', {}],
      ['show_route', { protocol: 'rip' }],
      ['show_route', { duration: 500 }],
      ['show_service_path', { node: 'node7' }],
    ] as const) {
      const answer = await call(sim, 'POST', `${lyon.device}/${command}`, body);
      expect([command, answer.status]).toEqual([command, 400]);
    }
    for (const [command, body] of [
      ['clear_bgp', { neighbor: 'all', type: 'soft' }],
      ['ping', { host: '192.0.2.1' }],
      ['show_bgp_rummary', {}],
      ['show_route', { node: 'node0' }],
      ['show_route', { node: { node: 'node0' } }],
    ] as const) {
      const answer = await call(sim, 'POST', `${lyon.device}/${command}`, body);
      expect([command, answer.status]).toEqual([command, 200]);
    }
  });
});
