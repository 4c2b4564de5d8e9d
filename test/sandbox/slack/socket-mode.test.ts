import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { RawApp } from './support/raw-app.ts';
import { ALICE, api, NET, startWorkspace, STRANGER } from './support/workspace.ts';

let sim: SlackSim;

beforeEach(async () => {
  sim = await startWorkspace({ ackTimeoutMs: 30_000, pingMs: 20 });
});
afterEach(() => sim.close());

const statusOf = (url: string) =>
  new Promise<number | undefined>((resolve) => {
    const socket = new WebSocket(url);
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => undefined);
    socket.on('open', () => resolve(101));
  });

test('a ticket is good for one connection', async () => {
  const { url } = await api(sim, 'apps.connections.open', {}, sim.appToken);
  expect(await statusOf(String(url))).toBe(101);
  expect(await statusOf(String(url))).toBe(401);
  expect(await statusOf(`${sim.origin.replace('http', 'ws')}/link/?ticket=guess`)).toBe(401);
});

test('hello says how many connections there are, and pings keep coming', async () => {
  const first = await RawApp.connect(sim);
  const second = await RawApp.connect(sim);
  expect(first.other[0]).toMatchObject({
    type: 'hello',
    num_connections: 1,
    connection_info: { app_id: sim.world.app.id },
  });
  expect(second.other[0]).toMatchObject({ type: 'hello', num_connections: 2 });
  const pings = vi.fn();
  first.socket.on('ping', pings);
  await vi.waitFor(() => expect(pings.mock.calls.length).toBeGreaterThan(2), 30_000);
});

test('an app may have ten connections', async () => {
  await Promise.all(Array.from({ length: 10 }, () => RawApp.connect(sim)));
  expect(await api(sim, 'apps.connections.open', {}, sim.appToken)).toMatchObject({
    error: 'too_many_websockets',
  });
});

test('each envelope goes to exactly one of the connections, and all of them get some', async () => {
  const apps = await Promise.all([RawApp.connect(sim), RawApp.connect(sim), RawApp.connect(sim)]);
  for (let i = 0; i < 9; i += 1) await sim.person(ALICE).command(NET, `/sse status ${i}`);
  expect(apps.map((app) => app.envelopes.length)).toEqual([3, 3, 3]);
  const ids = apps.flatMap((app) => app.envelopes.map((e) => e.envelope_id));
  expect(new Set(ids).size).toBe(9);
});

test('a slash command carries what Slack sends', async () => {
  const app = await RawApp.connect(sim);
  await sim.person(STRANGER).command(NET, '/sse   onboard "site x" ');
  expect(app.envelopes[0]).toMatchObject({
    type: 'slash_commands',
    accepts_response_payload: true,
    payload: {
      command: '/sse',
      text: 'onboard "site x"',
      channel_id: NET,
      channel_name: 'netops',
      user_id: STRANGER,
      user_name: 'eve',
      team_id: 'T0OTHER001',
      api_app_id: sim.world.app.id,
      is_enterprise_install: 'false',
      trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]{32}$/),
      response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/response\//),
    },
  });
  await expect(sim.person(ALICE).command(NET, '/other')).rejects.toThrow('not a command');
  await expect(sim.person(ALICE).command('C0NOWHERE1', '/sse')).rejects.toThrow('is not in');
});

test('an acknowledgement may answer the command', async () => {
  const app = await RawApp.connect(sim, () => ({ text: 'only you' }));
  await sim.person(ALICE).command(NET, '/sse help');
  app.listener = () => ({ response_type: 'in_channel', text: 'all of you' });
  await sim.person(ALICE).command(NET, '/sse help');
  app.listener = () => ({ blocks: [{ type: 'marquee' }] });
  await sim.person(ALICE).command(NET, '/sse help');
  expect(sim.person(ALICE).ephemerals.map((e) => e.text)).toEqual(['only you']);
  expect(sim.world.timeline(NET).map((m) => m.text)).toEqual(['all of you']);
  expect(sim.violations).toMatchObject([{ kind: 'ack', where: 'slash_commands' }]);
});

