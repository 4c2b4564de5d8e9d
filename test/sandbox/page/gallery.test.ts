import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBlocks } from '../../../sandbox/contracts/slack/surface.ts';
import type { GalleryCard } from '../../../sandbox/page/gallery.ts';
import { CARD_STATES } from '../../../src/flows/request-types.ts';
import { startPageSandbox, type PageSandbox } from './support/page-world.ts';

interface Recorded {
  readonly title: string;
  readonly text: string;
  readonly blocks: object[];
}

const RECORDED = new URL('../../../sandbox/gallery/cards.jsonl', import.meta.url);
const recording = readFileSync(RECORDED, 'utf8');
const cards = recording
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

test('every recorded card is one that Slack accepts, has a fallback and a title of its own', () => {
  expect(new Set(cards.map(({ title }) => title)).size).toBe(cards.length);
  for (const { title, text, blocks } of cards) {
    expect(text.trim(), title).not.toBe('');
    expect(text, title).not.toContain('\n');
    if (blocks.length > 0) expect(checkBlocks(structuredClone(blocks), 'message'), title).toEqual([]);
  }
});

test.each(CARD_STATES)('the recording holds a card of a request in the state %s', (state) => {
  const shown = cards.filter(({ text }) => text.startsWith(`${state} Lyon`));
  expect(shown.length, 'extend scripts/gallery-scenes.ts and record anew').toBeGreaterThan(0);
});

test.each(['half built', 'router offline', 'listing cut', 'the vendors contradict each other', 'unreadable'])(
  'the recording holds status and diagnosis of a site that is odd: %s',
  (state) => {
    const titles = cards.map(({ title }) => title);
    expect(titles).toContain(`Status: ${state}`);
    expect(titles).toContain(`Diagnosis: ${state}`);
  },
);

test('the recording names no file and no address of the machine that recorded it, and stays small', () => {
  expect(recording).not.toMatch(/\/(?:tmp|home|root|work|Users)\/|localhost|127\.0\.0\.1|xox[abp]-|xapp-/);
  expect(recording.length).toBeLessThan(300_000);
});

describe('on the page', () => {
  let sandbox: PageSandbox;

  beforeEach(async () => {
    sandbox = await startPageSandbox();
  });

  afterEach(() => sandbox.close());

  test('the gallery is a page of its own', async () => {
    const answer = await fetch(`${sandbox.page.url}gallery`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Every card in each state');
  });

  test('it serves every recorded card, each with something to see', async () => {
    const answer = await fetch(`${sandbox.page.url}gallery.json`);
    const served = (await answer.json()) as GalleryCard[];
    expect(served.map(({ title, text }) => ({ title, text }))).toEqual(
      cards.map(({ title, text }) => ({ title, text })),
    );
    for (const { title, blocks } of served) expect(blocks.length, title).toBeGreaterThan(0);
  });
});
