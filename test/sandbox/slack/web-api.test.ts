import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { ALICE, api, BOB, LOBBY, NET, plain, PRIVATE, startWorkspace } from './support/workspace.ts';

let sim: SlackSim;

beforeEach(async () => {
  sim = await startWorkspace();
});
afterEach(() => sim.close());

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const kinds = () => sim.violations.map((v) => v.kind);

describe('tokens and scopes', () => {
  test('auth.test names the app and lists its scopes in a header', async () => {
    const response = await fetch(`${sim.apiUrl}auth.test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sim.botToken}` },
    });
    expect(await response.json()).toMatchObject({
      ok: true,
      url: 'https://branch-net.slack.com/',
      team_id: sim.world.team.id,
      user_id: sim.world.bot.userId,
      bot_id: sim.world.bot.botId,
    });
    expect(response.headers.get('x-oauth-scopes')).toBe(
      'commands,chat:write,users:read,usergroups:read,files:read,files:write,im:write',
    );
  });

  test('missing, unknown and wrong kinds of tokens are told apart', async () => {
    expect(await api(sim, 'auth.test', {}, null)).toEqual({ ok: false, error: 'not_authed' });
    expect(await api(sim, 'auth.test', {}, 'xoxb-wrong')).toEqual({ ok: false, error: 'invalid_auth' });
    expect(await api(sim, 'auth.test', {}, sim.appToken)).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await api(sim, 'apps.connections.open', {}, sim.botToken)).toMatchObject({
      error: 'not_allowed_token_type',
    });
  });

  test.each([
    ['conversations.info', { channel: NET }, 'channels:read'],
    ['conversations.info', { channel: PRIVATE }, 'groups:read'],
    ['conversations.join', { channel: LOBBY }, 'channels:join'],
    ['reactions.add', { channel: NET, name: 'eyes', timestamp: '1.000001' }, 'reactions:write'],
    ['chat.postMessage', { channel: NET, text: 'x', username: 'root' }, 'chat:write.customize'],
  ])('%s with %j needs %s, which this app does not have', async (method, args, needed) => {
    expect(await api(sim, method, args)).toMatchObject({
      ok: false,
      error: 'missing_scope',
      needed,
      provided: expect.stringContaining('chat:write'),
    });
    expect(kinds()).toEqual(['missing_scope']);
  });

  test('a narrower installation cannot post', async () => {
    const poor = await startWorkspace({ scopes: ['commands'] });
    expect(await api(poor, 'chat.postMessage', { channel: NET, text: 'x' })).toMatchObject({
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'commands',
    });
    await poor.close();
  });
});