test('an envelope that nobody acknowledges times out, is recorded and not sent again', async () => {
  await sim.close();
  sim = await startWorkspace({ ackTimeoutMs: 300 });
  const app = await RawApp.connect(sim, () => undefined);
  expect(await sim.person(ALICE).command(NET, '/sse status')).toEqual({ outcome: 'operation_timeout' });
  expect(sim.envelopes).toMatchObject([{ what: '/sse', outcome: 'operation_timeout' }]);
  const [late] = app.envelopes;
  app.send({ envelope_id: late?.envelope_id, payload: { text: 'too late' } });
  await vi.waitFor(() => expect(sim.envelopes[0]?.ackMs).toBeGreaterThan(0), 30_000);
  expect(sim.envelopes[0]?.outcome).toBe('operation_timeout');
  expect(app.envelopes).toHaveLength(1);
  expect(sim.person(ALICE).ephemerals).toEqual([]);
});

test('without a connection nothing can be dispatched', async () => {
  expect(await sim.person(ALICE).command(NET, '/sse status')).toEqual({ outcome: 'dispatch_failed' });
});

test('acknowledging twice, the unknown or in another form is recorded', async () => {
  const app = await RawApp.connect(sim);
  await sim.person(ALICE).command(NET, '/sse status');
  const id = app.envelopes[0]?.envelope_id;
  app.send({ envelope_id: id, payload: {} });
  app.send({ envelope_id: 'nobody', payload: {} });
  app.send({ envelope_id: id, payload: 'text' });
  app.send('no json');
  await vi.waitFor(() => expect(sim.violations).toHaveLength(4), 30_000);
  expect(sim.violations.map((v) => v.detail)).toEqual([
    expect.stringContaining('acknowledged twice'),
    expect.stringContaining('unknown envelope'),
    expect.stringContaining('must provide an object'),
    expect.stringContaining('must provide an object'),
  ]);
});

test('a connection that was asked to leave gets no more envelopes', async () => {
  const [leaving, staying] = [await RawApp.connect(sim), await RawApp.connect(sim)];
  sim.socketMode.disconnect('warning', 1);
  await vi.waitFor(
    () => expect(leaving.other.at(-1)).toMatchObject({ type: 'disconnect', reason: 'warning' }),
    30_000,
  );
  for (let i = 0; i < 3; i += 1) await sim.person(ALICE).command(NET, '/sse status');
  expect([leaving.envelopes.length, staying.envelopes.length]).toEqual([0, 3]);
});

test('during an outage calls are cut off and connections refused', async () => {
  const app = await RawApp.connect(sim);
  const closed = new Promise((resolve) => app.socket.once('close', resolve));
  const { url } = await api(sim, 'apps.connections.open', {}, sim.appToken);
  const comeBack = sim.outage();
  await closed;
  await expect(api(sim, 'auth.test')).rejects.toThrow('fetch failed');
  expect(await statusOf(String(url))).toBe(503);
  comeBack();
  expect(await api(sim, 'auth.test')).toMatchObject({ ok: true });
  expect(await statusOf(String(url))).toBe(101);
});

test('events arrive wrapped, without a response payload', async () => {
  const app = await RawApp.connect(sim);
  await sim.sendEvent({ type: 'subteam_members_changed', subteam_id: 'S0APPROVE1' });
  expect(app.envelopes[0]).toMatchObject({
    type: 'events_api',
    accepts_response_payload: false,
    payload: {
      type: 'event_callback',
      team_id: sim.world.team.id,
      event: { type: 'subteam_members_changed', event_ts: expect.any(String) },
      authorizations: [{ team_id: sim.world.team.id, user_id: sim.world.bot.userId, is_bot: true }],
    },
  });
});

test('a planted fault answers instead of the method', async () => {
  sim.faults.plant({
    path: 'auth.test',
    action: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
  });
  const limited = await fetch(`${sim.apiUrl}auth.test`, { method: 'POST' });
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await api(sim, 'auth.test')).toMatchObject({ ok: true });
  expect(sim.calls.map((c) => [c.path, c.status])).toEqual([
    ['/api/auth.test', 429],
    ['/api/auth.test', 200],
  ]);
});

test('a body in an acknowledgement that takes none is recorded', async () => {
  await RawApp.connect(sim, () => ({ text: 'ignored' }));
  await sim.person(ALICE).openHome();
  expect(sim.violations).toMatchObject([{ kind: 'ack', where: 'event_callback' }]);
});
