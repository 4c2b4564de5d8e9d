import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/world-types.ts';
import {
  APPROVER,
  BYSTANDER,
  CHANNEL,
  GROUP_APPROVER,
  openOffice,
  REQUESTER,
  STRANGER,
  type Office,
} from './support/office.ts';
import { requestView } from './support/samples.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

async function card(over: Parameters<typeof requestView>[0] = {}): Promise<Message> {
  const view = requestView(over);
  office.flows.put(view);
  return office.sim.waitForMessage(CHANNEL, `${view.state} Lyon: `);
}

const told = (user: string, text: RegExp | string) =>
  office.sim.world.waitFor(() =>
    office.sim.person(user).ephemerals.find((one) => one.text.match(text) !== null),
  );
const decisions = () => office.flows.calls.filter((call) => !/^(findSite|searchSites)/.test(call));

describe('the buttons of a plan', () => {
  it('let an approver approve with one click: the card changes and the click is answered', async () => {
    const { ts } = await card();
    await office.sim.person(APPROVER).click(ts, 'sse_approve', { value: 'req-1@1' });
    await told(APPROVER, 'Approved.');
    expect(decisions()).toEqual([`approve ${APPROVER} req-1`]);
    expect(office.flows.approvedRevisions).toEqual([1]);
    const running = await office.sim.waitForMessage(CHANNEL, 'Running Lyon: ');
    expect(running.ts).toBe(ts);
  });

  it('count members of an approver group', async () => {
    const { ts } = await card();
    await office.sim.person(GROUP_APPROVER).click(ts, 'sse_approve');
    await told(GROUP_APPROVER, 'Approved.');
  });

  it('take the right from somebody who left the group, and give none while Slack does not say', async () => {
    const { ts } = await card();
    office.sim.faults.plant({
      path: 'usergroups',
      times: -1,
      action: { kind: 'answer', status: 200, body: '{"ok":false,"error":"internal_error"}' },
    });
    await office.sim.person(GROUP_APPROVER).click(ts, 'sse_approve');
    await told(GROUP_APPROVER, 'did not say who is in the user group');
    expect(decisions()).toEqual([]);
  });

  it.each([
    ['sse_approve', BYSTANDER],
    ['sse_reject', BYSTANDER],
    ['sse_cancel', BYSTANDER],
    ['sse_edit', BYSTANDER],
    ['sse_approve', STRANGER],
    ['sse_cancel', STRANGER],
  ])('refuse %s to who may not (%s), visibly and on the record', async (button, user) => {
    const { ts } = await card();
    await office.sim.person(user).click(ts, button);
    if (button === 'sse_edit') await office.sim.person(user).waitForView('sse_problem');
    else await told(user, /may not|own workspace/);
    expect(decisions()).toEqual([]);
    expect(office.refusals).toMatchObject([{ actor: { user }, what: button, requestId: 'req-1' }]);
  });

  it('ask for the reason of a rejection and show it', async () => {
    const { ts } = await card();
    const person = office.sim.person(APPROVER);
    await person.click(ts, 'sse_reject');
    await person.waitForView('sse_reject');
    await person.fill('reason', 'Wrong window <!channel>');
    await person.submit();
    const rejected = await office.sim.waitForMessage(CHANNEL, 'Rejected Lyon: ');
    expect(rejected.text).toBe('Rejected Lyon: Wrong window &lt;!channel&gt;');
    await told(APPROVER, 'Rejected.');
  });

  it('let the requester cancel, and an approver as well', async () => {
    const { ts } = await card();
    await office.sim.person(REQUESTER).click(ts, 'sse_cancel');
    await told(REQUESTER, 'Cancelled.');
    await office.sim.waitForMessage(CHANNEL, 'Cancelled Lyon: ');
    const other = await card({ id: 'req-2' });
    await office.sim.person(APPROVER).click(other.ts, 'sse_cancel');
    await told(APPROVER, 'Cancelled.');
  });

  it('open step 2 again for an edit by the requester only', async () => {
    const { ts } = await card();
    const requester = office.sim.person(REQUESTER);
    await requester.click(ts, 'sse_edit');
    await requester.waitForView('sse_onboard_links');
    await requester.fill('range_a', '10.60.0.0/29');
    await requester.submit();
    await office.sim.world.waitFor(() => office.flows.submitted[0]);
    const approver = office.sim.person(APPROVER);
    await approver.click(ts, 'sse_edit');
    const view = await approver.waitForView('sse_problem');
    expect(JSON.stringify(view.content)).toContain('Only the requester can edit.');
  });
});

