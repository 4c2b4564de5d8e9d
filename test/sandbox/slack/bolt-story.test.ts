import type { App } from '@slack/bolt';
import type { View } from '@slack/types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import {
  ALICE,
  BOB,
  boltApp,
  button,
  input,
  modal,
  NET,
  option,
  plain,
  startWorkspace,
} from './support/workspace.ts';

let sim: SlackSim;
let app: App;

beforeEach(async () => {
  sim = await startWorkspace();
  app = boltApp(sim);
});

afterEach(async () => {
  await app.stop();
  await sim.close();
});

const step1 = modal('step1', [
  input('site', { type: 'external_select', min_query_length: 0 }),
  input('option', { type: 'radio_buttons', options: [option('single'), option('dual')] }),
]) as unknown as View;
const step2 = modal('step2', [
  input('range', { type: 'plain_text_input', initial_value: '10.0.0.0/29' }),
  input('networks', { type: 'multi_static_select', options: [option('lan'), option('guest')] }),
]) as unknown as View;
const loading = modal('loading', [{ type: 'section', text: plain('Reading the site') }]) as unknown as View;

test('the real Bolt app plays command, modal, field errors, loading view, card, click and ephemeral', async () => {
  app.command('/sse', async ({ ack, body, client, respond }) => {
    await ack();
    await respond({ text: 'one moment', response_type: 'ephemeral' });
    await client.views.open({ trigger_id: body.trigger_id, view: step1 });
  });
  app.options('value', async ({ ack, payload }) => {
    const sites = ['site-x', 'site-y'].filter((name) => name.includes(payload.value));
    await ack({ options: sites.map((name) => option(name)) as never });
  });
  app.view('step1', async ({ ack, view, client }) => {
    const chosen = view.state.values['option']?.['value']?.selected_option?.value;
    if (chosen === 'dual')
      return ack({ response_action: 'errors', errors: { option: 'This site has one link.' } });
    await ack({ response_action: 'update', view: loading });
    await client.views.update({ view_id: view.id, view: step2 });
  });
  app.view('step2', async ({ ack, view, client }) => {
    await ack();
    const range = view.state.values['range']?.['value']?.value;
    await client.chat.postMessage({
      channel: NET,
      text: `Plan site-x ${range}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*site-x* ${range}` } },
        { type: 'actions', elements: [button('sse_approve', 'r1', { style: 'primary' }) as never] },
      ],
    });
  });
  app.action('sse_approve', async ({ ack, body, client, respond, action }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    if (body.user.id === ALICE) {
      await respond({
        text: 'You asked for it yourself.',
        response_type: 'ephemeral',
        replace_original: false,
      });
      return;
    }
    const { channel, message } = body;
    await client.chat.update({
      channel: channel?.id ?? '',
      ts: message?.ts ?? '',
      text: `Running site-x by ${action.value}`,
    });
  });
  await app.start();

  const alice = sim.person(ALICE);
  expect(await alice.command(NET, '/sse onboard site-x')).toMatchObject({ outcome: 'acked' });
  await alice.waitForView('step1');
  expect((await alice.suggest('site', 'x')).map((o) => o['value'])).toEqual(['site-x']);
  await alice.fillAll({ site: 'site-x', option: 'dual' });
  expect(await alice.submit()).toEqual({ result: 'errors', errors: { option: 'This site has one link.' } });
  await alice.fill('option', 'single');
  expect(await alice.submit()).toMatchObject({ result: 'updated' });
  await alice.waitForView('step2');
  expect(alice.valueOf('range')).toEqual({ type: 'plain_text_input', value: '10.0.0.0/29' });
  expect(await alice.submit()).toMatchObject({
    result: 'incomplete',
    errors: { networks: expect.any(String) },
  });
  await alice.fill('networks', ['lan', 'guest']);
  expect(await alice.submit()).toEqual({ result: 'closed' });

  const card = await sim.waitForMessage(NET, 'Plan');
  expect(card.text).toBe('Plan site-x 10.0.0.0/29');
  expect(await alice.click(card.ts, 'sse_approve')).toMatchObject({ outcome: 'acked' });
  await sim.world.waitFor(() => alice.ephemerals.some((e) => e.text.startsWith('You asked')));
  expect(card.text).toMatch(/^Plan/);

  await sim.person(BOB).click(card.ts, 'sse_approve', { value: 'r1' });
  await sim.waitForMessage(NET, 'Running');
  expect(card.versions.map((v) => v.text)).toEqual(['Plan site-x 10.0.0.0/29', 'Running site-x by r1']);
  expect(sim.person(BOB).canClick(card.ts, 'sse_approve')).toBe(false);
  expect(() => sim.person(BOB).click(card.ts, 'sse_approve')).toThrow('has no sse_approve');
  expect(await sim.person(BOB).clickStale(card.ts, 'sse_approve')).toMatchObject({ outcome: 'acked' });

  expect(alice.ephemerals.map((e) => e.text)).toEqual(['one moment', 'You asked for it yourself.']);
  expect(sim.person(BOB).ephemerals).toEqual([]);
  expect(sim.violations).toEqual([]);
});

test('Bolt publishes the home tab when a person opens it', async () => {
  app.event('app_home_opened', async ({ event, client }) => {
    const view = {
      type: 'home' as const,
      blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'Fleet: 3 up' } }],
    };
    await client.views.publish({ user_id: event.user, view });
  });
  await app.start();
  await sim.person(ALICE).openHome();
  const home = await sim.world.waitFor(() => sim.person(ALICE).home);
  expect(JSON.stringify(home.content)).toContain('Fleet: 3 up');
  expect(sim.person(BOB).home).toBeUndefined();
});

test('Bolt comes back after a disconnect message and takes commands again', async () => {
  await app.stop();
  app = boltApp(sim, 200);
  app.command('/sse', async ({ ack, command }) => ack(`you said ${command.text}`));
  await app.start();
  await sim.waitForConnections();
  sim.socketMode.disconnect('refresh_requested');
  await sim.waitForConnections(0);
  expect(await sim.person(ALICE).command(NET, '/sse one')).toEqual({ outcome: 'dispatch_failed' });
  await sim.waitForConnections(1);
  expect(await sim.person(ALICE).command(NET, '/sse two')).toMatchObject({ outcome: 'acked' });
  expect(sim.person(ALICE).ephemerals.map((e) => e.text)).toEqual(['you said two']);
});

test('Bolt survives an outage of Slack and reconnects by itself', async () => {
  await app.stop();
  app = boltApp(sim, 200);
  app.command('/sse', async ({ ack }) => ack());
  await app.start();
  const comeBack = sim.outage();
  await sim.waitForConnections(0);
  await vi.waitFor(() => expect(sim.calls.some((call) => call.fault !== undefined)).toBe(true), {
    timeout: 60_000,
  });
  comeBack();
  await sim.waitForConnections(1, 60_000);
  expect(await sim.person(ALICE).command(NET, '/sse status')).toMatchObject({ outcome: 'acked' });
});
