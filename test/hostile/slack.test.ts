import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../sandbox/contracts/slack/check.ts';
import type { SlackSim } from '../../sandbox/slack/slack-sim.ts';
import type { EnvelopeType } from '../../sandbox/slack/transport.ts';
import { createLog } from '../../src/base/log.ts';
import { parseCommand } from '../../src/commands/grammar.ts';
import { writeMetadata } from '../../src/commands/payload.ts';
import { BUTTONS, MODALS } from '../../src/commands/register.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createSlackSide, type SlackSide } from '../../src/start/slack-side.ts';
import { APPROVER, CHANNEL, slackConfig, workspace } from '../commands/support/office.ts';
import { openForm } from '../flows/support/asking.ts';
import { startRig, type Rig } from '../flows/support/rig.ts';
import { hostileText, mutated, tryAll } from './support/hostile.ts';

/** Everything that an operator and approver may do is open to whoever sends these: rights are not what keeps them out. */
let rig: Rig;
let sim: SlackSim;
let slack: SlackSide;
const lines: string[] = [];
let draft = '';
let initial: Readonly<Record<string, unknown>> = {};

beforeAll(async () => {
  // Composed but not started: whatever asks a vendor does so on account of a case.
  rig = await startRig({ start: false, shared: true });
  sim = await workspace({ ackTimeoutMs: 4000 });
  slack = createSlackSide({
    config: slackConfig(sim, { SSE_OPERATORS: APPROVER }),
    flows: rig.flows,
    log: createLog({
      level: 'warn',
      destination: new Writable({
        write(chunk: Buffer, _encoding, done) {
          lines.push(chunk.toString());
          done();
        },
      }),
    }),
    metrics: createMetrics(),
    onRefused: () => undefined,
    onRefusedRequest: () => undefined,
  });
  await slack.identify();
  await slack.start();
  const form = await openForm(rig);
  draft = form.draftId;
  initial = form.initial;
});
afterAll(async () => {
  await slack.stop();
  await sim.close();
});

const vendorCalls = () =>
  [...rig.mist.calls, ...rig.entra.calls].map((call) => `${call.method} ${call.path}`);

const SITE_SEARCH = /^GET \/api\/v1\/orgs\/[^/]+\/sites$/;
/** Without searches for a site, which a command that was typed before may still be making. */
const callsBeyondSearches = () => vendorCalls().filter((call) => !SITE_SEARCH.test(call));

async function deliver(type: EnvelopeType, payload: JsonObject): Promise<void> {
  const base = { what: 'hostile', at: 0, outcome: 'pending' as const, acceptsResponse: true };
  await sim.repeat({ ...base, id: randomUUID(), type, payload });
}

/** The bot is still there, nothing of its own broke, and nobody was mentioned on account of what somebody sent. */
async function stillWell(): Promise<void> {
  const before = sim.world.ephemeralsFor(APPROVER).length;
  await sim.person(APPROVER).command(CHANNEL, '/sse help freeze');
  await sim.world.waitFor(() => sim.world.ephemeralsFor(APPROVER).length > before, 20_000);
  const faults = lines.filter((line) => line.includes('a command or click failed'));
  // What Bolt itself does not take is answered, too; code of ours must not break.
  const ours = (line: string) => line.includes('/src/') && !line.includes('"system":"slack"');
  expect(faults.filter(ours)).toEqual([]);
  for (const { text, blocks } of [...sim.world.ephemerals, ...sim.world.messages]) {
    expect([text, ...mrkdwnOf(blocks)].join('\n')).not.toMatch(/<!(?!date\^)|<@U0EVIL|<https?:\/\/evil/);
  }
}

function mrkdwnOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  const own = type === 'mrkdwn' && typeof text === 'string' ? [text] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnOf)];
}

const actor = () => ({ id: APPROVER, username: 'a', name: 'a', team_id: sim.world.team.id });
const common = () => ({
  token: 't',
  api_app_id: 'A1',
  team: { id: sim.world.team.id, domain: 'd' },
  user: actor(),
});

