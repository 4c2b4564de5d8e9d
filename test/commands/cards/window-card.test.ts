import { describe, expect, it } from 'vitest';
import { checkBlocks, elementsOf } from '../../../sandbox/contracts/slack/surface.ts';
import type { Card } from '../../../src/commands/cards/blocks.ts';
import { requestCard } from '../../../src/commands/cards/request-card.ts';
import { requestView } from '../support/samples.ts';

function buttonsOf(card: Card): string[] {
  return card.blocks
    .flatMap((block) => elementsOf(block as unknown as Record<string, unknown>))
    .filter(({ element }) => element['type'] === 'button')
    .map(({ element }) => String(element['action_id']));
}

const shown = (card: Card): string => JSON.stringify(card.blocks);
const problemsOf = ({ blocks }: Card): unknown[] => [...checkBlocks(structuredClone(blocks), 'message')];

describe('a change window on the card', () => {
  const window = {
    opensAt: 1_800_050_000_000,
    closesAt: 1_800_064_400_000,
    words: 'Thu 14 Jan 2027 22:00 to Fri 15 Jan 2027 02:00 (Europe/Berlin, UTC+1)',
    opens: 'Thu 14 Jan 2027 22:00 (Europe/Berlin, UTC+1)',
    isApproved: false,
  };

  it('is said in the zone of the installation and in the reader’s own', () => {
    const card = requestCard(requestView({ window, expiresAt: window.closesAt }));
    expect(problemsOf(card)).toEqual([]);
    expect(shown(card)).toContain(window.words);
    expect(shown(card)).toContain('<!date^1800050000^');
    expect(shown(card)).toContain('never starts after');
    expect(buttonsOf(card)).toContain('sse_approve');
  });

  it('is what an approved plan waits for, with Cancel and without Approve', () => {
    const view = requestView({
      window: { ...window, isApproved: true },
      canApprove: false,
      approvals: [{ user: 'U0BEN00001', at: 1 }],
    });
    const card = requestCard(view);
    expect(problemsOf(card)).toEqual([]);
    expect(card.text).toBe(`Plan Lyon: approved, starts ${window.opens}`);
    expect(shown(card)).toContain(`*Approved, starts at ${window.opens}*`);
    expect(buttonsOf(card)).toEqual(['sse_reject', 'sse_edit', 'sse_cancel']);
    const held = requestCard({ ...view, reason: 'Changes are frozen by <@U0CARLA001>: storm.' });
    expect(held.text).toContain('it waits. Changes are frozen');
    expect(shown(held)).toContain('*It is time, but it waits*: Changes are frozen by <@U0CARLA001>: storm.');
  });
});