describe('methods and arguments', () => {
  test('an unknown method is refused and recorded', async () => {
    expect(await api(sim, 'chat.shout', {})).toMatchObject({ ok: false, error: 'unknown_method' });
    expect(sim.violations).toMatchObject([{ kind: 'unknown_method', where: 'chat.shout' }]);
  });

  test('an unknown argument is ignored by Slack and recorded here', async () => {
    const args = { channel: NET, ts: '1', text: 'x', unfurl_links: false };
    await api(sim, 'chat.update', args);
    expect(sim.violations).toMatchObject([
      { kind: 'unknown_argument', where: 'chat.update', detail: 'unfurl_links' },
    ]);
  });

  test('a missing argument and one that is not JSON are refused', async () => {
    expect(await api(sim, 'chat.postMessage', { text: 'x' })).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
    expect(await api(sim, 'chat.postMessage', { channel: NET, text: 'x', blocks: 'no json' })).toMatchObject({
      error: 'invalid_blocks_format',
    });
    expect(await api(sim, 'chat.postMessage', { channel: NET, text: 'x', mrkdwn: 'maybe' })).toMatchObject({
      error: 'invalid_arguments',
    });
  });

  test('writing methods take JSON bodies, reading methods do not', async () => {
    const json = async (method: string, body: object) => {
      const headers = {
        authorization: `Bearer ${sim.botToken}`,
        'content-type': 'application/json; charset=utf-8',
      };
      const response = await fetch(`${sim.apiUrl}${method}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return (await response.json()) as { ok: boolean; error?: string };
    };
    expect(await json('chat.postMessage', { channel: NET, text: 'x', blocks: [section('x')] })).toMatchObject(
      { ok: true },
    );
    expect(await json('users.info', { user: ALICE })).toMatchObject({
      ok: false,
      error: 'invalid_arguments',
    });
  });
});

describe('messages', () => {
  test('only conversations with the bot can be written to', async () => {
    expect(await api(sim, 'chat.postMessage', { channel: LOBBY, text: 'x' })).toMatchObject({
      error: 'not_in_channel',
    });
    expect(await api(sim, 'chat.postMessage', { channel: PRIVATE, text: 'x' })).toMatchObject({
      error: 'channel_not_found',
    });
    expect(await api(sim, 'chat.postMessage', { channel: 'C0NOWHERE1', text: 'x' })).toMatchObject({
      error: 'channel_not_found',
    });
    expect(await api(sim, 'chat.postMessage', { channel: ALICE, text: 'x' })).toMatchObject({
      ok: true,
      channel: 'D0ALICE001',
    });
    sim.world.invite(LOBBY, sim.world.bot.userId);
    expect(await api(sim, 'chat.postMessage', { channel: LOBBY, text: 'x' })).toMatchObject({ ok: true });
    sim.world.kick(NET, sim.world.bot.userId);
    expect(await api(sim, 'chat.postMessage', { channel: NET, text: 'x' })).toMatchObject({
      error: 'not_in_channel',
    });
  });

  test('every message has its own ts and every block an id', async () => {
    const posts = await Promise.all(
      Array.from({ length: 20 }, () =>
        api(sim, 'chat.postMessage', { channel: NET, text: 'x', blocks: [section('x')] }),
      ),
    );
    expect(new Set(posts.map((p) => p['ts'])).size).toBe(20);
    expect(posts[0]).toMatchObject({
      message: { blocks: [{ block_id: expect.any(String) }], bot_id: sim.world.bot.botId },
    });
  });

  test('an update without blocks takes the buttons away, one without text keeps the old text', async () => {
    const { ts } = await api(sim, 'chat.postMessage', {
      channel: NET,
      text: 'one',
      blocks: [section('one')],
    });
    await api(sim, 'chat.update', { channel: NET, ts, text: 'two' });
    const message = sim.world.message(NET, String(ts));
    expect(message).toMatchObject({ text: 'two', blocks: [], edited: true });
    expect(sim.violations).toEqual([]);
    await api(sim, 'chat.update', { channel: NET, ts, blocks: [section('three')] });
    expect(message).toMatchObject({ text: 'two', blocks: [{ type: 'section' }] });
    expect(kinds()).toEqual(['missing_text']);
    expect(message?.versions.map((v) => [v.text, v.blocks.length])).toEqual([
      ['one', 1],
      ['two', 0],
      ['two', 1],
    ]);
  });

  test('only own, existing messages can be edited and deleted', async () => {
    const said = sim.person(ALICE).say(NET, 'hello');
    expect(await api(sim, 'chat.update', { channel: NET, ts: said.ts, text: 'x' })).toMatchObject({
      error: 'cant_update_message',
    });
    expect(await api(sim, 'chat.delete', { channel: NET, ts: said.ts })).toMatchObject({
      error: 'cant_delete_message',
    });
    expect(await api(sim, 'chat.update', { channel: NET, ts: '1.000001', text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
    expect(await api(sim, 'chat.update', { channel: ALICE, ts: said.ts, text: 'x' })).toMatchObject({
      error: 'channel_not_found',
    });
    const { ts } = await api(sim, 'chat.postMessage', { channel: NET, text: 'mine' });
    expect(await api(sim, 'chat.delete', { channel: NET, ts })).toMatchObject({ ok: true });
    expect(await api(sim, 'chat.update', { channel: NET, ts, text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
    expect(sim.world.timeline(NET).map((m) => m.text)).toEqual(['hello']);
  });

  test('an ephemeral message cannot be edited through the Web API', async () => {
    const { message_ts: ts } = await api(sim, 'chat.postEphemeral', {
      channel: NET,
      user: ALICE,
      text: 'psst',
    });
    expect(await api(sim, 'chat.update', { channel: NET, ts, text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
    expect(await api(sim, 'chat.postEphemeral', { channel: NET, user: 'U0NOBODY', text: 'x' })).toMatchObject(
      { error: 'user_not_found' },
    );
    sim.world.kick(NET, BOB);
    expect(await api(sim, 'chat.postEphemeral', { channel: NET, user: BOB, text: 'x' })).toMatchObject({
      error: 'user_not_in_channel',
    });
    expect(sim.person(ALICE).ephemerals.map((e) => e.text)).toEqual(['psst']);
  });

  test('replies hang under their parent, never under a reply', async () => {
    const { ts } = await api(sim, 'chat.postMessage', { channel: NET, text: 'card' });
    const reply = await api(sim, 'chat.postMessage', { channel: NET, text: 'detail', thread_ts: ts });
    expect(sim.violations).toEqual([]);
    await api(sim, 'chat.postMessage', { channel: NET, text: 'more', thread_ts: reply['ts'] });
    expect(sim.world.thread(NET, String(ts)).map((m) => m.text)).toEqual(['detail', 'more']);
    expect(
      await api(sim, 'chat.postMessage', { channel: NET, text: 'lost', thread_ts: '1.000001' }),
    ).toMatchObject({ ok: false });
    expect(kinds()).toEqual(['thread', 'thread']);
    expect(sim.world.timeline(NET).map((m) => m.text)).toEqual(['card']);
  });

  test('nothing to say, too much to say, and blocks without a fallback', async () => {
    expect(await api(sim, 'chat.postMessage', { channel: NET })).toMatchObject({ error: 'no_text' });
    expect(await api(sim, 'chat.postMessage', { channel: NET, text: 'x'.repeat(40_001) })).toMatchObject({
      error: 'msg_too_long',
    });
    const many = Array.from({ length: 5 }, () => section('x'.repeat(2900)));
    expect(await api(sim, 'chat.postMessage', { channel: NET, text: 'x', blocks: many })).toMatchObject({
      error: 'msg_blocks_too_long',
    });
    expect(kinds()).toEqual(['blocks', 'blocks', 'blocks']);
    expect(await api(sim, 'chat.postMessage', { channel: NET, blocks: [section('x')] })).toMatchObject({
      ok: true,
    });
    expect(kinds()).toEqual(['blocks', 'blocks', 'blocks', 'missing_text']);
  });

  test('refused blocks come back with JSON pointers, and nothing is posted', async () => {
    const blocks = [{ type: 'header', text: plain('h'.repeat(151)) }, { type: 'marquee' }];
    expect(await api(sim, 'chat.postMessage', { channel: NET, text: 'x', blocks })).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: {
        messages: [
          '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]',
          '[ERROR] unsupported type: marquee [json-pointer:/blocks/1/type]',
        ],
      },
    });
    expect(sim.world.messages).toEqual([]);
  });

  test('a permalink points at the message', async () => {
    const { ts } = await api(sim, 'chat.postMessage', { channel: NET, text: 'x' });
    expect(await api(sim, 'chat.getPermalink', { channel: NET, message_ts: ts })).toMatchObject({
      permalink: `https://branch-net.slack.com/archives/${NET}/p${String(ts).replace('.', '')}`,
    });
    expect(await api(sim, 'chat.getPermalink', { channel: NET, message_ts: '1' })).toMatchObject({
      error: 'message_not_found',
    });
  });
});

