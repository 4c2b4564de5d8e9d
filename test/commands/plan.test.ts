import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { elementsOf } from '../../sandbox/contracts/slack/surface.ts';
import { BYSTANDER, CHANNEL, FOREIGN_CHANNEL, openOffice, STRANGER, type Office } from './support/office.ts';
import { planLine, preflightItem, requestView } from './support/samples.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

const ask = (text: string, channel = CHANNEL) => office.sim.person(BYSTANDER).command(channel, text);
const told = () => office.sim.world.waitFor(() => office.sim.person(BYSTANDER).ephemerals.at(-1));
const stored = () => office.sim.waitForMessage(CHANNEL, 'Stored plan for');

describe('/sse plan', () => {
  it('shows the plan in the channel without a button, with its JSON in the thread', async () => {
    office.flows.views.set('req-1', requestView({ state: 'Rejected', reason: 'Wrong week' }));
    await ask('/sse plan req-1');
    const card = await stored();
    expect(card.text).toBe('Stored plan for Lyon: request req-1, Rejected, digest sha256-012345678');
    const blocks = card.blocks as Record<string, unknown>[];
    expect(
      blocks.flatMap((b) => elementsOf(b)).filter(({ element }) => element['type'] === 'button'),
    ).toEqual([]);
    for (const part of ['change 1', 'Wrong week', 'request `req-1`', `<@${BYSTANDER}>`]) {
      expect(JSON.stringify(blocks)).toContain(part);
    }
    const reply = await office.sim.world.waitFor(() => office.sim.world.thread(CHANNEL, card.ts)[0]);
    expect(reply.text).toBe('The whole plan, for machines: plan-req-1-1.json');
    const file = office.sim.world.files.get(reply.files[0] ?? '');
    expect(JSON.parse(file?.content?.toString() ?? '')).toMatchObject({ request: 'req-1' });
  });

  it('stays within the limits for the largest plan, and names the file that has the rest', async () => {
    office.flows.views.set(
      'req-1',
      requestView({
        plan: Array.from({ length: 300 }, (_, n) => planLine(n, 'y'.repeat(300))),
        preflight: Array.from({ length: 90 }, (_, n) => preflightItem(n, 'warning', 'z'.repeat(300))),
        blastRadius: Array.from({ length: 60 }, (_, n) => `key ${n} ${'k'.repeat(300)}`),
      }),
    );
    await ask('/sse plan req-1');
    const text = JSON.stringify((await stored()).blocks);
    expect(text).toContain('All checks are in the file plan-req-1-1.json in the thread.');
    expect(text).toContain('The full list of changes is in the file plan-req-1-1.json in the thread.');
  });

  it('answers the asker alone where the bot is not a member, and where there is no such plan', async () => {
    office.flows.views.set('req-1', requestView());
    await ask('/sse plan req-1', FOREIGN_CHANNEL);
    const answer = await told();
    expect(answer.text).toContain('Stored plan for Lyon');
    expect(JSON.stringify(answer.blocks)).toContain('/invite');
    await ask('/sse plan elsewhere');
    await office.sim.world.waitFor(() => office.lastTold(BYSTANDER) === 'There is no request of that ID.');
    await ask('/sse plan');
    await office.sim.world.waitFor(() => office.lastTold(BYSTANDER).startsWith('Which plan?'));
    expect(office.sim.world.messages).toEqual([]);
  });

  it('says so where Slack does not take the file', async () => {
    office.flows.views.set('req-1', requestView());
    const action = { kind: 'answer', status: 500 } as const;
    office.sim.faults.plant({ path: 'files.getUploadURLExternal', times: -1, action });
    await ask('/sse plan req-1');
    await stored();
    expect((await told()).text).toContain('did not take its JSON file');
  });

  it('tells a stranger nothing', async () => {
    office.flows.views.set('req-1', requestView());
    await office.sim.person(STRANGER).command(CHANNEL, '/sse plan req-1');
    await office.sim.world.waitFor(() => office.refusals.find(({ what }) => what === 'plan'));
    expect(office.sim.world.messages).toEqual([]);
  });
});
