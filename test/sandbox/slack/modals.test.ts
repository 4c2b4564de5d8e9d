import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { RawApp, type RawEnvelope } from './support/raw-app.ts';
import {
  ALICE,
  api,
  BOB,
  button,
  input,
  modal,
  NET,
  option,
  plain,
  startWorkspace,
} from './support/workspace.ts';

let sim: SlackSim;
let app: RawApp;
let now: number;
const alice = () => sim.person(ALICE);

beforeEach(async () => {
  now = 1_800_000_000_000;
  sim = await startWorkspace({ clock: () => now });
  app = await RawApp.connect(sim);
});
afterEach(() => sim.close());

const text = { type: 'plain_text_input' };
const form = modal('form', [input('name', text)]);

async function trigger(): Promise<string> {
  await alice().command(NET, '/sse onboard');
  return app.envelopes.at(-1)?.payload.trigger_id ?? '';
}

async function open(view = form): Promise<string> {
  const opened = await api(sim, 'views.open', { trigger_id: await trigger(), view });
  expect(opened).toMatchObject({ ok: true });
  return (opened['view'] as { id: string }).id;
}

const answerWith = (payload: Record<string, unknown>) => {
  app.listener = () => payload;
};

describe('triggers', () => {
  test('a trigger opens one view, once', async () => {
    const trigger_id = await trigger();
    expect(await api(sim, 'views.open', { trigger_id, view: form })).toMatchObject({ ok: true });
    expect(await api(sim, 'views.open', { trigger_id, view: form })).toMatchObject({
      error: 'exchanged_trigger_id',
    });
    expect(await api(sim, 'views.open', { trigger_id: '1.2.x', view: form })).toMatchObject({
      error: 'invalid_trigger_id',
    });
    expect(await api(sim, 'views.open', { view: form })).toMatchObject({ error: 'invalid_arguments' });
  });

  test('a trigger dies after three seconds', async () => {
    const [young, old] = [await trigger(), await trigger()];
    now += 3000;
    expect(await api(sim, 'views.open', { trigger_id: young, view: form })).toMatchObject({ ok: true });
    now += 1;
    expect(await api(sim, 'views.open', { trigger_id: old, view: form })).toMatchObject({
      error: 'expired_trigger_id',
    });
  });

  test('a refused view does not use the trigger up', async () => {
    const trigger_id = await trigger();
    const bad = { ...form, title: plain('t'.repeat(25)) };
    expect(await api(sim, 'views.open', { trigger_id, view: bad })).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
      },
    });
    expect(await api(sim, 'views.open', { trigger_id, view: form })).toMatchObject({ ok: true });
    expect(sim.violations).toMatchObject([{ kind: 'view', where: 'views.open' }]);
  });
});

describe('the view stack', () => {
  test('holds three views; the next one is refused', async () => {
    await open();
    for (const expected of ['pushed', 'pushed', 'broken']) {
      answerWith({ response_action: 'push', view: form });
      await alice().fill('name', 'x');
      expect(await alice().submit()).toMatchObject({ result: expected });
    }
    expect(sim.world.stacks.get(ALICE)).toHaveLength(3);
    const top = alice().view;
    expect(top).toMatchObject({
      rootId: sim.world.stacks.get(ALICE)?.[0],
      previousId: sim.world.stacks.get(ALICE)?.[1],
    });
  });

  test('views.push needs a trigger from inside a modal', async () => {
    expect(await api(sim, 'views.push', { trigger_id: await trigger(), view: form })).toMatchObject({
      error: 'not_found',
    });
    await open(modal('buttons', [{ type: 'actions', block_id: 'b', elements: [button('more')] }]));
    await alice().clickInModal('more');
    const { payload } = app.envelopes.at(-1) as RawEnvelope;
    expect(payload).toMatchObject({
      type: 'block_actions',
      container: { type: 'view' },
      actions: [{ action_id: 'more', value: 'r1' }],
    });
    expect(payload).not.toHaveProperty('message');
    expect(await api(sim, 'views.push', { trigger_id: payload.trigger_id, view: form })).toMatchObject({
      ok: true,
    });
    expect(alice().view?.content['callback_id']).toBe('form');
    await alice().close();
    expect(alice().view?.content['callback_id']).toBe('buttons');
  });

  test('an empty answer closes the submitted view, clear closes all', async () => {
    await open();
    answerWith({ response_action: 'push', view: { ...form, callback_id: 'second' } });
    await alice().fill('name', 'x');
    await alice().submit();
    answerWith({});
    await alice().fill('name', 'y');
    expect(await alice().submit()).toEqual({ result: 'closed' });
    expect(alice().view?.content['callback_id']).toBe('form');
    answerWith({ response_action: 'clear' });
    expect(await alice().submit()).toEqual({ result: 'cleared' });
    expect(alice().view).toBeUndefined();
  });
});