describe('groups and direct conversations', () => {
  test('group membership is read live', async () => {
    expect(await api(sim, 'usergroups.users.list', { usergroup: 'S0APPROVE1' })).toEqual({
      ok: true,
      users: [BOB],
    });
    sim.world.setUserGroup('S0APPROVE1', [ALICE, BOB]);
    expect(await api(sim, 'usergroups.users.list', { usergroup: 'S0APPROVE1' })).toMatchObject({
      users: [ALICE, BOB],
    });
    expect(await api(sim, 'usergroups.users.list', { usergroup: 'S0NONE' })).toMatchObject({
      error: 'no_such_subteam',
    });
    expect(await api(sim, 'usergroups.list', { include_users: true })).toMatchObject({
      usergroups: [{ id: 'S0APPROVE1', handle: 'approvers', users: [ALICE, BOB], user_count: 2 }],
    });
  });

  test('a direct conversation is opened once', async () => {
    expect(await api(sim, 'conversations.open', { users: ALICE })).toEqual({
      ok: true,
      channel: { id: 'D0ALICE001' },
    });
    expect(await api(sim, 'conversations.open', { users: ALICE, return_im: true })).toMatchObject({
      already_open: true,
      channel: { is_im: true, user: ALICE },
    });
    expect(await api(sim, 'conversations.open', { users: `${ALICE},${BOB}` })).toMatchObject({
      error: 'missing_scope',
    });
  });

  test('with the scopes for it, conversations can be read and joined, and reactions added', async () => {
    const rich = await startWorkspace({
      scopes: ['channels:read', 'channels:join', 'chat:write', 'reactions:write'],
    });
    expect(await api(rich, 'conversations.info', { channel: LOBBY })).toMatchObject({
      channel: { name: 'lobby', is_member: false },
    });
    expect(await api(rich, 'conversations.join', { channel: LOBBY })).toMatchObject({
      channel: { is_member: true },
    });
    const { ts } = await api(rich, 'chat.postMessage', { channel: LOBBY, text: 'x' });
    const reaction = { channel: LOBBY, timestamp: ts, name: 'eyes' };
    expect(await api(rich, 'reactions.add', reaction)).toEqual({ ok: true });
    expect(await api(rich, 'reactions.add', reaction)).toMatchObject({ error: 'already_reacted' });
    expect(await api(rich, 'reactions.add', { ...reaction, name: ':eyes:' })).toMatchObject({
      error: 'invalid_name',
    });
    await rich.close();
  });
});
