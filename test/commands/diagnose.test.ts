import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../src/base/failure.ts';
import { diagnosisCard } from '../../src/commands/cards/diagnosis-card.ts';
import type { SiteDiagnosis } from '../../src/flows/diagnose/site-diagnosis.ts';
import { checkBlocks } from '../../sandbox/contracts/slack/surface.ts';
import { BYSTANDER, CHANNEL, openOffice, type Office } from './support/office.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

function diagnosis(over: Partial<SiteDiagnosis> = {}): SiteDiagnosis {
  return {
    site: { id: 'site-lyon', name: 'Lyon' },
    atMs: 1_800_000_000_000,
    headline: 'Almost certain: Entra and Mist hold different keys.',
    symptoms: ['mssse-wan0 is down: AUTHENTICATION_FAILED'],
    causes: [
      {
        id: 'X01',
        subject: 'mssse-wan0',
        likelihood: 'almost certain',
        what: 'Entra and Mist hold different keys',
        evidence: ['mssse-wan0 is down: AUTHENTICATION_FAILED'],
        mend: 'Write the key anew on both sides.',
      },
    ],
    cannotTell: [],
    notes: [],
    timeline: [{ atMs: 1_799_999_000_000, by: 'Mist', what: 'tunnel DOWN: mssse-wan0' }],
    unread: [],
    ...over,
  };
}

describe('/sse diagnose', () => {
  it('posts the causes with evidence and mend where it was typed, and again on its button', async () => {
    office.flows.diagnosis = ok(diagnosis());
    const person = office.sim.person(BYSTANDER);
    await person.command(CHANNEL, '/sse diagnose Lyon');
    const card = await office.sim.waitForMessage(CHANNEL, 'Diagnosis Lyon: Almost certain');
    const text = JSON.stringify(card.blocks);
    for (const part of ['1. Almost certain: Entra', 'AUTHENTICATION_FAILED', 'Write the key anew'])
      expect(text).toContain(part);
    office.flows.diagnosis = ok(diagnosis({ headline: 'Nothing is wrong.', causes: [], symptoms: [] }));
    await person.click(card.ts, 'sse_diagnose_again');
    const again = await office.sim.waitForMessage(CHANNEL, 'Diagnosis Lyon: Nothing is wrong');
    expect(again.ts).toBe(card.ts);
  });

  it('says to the asker alone that there is nothing to diagnose, or that a site is missing', async () => {
    const person = office.sim.person(BYSTANDER);
    await person.command(CHANNEL, '/sse diagnose Lyon');
    await office.sim.world.waitFor(() => person.ephemerals.find(({ text }) => text.includes('Nothing to')));
    await person.command(CHANNEL, '/sse diagnose');
    await office.sim.world.waitFor(() =>
      person.ephemerals.find(({ text }) => text.includes('Say which site')),
    );
    expect(office.sim.world.messages).toEqual([]);
  });

  it('keeps to Slack’s limits with many long causes, and puts the rest into the thread', async () => {
    const causes = Array.from({ length: 20 }, (_, n) => ({
      id: 'X05' as const,
      subject: `connector-${n}`,
      likelihood: 'likely' as const,
      what: `<!channel> ${'w'.repeat(300)} ${n}`,
      evidence: ['e'.repeat(500), `evidence-${n}`],
      mend: 'm'.repeat(400),
    }));
    const card = diagnosisCard(diagnosis({ causes, symptoms: causes.map(({ what }) => what) }));
    expect(checkBlocks(structuredClone(card.blocks), 'message')).toEqual([]);
    expect(JSON.stringify(card.blocks)).not.toContain('<!channel>');
    expect(card.details).toHaveLength(15);
    office.flows.diagnosis = ok(diagnosis({ causes }));
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse diagnose Lyon');
    await office.sim.world.waitFor(() =>
      office.sim.world.messages.find(({ text }) => text.includes('evidence-19')),
    );
    const [posted, ...replies] = office.sim.world.messages;
    expect(JSON.stringify(posted?.blocks)).toContain('15 more, less likely or later, in the thread.');
    expect(replies.every(({ threadTs }) => threadTs === posted?.ts)).toBe(true);
    const thread = replies.map(({ text }) => text).join('\n');
    for (let n = 5; n < 20; n += 1) expect(thread).toContain(`evidence-${n}\n`);
  });
});