describe('updating', () => {
  test('goes by id or external id, refuses a stale hash and a closed view', async () => {
    const view_id = await open({ ...form, external_id: 'mine' });
    const { hash } = alice().view ?? {};
    expect(
      await api(sim, 'views.update', { external_id: 'mine', hash, view: { ...form, external_id: 'mine' } }),
    ).toMatchObject({ ok: true });
    expect(await api(sim, 'views.update', { view_id, hash, view: form })).toMatchObject({
      error: 'hash_conflict',
    });
    expect(await api(sim, 'views.update', { view_id, external_id: 'mine', view: form })).toMatchObject({
      error: 'invalid_arguments',
    });
    await alice().close();
    expect(await api(sim, 'views.update', { view_id, view: form })).toMatchObject({ error: 'not_found' });
  });

  test('an external id is unique among open views', async () => {
    await open({ ...form, external_id: 'mine' });
    await sim.person(BOB).command(NET, '/sse onboard');
    const { trigger_id } = (app.envelopes.at(-1) as RawEnvelope).payload;
    const view = { ...form, external_id: 'mine' };
    expect(await api(sim, 'views.open', { trigger_id, view })).toMatchObject({
      error: 'duplicate_external_id',
    });
  });

  test('keeps what was typed in fields that stay and drops choices that are gone', async () => {
    const select = (values: string[]) => ({ type: 'static_select', options: values.map(option) });
    const view_id = await open(modal('f', [input('name', text), input('region', select(['eu', 'us']))]));
    await alice().fillAll({ name: 'typed', region: 'us' });
    const next = modal('f', [
      input('name', { ...text, initial_value: 'fresh' }),
      input('region', select(['eu', 'ap'])),
    ]);
    await api(sim, 'views.update', { view_id, view: next });
    expect(alice().valueOf('name')).toMatchObject({ value: 'typed' });
    expect(alice().valueOf('region')).toMatchObject({ selected_option: null });
  });
});

describe('answers to a submission', () => {
  beforeEach(async () => {
    await open(modal('f', [input('name', text), { type: 'section', block_id: 'info', text: plain('info') }]));
    await alice().fill('name', 'x');
  });

  test.each([
    ['errors at a block that is no input', { response_action: 'errors', errors: { info: 'no' } }],
    ['errors at an unknown block', { response_action: 'errors', errors: { nmae: 'no' } }],
    ['no errors', { response_action: 'errors', errors: {} }],
    ['an empty message', { response_action: 'errors', errors: { name: '' } }],
    ['an unknown action', { response_action: 'close' }],
    ['an update without a view', { response_action: 'update' }],
    ['an invalid view', { response_action: 'update', view: { ...form, submit: undefined } }],
    ['extra properties', { response_action: 'clear', view: form }],
  ])('%s breaks the contract: the modal stays and it is recorded', async (_name, answer) => {
    answerWith(answer);
    expect(await alice().submit()).toMatchObject({ result: 'broken' });
    expect(alice().view?.content['callback_id']).toBe('f');
    expect(sim.violations).toMatchObject([{ kind: 'ack', where: 'view_submission' }]);
  });

  test('field errors go away when the field is filled again', async () => {
    answerWith({ response_action: 'errors', errors: { name: 'taken' } });
    await alice().submit();
    expect(alice().view?.errors).toEqual({ name: 'taken' });
    await alice().fill('name', 'y');
    expect(alice().view?.errors).toEqual({});
  });

  test('the payload carries the whole view and what was entered', async () => {
    await alice().submit();
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'view_submission',
      user: { id: ALICE, username: 'alice', name: 'alice', team_id: sim.world.team.id },
      team: { id: sim.world.team.id, domain: 'branch-net' },
      api_app_id: sim.world.app.id,
      is_enterprise_install: false,
      view: {
        callback_id: 'f',
        private_metadata: '',
        hash: expect.any(String),
        root_view_id: expect.stringMatching(/^V/),
        previous_view_id: null,
        state: { values: { name: { value: { type: 'plain_text_input', value: 'x' } } } },
      },
    });
  });
});