describe('a button that is out of date', () => {
  it('answers with what became of the plan', async () => {
    const { ts } = await card();
    await office.sim.person(APPROVER).click(ts, 'sse_approve');
    await office.sim.waitForMessage(CHANNEL, 'Running Lyon: ');
    await office.sim.person(GROUP_APPROVER).clickStale(ts, 'sse_approve');
    await told(GROUP_APPROVER, 'This request is Running already.');
    await office.sim.person(GROUP_APPROVER).clickStale(ts, 'sse_reject');
    await told(GROUP_APPROVER, 'no longer open: it is "Running" now');
    expect(office.sim.person(GROUP_APPROVER).view).toBeUndefined();
    await office.sim.person(REQUESTER).clickStale(ts, 'sse_cancel');
    await told(REQUESTER, 'This request is Running already.');
  });

  it('answers when the bot does not know the request any more', async () => {
    const { ts } = await card();
    office.flows.views.clear();
    await office.sim.person(APPROVER).click(ts, 'sse_approve');
    await told(APPROVER, 'does not know the request');
    await office.sim.person(APPROVER).click(ts, 'sse_reject');
    await office.sim.world.waitFor(() => office.sim.person(APPROVER).ephemerals.length === 2 || undefined);
    expect(decisions()).toEqual([]);
  });
});

describe('a run that needs a decision', () => {
  it.each([
    ['sse_retry', 'retry', 'Running'],
    ['sse_rollback', 'rollBack', 'Rolled back'],
    ['sse_keep', 'keep', 'Onboarded'],
  ])('takes %s from the requester', async (button, call, state) => {
    const { ts } = await card({ state: 'Needs decision', reason: 'BGP did not come up' });
    await office.sim.person(REQUESTER).click(ts, button);
    await office.sim.waitForMessage(CHANNEL, `${state} Lyon: `);
    expect(decisions()).toEqual([`${call} ${REQUESTER} req-1`]);
  });

  it('takes none from a bystander', async () => {
    const { ts } = await card({ state: 'Needs decision' });
    await office.sim.person(BYSTANDER).click(ts, 'sse_rollback');
    await told(BYSTANDER, 'may not');
    expect(decisions()).toEqual([]);
  });
});

describe('when something breaks', () => {
  it('acknowledges, and tells the person with a reference that the log has as well', async () => {
    const { ts } = await card();
    office.flows.approve = () => Promise.reject(new TypeError('boom'));
    const outcome = await office.sim.person(APPROVER).click(ts, 'sse_approve');
    expect(outcome.outcome).toBe('acked');
    const answer = await told(APPROVER, 'fault of the bot');
    const [reference = 'none'] = /[0-9a-f]{8}/.exec(answer.text) ?? [];
    expect(office.log.join('')).toContain(reference);
    expect(answer.text).not.toContain('boom');
  });

  it('ends the loading modal of an edit', async () => {
    const { ts } = await card();
    office.flows.reopenForm = () => Promise.reject(new TypeError('boom'));
    const person = office.sim.person(REQUESTER);
    await person.click(ts, 'sse_edit');
    const view = await person.waitForView('sse_problem');
    expect(JSON.stringify(view.content)).toContain('a fault of the bot');
    await told(REQUESTER, 'fault of the bot');
  });

  it('still acknowledges a submission whose check breaks', async () => {
    office.flows.checkForm = () => Promise.reject(new TypeError('boom'));
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    await person.submit();
    await person.waitForView('sse_onboard_links');
    await person.submit();
    await told(REQUESTER, 'fault of the bot');
  });

  it('logs no envelope and no token, even at the finest level', async () => {
    const { ts } = await card();
    const person = office.sim.person(APPROVER);
    await person.click(ts, 'sse_reject');
    await person.waitForView('sse_reject');
    await person.fill('reason', 'a reason that is nobody else’s business');
    await person.submit();
    await office.sim.waitForMessage(CHANNEL, 'Rejected Lyon: ');
    const log = office.log.join('');
    expect(log).toContain('"level":"info"');
    for (const leak of ['nobody else', 'xoxb-', 'xapp-', 'trigger_id', '/response/']) {
      expect(log).not.toContain(leak);
    }
  });
});
