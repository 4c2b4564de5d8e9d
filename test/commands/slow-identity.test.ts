import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACK_WAIT_MS } from '../../src/commands/submission-ack.ts';
import { CHANNEL, openOffice, workspace, type Office } from './support/office.ts';
import { requestView } from './support/samples.ts';

const [COMMANDS, OPENS, FIRST, SECOND, SEARCHES, APPROVES, REJECTS] = [1, 2, 3, 4, 5, 6, 7].map(
  (n) => `U0SLOW000${n}`,
) as [string, string, string, string, string, string, string];
const ALL = [COMMANDS, OPENS, FIRST, SECOND, SEARCHES, APPROVES, REJECTS];

/** What Slack said of somebody is used for five seconds; after that it is asked anew. */
const FORGOTTEN_MS = 5_100;
/** Longer than the acknowledgements of this workspace may take, shorter than the ten seconds after which the bot asks again. */
const HANGS_MS = 9_500;
const PATIENCE_MS = 30_000;

let office: Office;
beforeEach(async () => {
  // Longer than Slack's three seconds, for the sake of a busy machine, and shorter than what who somebody is takes here.
  const limits = { ackTimeoutMs: 7_500, triggerLifeMs: 7_500 };
  const sim = await workspace({
    ...limits,
    users: ALL.map((id) => ({ id, name: id.toLowerCase() })),
    channels: [{ id: CHANNEL, name: 'network', members: ALL }],
    userGroups: [],
  });
  office = await openOffice({ SSE_APPROVERS: ALL.join(','), SSE_OPERATORS: ALL.join(',') }, sim);
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

const told = (user: string, text: string) =>
  office.sim.world.waitFor(
    () => office.sim.person(user).ephemerals.find((one) => one.text.includes(text)),
    PATIENCE_MS,
  );

async function openStepOne(user: string): Promise<void> {
  const person = office.sim.person(user);
  await person.command(CHANNEL, '/sse onboard Lyon');
  await person.waitForView('sse_onboard_site', PATIENCE_MS);
}

async function openStepTwo(user: string): Promise<void> {
  await openStepOne(user);
  await office.sim.person(user).submit();
  await office.sim.person(user).waitForView('sse_onboard_links', PATIENCE_MS);
}

/** `users.info` takes so long, and then says it or does not. */
function hang(delayMs: number, says: boolean): void {
  const body = '{"ok":false,"error":"internal_error"}';
  const action = says ? ({ kind: 'slow' } as const) : ({ kind: 'answer', status: 200, body } as const);
  office.sim.faults.plant({ path: 'users.info', times: -1, delayMs, action });
}

describe('while Slack does not say who somebody is', () => {
  it(
    'everything is acknowledged, changes nothing, and is answered in the end',
    { timeout: 90_000 },
    async () => {
      const { sim, flows } = office;
      flows.put(requestView({ requester: COMMANDS }));
      const { ts } = await sim.waitForMessage(CHANNEL, 'Plan Lyon: ');
      await Promise.all([openStepOne(FIRST), openStepOne(SEARCHES), openStepTwo(SECOND)]);
      await sim.person(SECOND).fillAll({ range_a: '10.50.0.0/29', networks: ['Guest'], ticket: 'CHG-7' });
      await sleep(FORGOTTEN_MS);
      flows.calls.length = 0;
      hang(HANGS_MS, false);

      const [command, opening, first, second, options, approval, rejection] = await Promise.all([
        sim.person(COMMANDS).command(CHANNEL, '/sse offboard Lyon'),
        sim.person(OPENS).command(CHANNEL, '/sse onboard Lyon'),
        sim.person(FIRST).submit(),
        sim.person(SECOND).submit(),
        sim.person(SEARCHES).suggest('site', 'Ly'),
        sim.person(APPROVES).click(ts, 'sse_approve'),
        sim.person(REJECTS).click(ts, 'sse_reject'),
      ]);
      for (const one of [command, opening, approval, rejection]) expect(one.outcome).toBe('acked');
      for (const one of [first, second]) expect(one.result).toBe('updated');
      expect(options).toEqual([]);
      expect(sim.person(SECOND).view?.content['callback_id']).toBe('sse_loading');

      const unknown = 'Slack did not say whether you are a member here';
      await Promise.all([told(COMMANDS, unknown), told(APPROVES, unknown), told(SECOND, unknown)]);
      for (const user of [OPENS, FIRST, REJECTS]) {
        const view = await sim.person(user).waitForView('sse_problem', PATIENCE_MS);
        expect(JSON.stringify(view.content)).toContain(unknown);
      }
      const again = await sim.person(SECOND).waitForView('sse_onboard_links', PATIENCE_MS);
      expect(JSON.stringify(again.content)).toContain(unknown);
      expect(sim.person(SECOND).valueOf('range_a')).toMatchObject({ value: '10.50.0.0/29' });
      expect(sim.person(SECOND).valueOf('ticket')).toMatchObject({ value: 'CHG-7' });
      expect(sim.person(SECOND).valueOf('networks')).toMatchObject({
        selected_options: [{ value: 'Guest' }],
      });

      expect(flows.calls.toSorted()).toEqual(['checkForm draft-1', 'formWith draft-1']);
      expect(flows.submitted).toEqual([]);
      expect(new Set(office.refusals.map((one) => one.why))).toEqual(new Set(['unknown']));
    },
  );

  it('a form that was sent is carried out as soon as Slack says so', { timeout: 90_000 }, async () => {
    const { sim, flows } = office;
    await openStepTwo(SECOND);
    const person = sim.person(SECOND);
    await person.fillAll({ range_a: '10.50.0.0/29', ticket: 'CHG-7' });
    await sleep(FORGOTTEN_MS);
    hang(ACK_WAIT_MS + 3_000, true);
    expect((await person.submit()).result).toBe('updated');
    expect(flows.submitted).toEqual([]);
    const view = await person.waitForView('sse_ready', PATIENCE_MS);
    expect(JSON.stringify(view.content)).toContain('Its card is in the channel');
    expect(flows.submitted).toMatchObject([{ values: { range_a: '10.50.0.0/29', ticket: 'CHG-7' } }]);
    await sim.waitForMessage(CHANNEL, 'Plan Lyon: ', PATIENCE_MS);
  });

  it('what an acknowledgement waits for leaves time for its way', () => {
    expect(ACK_WAIT_MS).toBeLessThanOrEqual(2_000);
  });
});