describe('what a client lets a person enter', () => {
  test('every element has its own state value, before and after', async () => {
    await open(
      modal('all', [
        input('text', { ...text, max_length: 5 }),
        input('number', { type: 'number_input', is_decimal_allowed: false, min_value: '1', max_value: '9' }),
        input('radio', {
          type: 'radio_buttons',
          options: [option('a'), option('b')],
          initial_option: option('b'),
        }),
        input('checks', { type: 'checkboxes', options: [option('a'), option('b')] }),
        input('multi', {
          type: 'multi_static_select',
          options: [option('a'), option('b')],
          max_selected_items: 1,
        }),
        input('user', { type: 'users_select' }),
        input('channel', { type: 'conversations_select' }),
        input('date', { type: 'datepicker' }),
        input('time', { type: 'timepicker' }),
        input('site', { type: 'external_select', min_query_length: 2 }),
      ]),
    );
    expect(alice().view?.values).toMatchObject({
      text: { value: { type: 'plain_text_input', value: null } },
      radio: { value: { selected_option: { value: 'b' } } },
      checks: { value: { selected_options: [] } },
      user: { value: { selected_user: null } },
      site: { value: { type: 'external_select', selected_option: null } },
    });
    await alice().fillAll({
      text: 'hi',
      number: 7,
      radio: 'a',
      checks: ['a', 'b'],
      multi: ['b'],
      user: BOB,
      channel: NET,
      date: '2026-11-22',
      time: '09:30',
    });
    await expect(alice().fill('text', 'too long')).rejects.toThrow('at most 5');
    await expect(alice().fill('number', '1.5')).rejects.toThrow('cannot be entered');
    await expect(alice().fill('radio', 'c')).rejects.toThrow('not among the options: a, b');
    await expect(alice().fill('multi', ['a', 'b'])).rejects.toThrow('at most 1');
    await expect(alice().fill('user', 'U0NOBODY')).rejects.toThrow('nobody knows');
    await expect(alice().fill('site', 'x')).rejects.toThrow('search first');
    await expect(alice().fill('nope', 'x')).rejects.toThrow('no block nope');
    expect(await alice().submit()).toMatchObject({
      result: 'incomplete',
      errors: { site: expect.any(String) },
    });
    expect(alice().view?.values).toMatchObject({
      number: { value: { value: '7' } },
      checks: { value: { selected_options: [{ value: 'a' }, { value: 'b' }] } },
      channel: { value: { selected_conversation: NET } },
      date: { value: { selected_date: '2026-11-22' } },
    });
  });

  test('an external select asks the app from its minimum length on, and only what was offered can be chosen', async () => {
    await open(modal('s', [input('site', { type: 'external_select', min_query_length: 2 })]));
    const asked = () => app.envelopes.filter((e) => e.payload['type'] === 'block_suggestion');
    expect(await alice().suggest('site', 'x')).toEqual([]);
    expect(asked()).toEqual([]);
    answerWith({ option_groups: [{ label: plain('Europe'), options: [option('site-x')] }] });
    expect(await alice().suggest('site', 'site')).toEqual([option('site-x')]);
    expect(asked().at(-1)?.payload).toMatchObject({
      block_id: 'site',
      action_id: 'value',
      value: 'site',
      container: { type: 'view' },
    });
    await alice().fill('site', 'site-x');
    answerWith({ options: Array.from({ length: 101 }, (_, i) => option(`s${i}`)) });
    expect(await alice().suggest('site', 'site')).toEqual([]);
    expect(sim.violations).toMatchObject([{ kind: 'ack', where: 'block_suggestion' }]);
  });

  test('a field with dispatch_action tells the app at once', async () => {
    await open(
      modal('d', [
        input(
          'zones',
          { type: 'radio_buttons', options: [option('one'), option('two')] },
          { dispatch_action: true },
        ),
      ]),
    );
    await alice().fill('zones', 'two');
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'block_actions',
      actions: [
        { block_id: 'zones', action_id: 'value', type: 'radio_buttons', selected_option: { value: 'two' } },
      ],
      view: { state: { values: { zones: { value: { selected_option: { value: 'two' } } } } } },
    });
  });
});

describe('closing', () => {
  test('tells the app only where it asked for it', async () => {
    await open();
    expect(await alice().close()).toBeUndefined();
    await open({ ...form, notify_on_close: true });
    expect(await alice().close()).toMatchObject({ outcome: 'acked' });
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      view: { callback_id: 'form' },
    });
    await open({ ...form, notify_on_close: true, clear_on_close: true });
    await alice().close();
    expect(app.envelopes.at(-1)?.payload).toMatchObject({ is_cleared: true });
  });
});