describe('whatever Slack delivers', () => {
  it('as the text of a command: what is no command of ours is answered, and asks no vendor', async () => {
    const calls = vendorCalls();
    await tryAll(
      hostileText.filter((text) => parseCommand(text).kind !== 'command'),
      (text) => deliver('slash_commands', command(text)),
    );
    await stillWell();
    expect(vendorCalls()).toEqual(calls);
  });

  it('behind a verb of ours: a site is looked for by name, and nothing else is asked', async () => {
    const calls = vendorCalls();
    const verb = fc.constantFrom(
      'onboard',
      'status',
      'offboard',
      'bypass',
      'cancel',
      'routes',
      'diagnose',
      'plan',
    );
    await tryAll(fc.tuple(verb, hostileText), ([word, text]) =>
      deliver('slash_commands', command(`${word} ǂ${text.replaceAll(/["'“”‘’]/g, '')}`)),
    );
    await stillWell();
    const asked = new Set(vendorCalls().filter((call) => !calls.includes(call)));
    expect([...asked].filter((call) => !SITE_SEARCH.test(call))).toEqual([]);
  });

  it('as a click: forged buttons, values and structures are refused, and ask no vendor', async () => {
    const calls = callsBeyondSearches();
    const action = fc.oneof(fc.constantFrom(...Object.keys(BUTTONS)), hostileText);
    const value = hostileText.map((text) => `ǂ${text}`);
    const click = fc.tuple(action, value).map(([actionId, forged]) => ({
      type: 'block_actions',
      ...common(),
      container: { type: 'message', message_ts: '1.2', channel_id: CHANNEL, is_ephemeral: false },
      trigger_id: randomUUID(),
      channel: { id: CHANNEL, name: 'n' },
      message: { ts: '1.2' },
      response_url: 'https://evil.test/response',
      actions: [{ type: 'button', action_id: actionId, block_id: 'b', value: forged, action_ts: '1' }],
    }));
    await tryAll(
      fc.oneof(
        click,
        click.chain((whole) => mutated(whole)),
      ),
      (payload) => deliver('interactive', payload as JsonObject),
    );
    await stillWell();
    expect(callsBeyondSearches()).toEqual(calls);
  });

  it('as a modal: hostile fields are told at their fields, hostile structures are refused, no vendor is asked', async () => {
    const calls = callsBeyondSearches();
    const field = (value: unknown) => ({ value: { type: 'plain_text_input', value } });
    const callback = fc.oneof(fc.constantFrom(...Object.keys(MODALS)), hostileText);
    const fields = fc.record({
      site: hostileText.map((text) => `ǂ${text}`),
      option: hostileText,
      link1_public_ip: hostileText,
      link1_wan: hostileText,
      range_a: hostileText.map((text) => `ǂ${text}`),
      device_asn: hostileText,
      networks: hostileText,
      mode: hostileText,
      ike: hostileText,
      microsoft_bgp_1: hostileText,
      reason: fc.constant(''),
    });
    const hostile = fc.tuple(callback, fields, fc.boolean()).map(([callbackId, typed, knows]) => ({
      type: 'view_submission',
      ...common(),
      trigger_id: randomUUID(),
      view: {
        id: 'V1',
        type: 'modal',
        callback_id: callbackId,
        hash: randomUUID(),
        private_metadata: knows ? writeMetadata({ draft, channel: CHANNEL }) : `{"draft":"${callbackId}`,
        blocks: Object.keys(initial).map((block_id) => ({ type: 'input', block_id })),
        state: {
          values: Object.fromEntries(
            Object.entries({ ...initial, ...typed }).map(([block, text]) => [block, field(text)]),
          ),
        },
      },
    }));
    await tryAll(
      fc.oneof(
        hostile,
        hostile.chain((whole) => mutated(whole)),
      ),
      (payload) => deliver('interactive', payload as JsonObject),
    );
    await stillWell();
    expect(callsBeyondSearches()).toEqual(calls);
    expect(await rig.store.requests.recent(10)).toEqual([]);
  });
});

function command(text: string): JsonObject {
  return {
    token: 't',
    team_id: sim.world.team.id,
    team_domain: 'd',
    channel_id: CHANNEL,
    channel_name: 'n',
    user_id: APPROVER,
    user_name: 'a',
    command: '/sse',
    text,
    api_app_id: 'A1',
    response_url: 'https://evil.test/response',
    trigger_id: randomUUID(),
  };
}
