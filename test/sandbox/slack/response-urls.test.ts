import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { RawApp } from './support/raw-app.ts';
import { ALICE, api, BOB, button, LOBBY, NET, option, startWorkspace } from './support/workspace.ts';

let sim: SlackSim;
let app: RawApp;
let now: number;

beforeEach(async () => {
  now = 1_800_000_000_000;
  sim = await startWorkspace({ clock: () => now });
  app = await RawApp.connect(sim);
});
afterEach(() => sim.close());

const lastUrl = () => app.envelopes.at(-1)?.payload.response_url ?? '';
const respond = async (url: string, body: object) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.text()];
};
const actions = (...elements: Record<string, unknown>[]) => [
  { type: 'actions', block_id: 'buttons', elements },
];
const postCard = async () => {
  const blocks = actions(button('approve'), button('reject'));
  return String((await api(sim, 'chat.postMessage', { channel: NET, text: 'card', blocks }))['ts']);
};

test('works five times, also where the bot is not a member, and only for thirty minutes', async () => {
  await sim.person(ALICE).command(LOBBY, '/sse status');
  const url = lastUrl();
  for (let i = 1; i <= 5; i += 1) expect(await respond(url, { text: `answer ${i}` })).toEqual([200, 'ok']);
  expect(await respond(url, { text: 'six' })).toEqual([404, '{"ok":false,"error":"used_url"}']);
  expect(sim.person(ALICE).ephemerals).toHaveLength(5);
  expect(sim.person(BOB).ephemerals).toHaveLength(0);
  await sim.person(ALICE).command(LOBBY, '/sse status');
  now += 30 * 60_000 + 1;
  expect(await respond(lastUrl(), { text: 'late' })).toEqual([404, '{"ok":false,"error":"expired_url"}']);
  expect(await respond(`${sim.origin}/response/guess`, { text: 'x' })).toEqual([
    404,
    '{"ok":false,"error":"no_service"}',
  ]);
  expect(sim.violations).toEqual([]);
});

test('in_channel shows it to everybody', async () => {
  await sim.person(ALICE).command(LOBBY, '/sse status');
  await respond(lastUrl(), { text: 'site-x: tunnels 2/2', response_type: 'in_channel' });
  expect(sim.world.timeline(LOBBY).map((m) => m.text)).toEqual(['site-x: tunnels 2/2']);
});

test('replaces and deletes the message that was clicked', async () => {
  const ts = await postCard();
  await sim.person(BOB).click(ts, 'approve');
  expect(await respond(lastUrl(), { text: 'approved', replace_original: true })).toEqual([200, 'ok']);
  expect(sim.world.message(NET, ts)).toMatchObject({ text: 'approved', blocks: [] });
  expect(await respond(lastUrl(), { delete_original: true })).toEqual([200, 'ok']);
  expect(sim.world.message(NET, ts)).toBeUndefined();
  await sim.person(BOB).clickStale(ts, 'reject');
  expect(app.envelopes.at(-1)?.payload).toMatchObject({
    actions: [{ action_id: 'reject' }],
    message: { text: 'card' },
  });
});

test('replaces and deletes an ephemeral message, whose click carries no message', async () => {
  await sim.person(ALICE).command(NET, '/sse status');
  await respond(lastUrl(), { text: 'try again?', blocks: actions(button('retry')) });
  const [told] = sim.person(ALICE).ephemerals;
  await sim.person(ALICE).click(told?.ts ?? '', 'retry');
  const { payload } = app.envelopes.at(-1) ?? {};
  expect(payload).toMatchObject({ container: { type: 'message', is_ephemeral: true, message_ts: told?.ts } });
  expect(payload).not.toHaveProperty('message');
  await respond(lastUrl(), { text: 'trying', replace_original: true });
  expect(sim.person(ALICE).ephemerals.map((e) => [e.text, e.blocks.length])).toEqual([['trying', 0]]);
  await respond(lastUrl(), { delete_original: true });
  expect(sim.person(ALICE).ephemerals).toEqual([]);
  await expect(async () => sim.person(BOB).click(told?.ts ?? '', 'retry')).rejects.toThrow('sees no message');
});

test('what Slack would refuse or leave unclear is refused or recorded', async () => {
  const ts = await postCard();
  await sim.person(BOB).click(ts, 'approve');
  expect(await respond(lastUrl(), {})).toEqual([400, '{"ok":false,"error":"no_text"}']);
  expect(await respond(lastUrl(), { text: 'x', blocks: [{ type: 'marquee' }] })).toEqual([
    400,
    '{"ok":false,"error":"invalid_blocks"}',
  ]);
  expect(await respond(lastUrl(), { text: 'x', response_type: 'public' })).toEqual([
    400,
    '{"ok":false,"error":"invalid_response_type"}',
  ]);
  await respond(lastUrl(), { text: 'who sees this?', colour: 'red' });
  expect(sim.violations.map((v) => [v.kind, v.detail.split(':')[0]])).toEqual([
    ['response_url', 'no_text'],
    ['response_url', 'invalid_blocks'],
    ['response_url', 'invalid_response_type'],
    ['unknown_argument', 'colour'],
    ['response_url', 'say response_type or replace_original'],
  ]);
  const form = await fetch(lastUrl(), { method: 'POST', body: new URLSearchParams({ text: 'x' }) });
  expect(form.status).toBe(400);
});

test('a click carries the message, its container and the button', async () => {
  const ts = await postCard();
  await sim.person(BOB).click(ts, 'approve');
  expect(app.envelopes.at(-1)).toMatchObject({
    type: 'interactive',
    payload: {
      type: 'block_actions',
      user: { id: BOB, username: 'bob', name: 'bob', team_id: sim.world.team.id },
      team: { id: sim.world.team.id, domain: 'branch-net' },
      api_app_id: sim.world.app.id,
      container: { type: 'message', message_ts: ts, channel_id: NET, is_ephemeral: false },
      channel: { id: NET, name: 'netops' },
      message: { ts, text: 'card', bot_id: sim.world.bot.botId, blocks: [{ block_id: 'buttons' }] },
      actions: [
        {
          type: 'button',
          action_id: 'approve',
          block_id: 'buttons',
          value: 'r1',
          action_ts: expect.any(String),
        },
      ],
    },
  });
  sim.world.kick(NET, BOB);
  expect(() => sim.person(BOB).click(ts, 'approve')).toThrow('is not in');
});

test('of several buttons with one id the value decides, and menus in messages can be used', async () => {
  const menu = { type: 'overflow', action_id: 'more', options: [option('a'), option('b')] };
  const blocks = [
    { type: 'actions', elements: [button('pick', 'one')] },
    { type: 'actions', elements: [button('pick', 'two'), menu] },
  ];
  const { ts } = await api(sim, 'chat.postMessage', { channel: NET, text: 'card', blocks });
  expect(() => sim.person(ALICE).click(String(ts), 'pick')).toThrow('say which value');
  await sim.person(ALICE).click(String(ts), 'pick', { value: 'two' });
  expect(app.envelopes.at(-1)?.payload['actions']).toMatchObject([{ action_id: 'pick', value: 'two' }]);
  await sim.person(ALICE).choose(String(ts), 'more', 'b');
  expect(app.envelopes.at(-1)?.payload['actions']).toMatchObject([
    { type: 'overflow', selected_option: { value: 'b' } },
  ]);
});
