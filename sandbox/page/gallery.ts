import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SlackWorld } from '../slack/world.ts';
import { drawBlocks, namesOf } from './drawing.ts';
import type { Drawn } from './page-types.ts';

const RECORDED = new URL('../gallery/cards.jsonl', import.meta.url).pathname;

const Recorded = z.object({
  title: z.string(),
  text: z.string(),
  blocks: z.array(z.record(z.string(), z.unknown())),
});

/** One card as the bot really sent it, with the state that it shows. */
export interface GalleryCard {
  readonly title: string;
  readonly text: string;
  readonly blocks: readonly Drawn[];
}

/**
 * Every card in each of its states, from recorded messages: `node_modules/.bin/node scripts/record-gallery.ts` plays the bot and records
 * them anew. Pictures are left out, since their files are not recorded.
 */
export function galleryCards(world: SlackWorld): readonly GalleryCard[] {
  return readFileSync(RECORDED, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Recorded.parse(JSON.parse(line)))
    .map(({ title, text, blocks }) => ({
      title,
      text,
      blocks: drawBlocks(
        blocks.length > 0 ? blocks.filter((block) => block['type'] !== 'image') : [textAlone(text)],
        namesOf(world),
      ),
    }));
}

/** Slack draws the text of a message that has no blocks. */
function textAlone(text: string): Record<string, unknown> {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
