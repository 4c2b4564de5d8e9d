import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../sandbox/contracts/slack/check.ts';
import type { Entry, ModalState } from '../../../sandbox/page/page-types.ts';
import { RawApp } from '../slack/support/raw-app.ts';
import { ALICE, api, BOB, button, input, modal, NET, option, plain } from '../slack/support/workspace.ts';
import { act, Listener } from './support/http.ts';
import { startPageSandbox, type PageSandbox } from './support/page-world.ts';

let sandbox: PageSandbox;
let app: RawApp;
let url: string;
let alice: Listener;
let bob: Listener;

beforeEach(async () => {
  sandbox = await startPageSandbox();
  ({ url } = sandbox.page);
  app = await RawApp.connect(sandbox.slack);
  alice = new Listener(url, 'alice');
  bob = new Listener(url, BOB);
});

afterEach(async () => {
  alice.close();
  bob.close();
  app.socket.terminate();
  await sandbox.close();
});

const form = modal('form', [
  input('site', { type: 'external_select', min_query_length: 1 }),
  input('range', { type: 'plain_text_input', initial_value: '10.0.0.0/29' }),
  input('networks', { type: 'multi_static_select', options: [option('lan'), option('guest')] }),
  input('file', { type: 'file_input', filetypes: ['csv'] }, { optional: true }),
]);

/** Opens the form for Alice, as an app that was asked by command does. */
async function openForm(): Promise<ModalState> {
  app.listener = async ({ type, payload }) => {
    if (type === 'slash_commands')
      await api(sandbox.slack, 'views.open', { trigger_id: payload.trigger_id, view: form });
    return {};
  };
  const answer = await act(url, 'say', { who: ALICE, channel: NET, line: '/sse onboard' });
  expect(answer.json).toEqual({ outcome: 'done' });
  const { modal: shown } = await alice.workspace((state) => state.modal !== null);
  if (!shown) throw new Error('no modal');
  return shown;
}

function seen({ id, hash }: ModalState): { who: string; viewId: string; hash: string } {
  return { who: ALICE, viewId: id, hash };
}

const one = (blockId: string, value: unknown): object => ({ blockId, actionId: 'value', value });

async function entries(listener: Listener, count: number): Promise<readonly Entry[]> {
  const state = await listener.workspace(({ conversations }) => conversations[0]?.entries.length === count);
  return state.conversations[0]?.entries ?? [];
}

describe('commands and messages', () => {
  test('a command reaches the app as the acting person', async () => {
    await act(url, 'say', { who: BOB, channel: NET, line: '/sse status Lyon' });
    expect(app.envelopes[0]?.payload).toMatchObject({
      command: '/sse',
      text: 'status Lyon',
      user_id: BOB,
    });
  });

  test('a command that the workspace does not have is refused', async () => {
    const answer = await act(url, 'say', { who: BOB, channel: NET, line: '/deploy' });
    expect(answer).toMatchObject({
      status: 409,
      json: { error: '/deploy is not a command of this workspace' },
    });
  });

  test('an app that is away is told in Slack’s word', async () => {
    app.socket.terminate();
    await sandbox.slack.waitForConnections(0);
    const answer = await act(url, 'say', { who: BOB, channel: NET, line: '/sse' });
    expect(answer.json).toEqual({ outcome: 'dispatch_failed' });
  });

  test('a message is seen by everybody, with its replies and its edits', async () => {
    const { slack } = sandbox;
    const posted = await api(slack, 'chat.postMessage', { channel: NET, text: 'Plan *Lyon*' });
    await api(slack, 'chat.postMessage', { channel: NET, thread_ts: posted['ts'], text: 'a detail' });
    await api(slack, 'chat.update', { channel: NET, ts: posted['ts'], text: 'Running Lyon' });
    const state = await bob.workspace((s) => s.conversations[0]?.entries[0]?.fallback === 'Running Lyon');
    expect(state.conversations[0]?.entries).toMatchObject([
      { isApp: true, edited: true, isPrivate: false, replies: [{ fallback: 'a detail' }] },
    ]);
  });

  test('what is said to one person in private is shown to nobody else', async () => {
    const { slack } = sandbox;
    await api(slack, 'chat.postEphemeral', { channel: NET, user: ALICE, text: 'only for you' });
    await api(slack, 'chat.postMessage', { channel: NET, text: 'for all' });
    expect(await entries(alice, 2)).toMatchObject([{ isPrivate: true }, { isPrivate: false }]);
    await entries(bob, 1);
    expect(bob.events.map((event) => event.data).join()).not.toContain('only for you');
  });

  test('conversations that a person is not in are not shown', async () => {
    await api(sandbox.slack, 'chat.postMessage', { channel: BOB, text: 'a word with Bob' });
    const state = await bob.workspace((s) => s.conversations.some((one) => one.isDirect));
    expect(state.conversations.map((one) => one.name)).toEqual(['netops', 'secret', 'lobby', 'sse']);
    expect(alice.events.map((event) => event.data).join()).not.toContain('a word with Bob');
  });
});

