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
import { failure } from './support/desk-flows.ts';
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
  await expect.poll(() => person.ephemerals.length, { timeout: 30_000 }).toBeGreaterThan(before);
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
      .poll(() => office.sim.world.timeline(CHANNEL).at(-1), { timeout: 30_000 })
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

describe('/sse bypass', () => {
  it('starts at once, and with off puts a plan up', async () => {
    expect(await type(REQUESTER, '/sse bypass Lyon')).toContain('The bypass has started.');
    expect(await type(REQUESTER, '/sse bypass Lyon off')).toContain('up for approval');
    expect(await type(REQUESTER, '/sse bypass Lyon ON')).toContain('The bypass has started.');
    const asked = office.flows.calls.filter((c) => c.startsWith('bypass'));
    expect(asked).toEqual([
      `bypass ${REQUESTER} Lyon`,
      `bypassOff ${REQUESTER} Lyon`,
      `bypass ${REQUESTER} Lyon`,
    ]);
  });

  it('is for operators alone, and says why it was not started', async () => {
    expect(await type(BYSTANDER, '/sse bypass Lyon')).toContain('operators');
    expect(await type(REQUESTER, '/sse bypass')).toContain('Which site?');
    office.flows.submitFailure = failure('The router is being changed just now.');
    expect(await type(REQUESTER, '/sse bypass Lyon')).toContain('being changed just now');
    office.flows.submitFailure = undefined;
  });
});

describe('/sse orphans', () => {
  it('lists each with a button that leads to a plan, and says what could not be read', async () => {
    office.flows.orphanReport = {
      orphans: [
        {
          id: 'network/n1',
          side: 'entra',
          site: 'Old <site>',
          what: ['remote network Old', 'device link Old-wan0'],
        },
        {
          id: 'device/d1',
          side: 'mist',
          site: 'Old',
          what: ['connector x'],
          whyNotRemovable: 'could not be read',
        },
      ],
      gone: ['application X (Old)'],
      missing: [],
      unread: [failure('Mist refuses the token.')],
    };
    const person = office.sim.person(REQUESTER);
    const before = office.sim.world.timeline(CHANNEL).length;
    await person.command(CHANNEL, '/sse orphans');
    await expect
      .poll(() => office.sim.world.timeline(CHANNEL).length, { timeout: 30_000 })
      .toBeGreaterThan(before);
    const card = office.sim.world.timeline(CHANNEL).at(-1)!;
    expect(card.text).toBe('Orphans: 2 left at sites that are not connected; not everything could be read.');
    const blocks = JSON.stringify(card.blocks);
    expect(blocks).toContain('Old &lt;site&gt;');
    expect(blocks).toContain('Mist refuses the token.');
    expect(blocks.match(/sse_orphan_remove/g)).toHaveLength(1);
    await office.sim.person(BYSTANDER).click(card.ts, 'sse_orphan_remove');
    await expect.poll(() => office.lastTold(BYSTANDER), { timeout: 30_000 }).toContain('operators');
    await person.click(card.ts, 'sse_orphan_remove');
    await expect
      .poll(() => office.flows.calls, { timeout: 30_000 })
      .toContain(`removeOrphan ${REQUESTER} network/n1 ${CHANNEL}`);
  });

  it('never says none where a vendor was not read', async () => {
    office.flows.orphanReport = { orphans: [], gone: [], missing: [], unread: [failure('Entra is away.')] };
    const before = office.sim.world.timeline(CHANNEL).length;
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse orphans');
    await expect
      .poll(() => office.sim.world.timeline(CHANNEL).length, { timeout: 30_000 })
      .toBeGreaterThan(before);
    expect(office.sim.world.timeline(CHANNEL).at(-1)?.text).toBe(
      'Orphans: not known, not everything could be read.',
    );
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
