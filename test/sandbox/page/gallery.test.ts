import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkBlocks } from '../../../sandbox/contracts/slack/surface.ts';
import { readPageFiles } from '../../../sandbox/page/page-files.ts';

interface Recorded {
  readonly title: string;
  readonly text: string;
  readonly blocks: object[];
}

const RECORDED = new URL('../../../sandbox/gallery/cards.json', import.meta.url);
const cards = JSON.parse(readFileSync(RECORDED, 'utf8')) as Recorded[];

test('every recorded card is one that Slack accepts, has its one-line fallback and a title of its own', () => {
  expect(cards.length).toBeGreaterThan(10);
  expect(new Set(cards.map(({ title }) => title)).size).toBe(cards.length);
  for (const { title, text, blocks } of cards) {
    expect(text, title).not.toContain('\n');
    expect(checkBlocks(structuredClone(blocks), 'message'), title).toEqual([]);
  }
});

test('the gallery is a page of its own', () => {
  const files = readPageFiles();
  expect(files.get('/gallery')?.content.toString()).toContain('Every card in each state');
});
