import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHANNEL, openOffice, workspace, type Office } from './support/office.ts';
import { requestView } from './support/samples.ts';

/** All of them are named as approvers and operators: what they are in the workspace is what is asked here. */
const PEOPLE = {
  member: 'U0MEMBER01',
  guest: 'U0GUEST001',
  singleGuest: 'U0GUEST002',
  bot: 'U0ROBOT001',
  deactivated: 'U0GONE0001',
  /** His own team stands in the payload where Slack shows another one for the account. */
  moved: 'U0MOVED001',
} as const;

let office: Office;
beforeEach(async () => {
  const ids = Object.values(PEOPLE);
  const sim = await workspace({
    users: [
      { id: PEOPLE.member, name: 'member' },
      { id: PEOPLE.guest, name: 'guest', guest: 'some-channels' },
      { id: PEOPLE.singleGuest, name: 'single', guest: 'one-channel' },
      { id: PEOPLE.bot, name: 'robot', isBot: true },
      { id: PEOPLE.deactivated, name: 'gone', deleted: true },
      { id: PEOPLE.moved, name: 'moved' },
    ],
    channels: [{ id: CHANNEL, name: 'network', members: ids }],
    userGroups: [],
  });
  office = await openOffice({ SSE_APPROVERS: ids.join(','), SSE_OPERATORS: ids.join(',') }, sim);
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

const told = (user: string, text: string) =>
  office.sim.world.waitFor(() => office.sim.person(user).ephemerals.find((one) => one.text.includes(text)));

async function card(requester: string = PEOPLE.member): Promise<string> {
  office.flows.put(requestView({ requester }));
  return (await office.sim.waitForMessage(CHANNEL, 'Plan Lyon: ')).ts;
}

/** Slack shows this account as one of another team, whatever the payload says. */
function showElsewhere(user: string): void {
  const { world } = office.sim;
  const seen = world.users.get(user);
  if (!seen) throw new Error('nobody');
  office.sim.faults.plant({
    path: 'users.info',
    times: -1,
    action: {
      kind: 'answer',
      status: 200,
      body: JSON.stringify({ ok: true, user: { id: user, team_id: 'T0OTHER001', name: 'moved' } }),
    },
  });
}

const REFUSED = [
  ['guest', PEOPLE.guest, 'Guests of this workspace can look'],
  ['guest', PEOPLE.singleGuest, 'Guests of this workspace can look'],
  ['bot', PEOPLE.bot, 'Only people change or decide'],
  ['deactivated', PEOPLE.deactivated, 'This account is deactivated'],
] as const;

describe('who is not a full member', () => {
  it.each(REFUSED)('(%s %s) decides nothing, though named as an approver', async (why, user, text) => {
    const ts = await card();
    for (const button of ['sse_approve', 'sse_reject', 'sse_cancel']) {
      await office.sim.person(user).click(ts, button);
      await told(user, text);
    }
    expect(office.flows.calls).toEqual([]);
    await office.sim.world.waitFor(() => office.refusals.length === 3);
    for (const refusal of office.refusals) expect(refusal).toMatchObject({ actor: { user }, why });
  });

  it.each(REFUSED)('(%s %s) changes nothing, though named as an operator', async (why, user, text) => {
    for (const verb of ['onboard Lyon', 'offboard Lyon', 'bypass Lyon', 'orphans', 'freeze on end']) {
      const before = office.sim.person(user).ephemerals.length;
      await office.sim.person(user).command(CHANNEL, `/sse ${verb}`);
      await office.sim.world.waitFor(() => office.sim.person(user).ephemerals.length > before);
      expect(office.lastTold(user)).toContain(text);
    }
    expect(office.flows.calls).toEqual([]);
    expect(office.refusals.map((one) => one.why)).toEqual(Array.from({ length: 5 }, () => why));
  });

  it('does not even cancel what he asked for himself', async () => {
    const ts = await card(PEOPLE.guest);
    await office.sim.person(PEOPLE.guest).click(ts, 'sse_cancel');
    await told(PEOPLE.guest, 'Guests of this workspace');
    expect(office.flows.calls).toEqual([]);
  });

  it('still looks', async () => {
    await office.sim.person(PEOPLE.guest).command(CHANNEL, '/sse status Lyon');
    await office.sim.waitForMessage(CHANNEL, 'Lyon: tunnels');
    await office.sim.person(PEOPLE.guest).command(CHANNEL, '/sse help');
    const help = await told(PEOPLE.guest, '/sse status');
    expect(`${help.text}${JSON.stringify(help.blocks)}`).not.toMatch(/onboard \[|freeze|orphans/);
  });
});

describe('the moment of the click decides', () => {
  it('refuses whose account Slack shows elsewhere, whatever the payload says', async () => {
    const ts = await card();
    showElsewhere(PEOPLE.moved);
    await office.sim.person(PEOPLE.moved).click(ts, 'sse_approve');
    await told(PEOPLE.moved, 'members of its own workspace');
    expect(office.flows.calls).toEqual([]);
    expect(office.refusals).toMatchObject([{ why: 'stranger' }]);
  });

  it('gives no right while Slack does not say who somebody is, says so, and shows no changing command', async () => {
    const ts = await card();
    office.sim.faults.plant({
      path: 'users.info',
      times: -1,
      action: { kind: 'answer', status: 200, body: '{"ok":false,"error":"internal_error"}' },
    });
    await office.sim.person(PEOPLE.member).click(ts, 'sse_approve');
    await told(PEOPLE.member, 'Slack did not say whether you are a member here');
    expect(office.flows.calls).toEqual([]);
    expect(office.refusals).toMatchObject([{ why: 'unknown', what: 'sse_approve' }]);
    await office.sim.person(PEOPLE.member).command(CHANNEL, '/sse ofboard Lyon');
    const help = await told(PEOPLE.member, 'Slack did not say what you may do');
    expect(help.text).not.toContain('Did you mean');
    expect(JSON.stringify(help.blocks)).not.toContain('/sse offboard');
  });

  it('lets members of the workspace decide who belong to an Enterprise organisation', async () => {
    const ts = await card();
    office.sim.faults.plant({
      path: 'users.info',
      times: -1,
      action: {
        kind: 'answer',
        status: 200,
        body: JSON.stringify({
          ok: true,
          user: {
            id: PEOPLE.member,
            team_id: 'T0FIRST001',
            enterprise_user: { id: PEOPLE.member, teams: ['T0FIRST001', office.sim.world.team.id] },
          },
        }),
      },
    });
    await office.sim.person(PEOPLE.member).click(ts, 'sse_approve');
    await told(PEOPLE.member, 'Approved.');
  });
});
