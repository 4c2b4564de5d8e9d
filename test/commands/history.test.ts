import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/contracts/slack/surface.ts';
import { ok } from '../../src/base/failure.ts';
import { historyCard, readHistoryPage, writeHistoryPage } from '../../src/commands/cards/history-card.ts';
import type { Evidence, HistoryEntry, HistoryPage } from '../../src/flows/types.ts';
import { failure } from './support/desk-flows.ts';
import { BYSTANDER, CHANNEL, openOffice, REQUESTER, STRANGER, type Office } from './support/office.ts';
import { requestView } from './support/samples.ts';

function entry(n: number, over: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    requestId: `req-${n}`,
    state: 'Verified',
    verb: 'onboard',
    site: { id: 'site-lyon', name: 'Lyon' },
    requester: REQUESTER,
    createdAt: 1_800_000_000_000,
    digest: '0123456789abcdef',
    decisions: [
      { user: BYSTANDER, action: 'approve', revision: 1, digest: '0123456789abcdef', at: 1_800_000_100_000 },
    ],
    operations: [{ what: 'Create remote network Lyon', state: 'done', at: 1_800_000_200_000 }],
    startedAt: 1_800_000_150_000,
    endedAt: 1_800_000_300_000,
    result: 'Lyon: tunnels 1/1, BGP 1/1, routes 25',
    ...over,
  };
}

function pageOf(entries: readonly HistoryEntry[], over: Partial<HistoryPage> = {}): HistoryPage {
  return { entries, offset: 0, perPage: 5, hasMore: false, ...over };
}

/** What Slack interprets; a label for a screen reader is plain. */
function mrkdwnOf(card: ReturnType<typeof historyCard>): string {
  const sections = card.blocks.flatMap((block) =>
    block.type === 'section' && block.text ? [block.text] : [],
  );
  return [card.text, ...sections.map(({ type, text }) => (type === 'mrkdwn' ? text : ''))].join('\n');
}

const PACK: Evidence = {
  format: 'sse-evidence/1',
  madeAt: '2026-11-25T18:00:00.000Z',
  request: {
    id: 'req-1',
    verb: 'onboard',
    site: { id: 'site-lyon', name: 'Lyon' },
    requester: REQUESTER,
    digest: 'd',
  },
  inputs: {},
  plan: { preflight: [] },
  decisions: [],
  runs: [],
  verification: null,
  audit: { rows: [], head: { seq: 1, hash: 'h' }, howToVerify: ['SHA-256'] },
};

describe('a page of history', () => {
  it('says who, what, when and how it ended, with a button for the evidence', () => {
    const card = historyCard(pageOf([entry(1, { ticket: 'CHG-7', window: 'Sat 22:00' })]));
    expect(checkBlocks(structuredClone(card.blocks) as unknown, 'message')).toEqual([]);
    const text = JSON.stringify(card.blocks);
    for (const part of [
      `Asked by <@${REQUESTER}>`,
      `Approved by <@${BYSTANDER}>`,
      'CHG-7',
      'window Sat 22:00',
      'Create remote network Lyon: done',
      'Result: Lyon: tunnels 1/1',
      '"action_id":"sse_evidence"',
      '"value":"req-1"',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('stays within what Slack takes, whatever stands in the rows', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 3000 }), { maxLength: 12 }), (texts) => {
        const [one = '<!channel>'] = texts;
        const card = historyCard(
          pageOf(
            [1, 2, 3, 4, 5].map((n) =>
              entry(n, {
                site: { id: 's', name: one },
                result: one,
                operations: texts.map((what) => ({ what, state: 'done' })),
                decisions: texts.map((reason) => ({
                  user: reason,
                  action: reason,
                  revision: 1,
                  digest: reason,
                  at: 1,
                  reason,
                })),
              }),
            ),
            { offset: 5, hasMore: true },
          ),
        );
        expect(checkBlocks(structuredClone(card.blocks) as unknown, 'message')).toEqual([]);
        expect(mrkdwnOf(card)).not.toContain('<!channel>');
      }),
      { numRuns: 200 },
    );
  });

  it('reads its buttons again, and takes anything else for the first page', () => {
    expect(readHistoryPage(writeHistoryPage('site-lyon', 15))).toEqual({ siteId: 'site-lyon', offset: 15 });
    expect(readHistoryPage(writeHistoryPage(undefined, 0))).toEqual({ offset: 0 });
    for (const odd of ['', 'x', '-1|', '99999999999|', "5|' or 1=1"])
      expect(readHistoryPage(odd)).toEqual({ offset: 0 });
  });
});