describe('buttons', () => {
  async function postCard(): Promise<string> {
    const elements = [button('sse_approve', 'r1'), button('sse_reject', 'r1')];
    const blocks: JsonObject[] = [{ type: 'actions', elements }];
    const posted = await api(sandbox.slack, 'chat.postMessage', { channel: NET, text: 'Plan', blocks });
    return String(posted['ts']);
  }

  test('a click reaches the app as the acting person', async () => {
    const ts = await postCard();
    const click = { who: BOB, channel: NET, ts, actionId: 'sse_approve', value: 'r1' };
    expect((await act(url, 'click', click)).json).toEqual({ outcome: 'done' });
    expect(app.envelopes[0]?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: BOB },
      actions: [{ action_id: 'sse_approve', value: 'r1' }],
    });
  });

  test('a button that is no longer there cannot be clicked', async () => {
    const ts = await postCard();
    await api(sandbox.slack, 'chat.update', { channel: NET, ts, text: 'Done', blocks: [] });
    const answer = await act(url, 'click', { who: BOB, channel: NET, ts, actionId: 'sse_approve' });
    expect(answer.status).toBe(409);
    expect(app.envelopes).toEqual([]);
  });
});

describe('modals', () => {
  test('the open form is shown to its person only, with what stands in it', async () => {
    const shown = await openForm();
    expect(shown).toMatchObject({ title: 'Title', submit: 'Next', close: 'Cancel', errors: {} });
    expect(shown.values['range']?.['value']).toMatchObject({ value: '10.0.0.0/29' });
    await api(sandbox.slack, 'chat.postMessage', { channel: NET, text: 'for all' });
    await entries(bob, 1);
    expect(
      bob.events.filter((event) => event.name === 'workspace' && !event.data.includes('"modal":null')),
    ).toEqual([]);
  });

  test('searching asks the app, and only what it offered can be taken', async () => {
    const view = seen(await openForm());
    app.listener = ({ payload }) => ({ options: [option(`site-${String(payload['value'])}`)] });
    const query = { ...view, blockId: 'site', actionId: 'value' };
    expect((await act(url, 'suggest', { ...query, query: '' })).json).toEqual({
      outcome: 'done',
      options: [],
    });
    const { json } = await act(url, 'suggest', { ...query, query: 'x' });
    expect(json['options']).toMatchObject([{ value: 'site-x', text: { nodes: [{ text: 'site-x' }] } }]);
    expect((await act(url, 'fill', { ...view, fields: [one('site', 'site-y')] })).status).toBe(409);
    expect((await act(url, 'fill', { ...view, fields: [one('site', 'site-x')] })).status).toBe(200);
    const state = await alice.workspace(
      ({ modal: m }) => m?.values['site']?.['value']?.['selected_option'] !== null,
    );
    expect(state.modal?.values['site']?.['value']).toMatchObject({ selected_option: { value: 'site-x' } });
  });

  test('a form that lacks something is not sent, and says where', async () => {
    const answer = await act(url, 'submit', { ...seen(await openForm()), fields: [one('networks', [])] });
    expect(answer.json).toMatchObject({
      outcome: 'incomplete',
      errors: { site: expect.any(String), networks: expect.any(String) },
    });
    expect(app.envelopes).toHaveLength(1);
  });

  test('what was entered is sent with the form, and the app’s errors come back to their fields', async () => {
    const view = seen(await openForm());
    app.listener = ({ payload }) =>
      payload['type'] === 'view_submission'
        ? { response_action: 'errors', errors: { range: 'not a /29' } }
        : { options: [option('site-x')] };
    await act(url, 'suggest', { ...view, blockId: 'site', actionId: 'value', query: 'x' });
    const base64 = Buffer.from('site;option\n').toString('base64');
    const fields = [
      one('site', 'site-x'),
      one('range', '10.0.0.0/30'),
      one('networks', ['lan', 'guest']),
      one('file', [{ name: 'sites.csv', base64 }]),
    ];
    expect((await act(url, 'submit', { ...view, fields })).json).toEqual({ outcome: 'errors' });
    const state = await alice.workspace(({ modal: m }) => m?.errors['range'] !== undefined);
    expect(state.modal?.errors).toEqual({ range: 'not a /29' });
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      view: {
        state: {
          values: {
            range: { value: { value: '10.0.0.0/30' } },
            networks: { value: { selected_options: [{ value: 'lan' }, { value: 'guest' }] } },
            file: { value: { files: [{ name: 'sites.csv' }] } },
          },
        },
      },
    });
  });

  test('a form that was replaced in the meantime takes nothing', async () => {
    const shown = await openForm();
    const view = modal('other', [input('range', { type: 'plain_text_input' })]);
    await api(sandbox.slack, 'views.update', { view_id: shown.id, view });
    const answer = await act(url, 'submit', { ...seen(shown), fields: [one('range', 'x')] });
    expect(answer).toMatchObject({ status: 409, json: { error: 'this form is no longer open' } });
  });

  test('closing takes the modal away', async () => {
    await act(url, 'close', { ...seen(await openForm()), all: false });
    await alice.workspace((state) => state.modal === null);
  });

  test('a button inside a modal reaches the app', async () => {
    const shown = await openForm();
    const blocks = [{ type: 'actions', block_id: 'b1', elements: [button('sse_retry', 'r2')] }];
    await api(sandbox.slack, 'views.update', {
      view_id: shown.id,
      view: { type: 'modal', title: plain('T'), blocks },
    });
    const state = await alice.workspace(({ modal: m }) => m !== null && m.hash !== shown.hash);
    const view = seen(state.modal ?? shown);
    await act(url, 'press', { ...view, actionId: 'sse_retry', blockId: 'b1' });
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      actions: [{ action_id: 'sse_retry', value: 'r2' }],
    });
  });
});
