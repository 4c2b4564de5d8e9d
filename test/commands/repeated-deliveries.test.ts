import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnvelopeRecord } from '../../sandbox/slack/transport.ts';
import { freePort } from '../../sandbox/http/free-port.ts';
import { deliveryKey } from '../../src/commands/delivery-key.ts';
import { APPROVER, CHANNEL, openOffice, REQUESTER, workspace, type Office } from './support/office.ts';
import { requestView } from './support/samples.ts';

const SIGNING_SECRET = 'signing-secret-of-this-test';

describe.each(['Socket Mode', 'HTTP'])('over %s, what Slack delivers twice', (transport) => {
  let office: Office;
  let shiftMs = 0;
  beforeEach(async () => {
    shiftMs = 0;
    if (transport === 'Socket Mode') {
      office = await openOffice();
      return;
    }
    const port = await freePort();
    const http = { requestUrl: `http://127.0.0.1:${port}/slack/events`, signingSecret: SIGNING_SECRET };
    const env = { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: SIGNING_SECRET, PORT: String(port) };
    office = await openOffice(env, await workspace({ http, clock: () => Date.now() + shiftMs }));
  });
  afterEach(async () => {
    expect(office.sim.violations).toEqual([]);
    await office.close();
  });

  /** The newest delivery once more, signed anew; resolves when both have been worked off. */
  async function again(): Promise<EnvelopeRecord['answer']> {
    shiftMs += 2000;
    const last = office.sim.envelopes.at(-1);
    if (!last) throw new Error('nothing was delivered');
    const outcome = await office.sim.repeat(last);
    expect(outcome.outcome).toBe('acked');
    await office.sim.world.waitFor(() => office.refusals.length > 0);
    return outcome.outcome === 'acked' ? outcome.payload : undefined;
  }

  it('is a command that is carried out once', async () => {
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse offboard Lyon');
    await office.sim.world.waitFor(() => office.lastTold(REQUESTER).includes('is up for approval'));
    await again();
    expect(office.flows.calls.filter((call) => call.startsWith('offboard'))).toHaveLength(1);
    expect(office.refusals).toMatchObject([{ what: 'command', why: 'repeated', actor: { user: REQUESTER } }]);
  });

  it('is a click that is carried out once', async () => {
    office.flows.put(requestView());
    const { ts } = await office.sim.waitForMessage(CHANNEL, 'Plan Lyon: ');
    await office.sim.person(APPROVER).click(ts, 'sse_approve');
    await office.sim.world.waitFor(() => office.lastTold(APPROVER).includes('Approved.'));
    await again();
    expect(office.flows.calls).toEqual([`approve ${APPROVER} req-1`]);
    expect(office.refusals).toMatchObject([{ what: 'sse_approve', why: 'repeated' }]);
  });

  it('is a submission that is answered the same and carried out once', async () => {
    office.flows.put(requestView());
    const { ts } = await office.sim.waitForMessage(CHANNEL, 'Plan Lyon: ');
    const person = office.sim.person(APPROVER);
    await person.click(ts, 'sse_reject');
    await person.waitForView('sse_reject');
    await person.fill('reason', 'not today');
    await person.submit();
    await office.sim.world.waitFor(() => office.lastTold(APPROVER).includes('Rejected.'));
    expect(await again()).toEqual({ response_action: 'clear' });
    expect(office.flows.calls.filter((call) => call.startsWith('reject'))).toHaveLength(1);
  });

  it('does not keep anybody from doing the same thing anew', async () => {
    for (const times of [1, 2]) {
      await office.sim.person(REQUESTER).command(CHANNEL, '/sse freeze now');
      await office.sim.world.waitFor(() => office.sim.person(REQUESTER).ephemerals.length === times);
    }
    expect(office.refusals.map((one) => one.why)).not.toContain('repeated');
  });
});

describe('the key of a delivery', () => {
  const submission = { type: 'view_submission', view: { id: 'V1', hash: 'h', state: { values: { a: 1 } } } };

  it('is another one for another trigger, person, button, moment or text', () => {
    const click = {
      type: 'block_actions',
      trigger_id: 't',
      user: { id: 'U1' },
      actions: [{ action_id: 'sse_approve', value: 'r1', action_ts: '1.1' }],
    };
    const command = {
      command: '/sse',
      text: 'onboard Lyon',
      user_id: 'U1',
      channel_id: 'C1',
      trigger_id: 't',
    };
    const [action] = click.actions;
    const all = [
      click,
      { ...click, trigger_id: 'u' },
      { ...click, user: { id: 'U2' } },
      { ...click, actions: [{ ...action, action_id: 'sse_cancel' }] },
      { ...click, actions: [{ ...action, action_ts: '2.2' }] },
      command,
      { ...command, text: 'onboard Nice' },
      { ...submission, trigger_id: 't' },
    ];
    for (const body of all) expect(deliveryKey(body)).toBe(deliveryKey(structuredClone(body)));
    expect(new Set(all.map(deliveryKey)).size).toBe(all.length);
  });

  it('tells two submissions without a trigger apart by what was filled in', () => {
    const other = { ...submission, view: { ...submission.view, state: { values: { a: 2 } } } };
    expect(deliveryKey(submission)).toBe(deliveryKey(structuredClone(submission)));
    expect(deliveryKey(submission)).not.toBe(deliveryKey(other));
  });

  it.each([undefined, null, 1, '', [], {}])('exists for %o, which Slack never sends', (body) => {
    expect(deliveryKey(body)).toMatch(/^[0-9a-f]{64}$/);
  });
});
