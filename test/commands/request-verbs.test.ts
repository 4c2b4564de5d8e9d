import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  APPROVER,
  BYSTANDER,
  CHANNEL,
  openOffice,
  REQUESTER,
  STRANGER,
  type Office,
} from './support/office.ts';
import { requestView } from './support/samples.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());
beforeEach(() => {
  office.flows.calls.length = 0;
  office.flows.views.clear();
});

/** Types a command and waits for the private answer to it. */
async function type(user: string, line: string): Promise<string> {
  const person = office.sim.person(user);
  const before = person.ephemerals.length;
  await person.command(CHANNEL, line);
  await expect.poll(() => person.ephemerals.length, { timeout: 5000 }).toBeGreaterThan(before);
  return office.lastTold(user);
}

describe('/sse offboard', () => {
  it('puts a plan up without a modal and says where its card is', async () => {
    expect(await type(REQUESTER, '/sse offboard Lyon')).toBe(
      'The plan is up for approval. Its card is here.',
    );
    expect(office.flows.calls).toContain(`offboard ${REQUESTER} Lyon ${CHANNEL}`);
    expect(office.sim.person(REQUESTER).view).toBeUndefined();
    const card = await expect
      .poll(() => office.sim.world.timeline(CHANNEL).at(-1), { timeout: 5000 })
      .toMatchObject({ text: expect.stringMatching(/^Plan Lyon/) });
    void card;
    const blocks = JSON.stringify(office.sim.world.timeline(CHANNEL).at(-1)?.blocks);
    expect(blocks).toContain('Plan: take back Lyon');
    expect(blocks).not.toContain('sse_edit');
    expect(blocks).toContain('sse_approve');
  });

  it('asks for the site, and is for operators of this workspace alone', async () => {
    expect(await type(REQUESTER, '/sse offboard')).toContain('Which site?');
    expect(await type(BYSTANDER, '/sse offboard Lyon')).toContain('operators');
    expect(await type(STRANGER, '/sse offboard Lyon')).toContain('own workspace');
    expect(office.flows.calls.filter((c) => c.startsWith('offboard'))).toEqual([]);
  });
});

describe('/sse cancel', () => {
  it('ends a plan as its button does, and asks a run to stop', async () => {
    office.flows.put(requestView({ id: 'req-plan', requester: REQUESTER, state: 'Plan' }));
    expect(await type(REQUESTER, '/sse cancel req-plan')).toBe('Cancelled.');
    office.flows.put(requestView({ id: 'req-run', requester: REQUESTER, state: 'Running' }));
    expect(await type(APPROVER, '/sse cancel req-run')).toBe('It stops.');
    expect(office.flows.calls).toEqual(
      expect.arrayContaining([`cancel ${REQUESTER} req-plan`, `stop ${APPROVER} req-run`]),
    );
  });

  it('is for the requester and approvers, and asks which request', async () => {
    office.flows.put(requestView({ id: 'req-run', requester: REQUESTER, state: 'Running' }));
    expect(await type(BYSTANDER, '/sse cancel req-run')).toContain('approvers');
    expect(await type(STRANGER, '/sse cancel req-run')).toContain('own workspace');
    expect(await type(REQUESTER, '/sse cancel')).toContain('Which request?');
    expect(await type(REQUESTER, '/sse cancel nothing')).toContain('no such request');
    expect(office.flows.calls.filter((c) => c.startsWith('stop'))).toEqual([]);
  });
});