describe('/sse history', () => {
  let office: Office;
  beforeEach(async () => {
    office = await openOffice();
  });
  afterEach(async () => {
    expect(office.sim.violations).toEqual([]);
    await office.close();
  });
  const person = (user = BYSTANDER) => office.sim.person(user);
  const type = (text: string, user = BYSTANDER) => person(user).command(CHANNEL, text);
  const told = (part: string, user = BYSTANDER) =>
    office.sim.world.waitFor(() => person(user).ephemerals.find((m) => JSON.stringify(m).includes(part)));

  it('answers the asker alone, and turns pages', async () => {
    office.flows.pages = ok(pageOf([entry(1)], { hasMore: true, site: { id: 'site-lyon', name: 'Lyon' } }));
    await type('/sse history Lyon');
    const page = await told('History of Lyon');
    expect(office.sim.world.messages).toEqual([]);
    office.flows.pages = ok(pageOf([entry(6)], { offset: 5, site: { id: 'site-lyon', name: 'Lyon' } }));
    await person().click(page.ts, 'sse_history_older');
    await told('req-6');
    expect(office.flows.calls).toEqual(expect.arrayContaining(['history Lyon 0', 'history site-lyon 5']));
  });

  it('says why there is none, and refuses strangers', async () => {
    office.flows.pages = { ok: false, failure: failure('Nobody has asked for anything there.') };
    await type('/sse history Atlantis');
    await told('Nobody has asked');
    await type('/sse history', STRANGER);
    await told('own workspace', STRANGER);
    expect(office.refusals).toMatchObject([{ what: 'history' }]);
    // What was refused was noted as typed all the same.
    expect(office.flows.typed).toEqual([`${BYSTANDER} history Atlantis`, `${STRANGER} history`]);
  });

  it('puts the evidence into the thread of the request’s own card, with names where Slack knows them', async () => {
    office.flows.put(requestView());
    const card = await office.sim.waitForMessage(CHANNEL, 'Plan Lyon');
    office.flows.pages = ok(pageOf([entry(1)]));
    office.flows.pack = ok({ ...PACK, decisions: [{ user: BYSTANDER, action: 'approve', at: 'now' }] });
    await type('/sse history');
    const page = await told('History of all sites');
    await person().click(page.ts, 'sse_evidence');
    await told('evidence-req-1.json');
    const files = office.sim.world
      .thread(CHANNEL, card.ts)
      .flatMap((message) => message.files)
      .map((id) => office.sim.world.files.get(id));
    const text = (name: string) => files.find((f) => f?.name === name)?.content?.toString() ?? '';
    expect(JSON.parse(text('evidence-req-1.json'))).toMatchObject({ format: 'sse-evidence/1' });
    expect(JSON.parse(text('evidence-req-1.json')).people).toHaveProperty(BYSTANDER);
    expect(text('evidence-req-1.html')).toContain('<h1>Evidence: onboard of Lyon</h1>');
  });

  it('says so where Slack does not take the files', async () => {
    office.flows.pages = ok(pageOf([entry(1)]));
    office.flows.pack = ok(PACK);
    const action = { kind: 'answer', status: 500 } as const;
    office.sim.faults.plant({ path: 'files.getUploadURLExternal', times: -1, action });
    await type('/sse history');
    await person().click((await told('History of all sites')).ts, 'sse_evidence');
    await told('Slack did not take the evidence pack');
  });
});
