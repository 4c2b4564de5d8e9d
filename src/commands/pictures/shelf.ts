import { createHash } from 'node:crypto';
import type { Log } from '../../base/log.ts';
import type { Topology } from '../../flows/topology.ts';
import { drawPicture } from './draw.ts';
import { topologyDot } from './topology-dot.ts';
import { topologyAltText } from './topology-words.ts';

/** A picture that Slack has: its file's ID, to be named in an image block. */
export interface Picture {
  readonly file: string;
  readonly altText: string;
}

export interface PictureFile {
  readonly name: string;
  readonly title: string;
  readonly altText: string;
  readonly content: Uint8Array;
}

/**
 * Pictures by their content. A card asks for one, is drawn without it where it is not there yet, and is told later. Whatever goes wrong with a
 * picture stays here: the card keeps the same facts as text.
 */
export interface PictureShelf {
  /** The picture, if it can be shown now; else it is made in the background, and the card is told once when it is there. */
  find(topology: Topology, card: WaitingCard): Picture | undefined;
  /** Slack did not take the block with this file: not shown before a pause is over, and not at all after some tries. */
  refused(file: string): void;
}

/** A card that wants to be drawn again with its picture; the same `id` waits once, however often it asks. */
export interface WaitingCard {
  readonly id: string;
  ready(): void;
}

export interface ShelfOptions {
  /** Uploads a file that only the bot sees as yet; its ID. */
  readonly upload: (file: PictureFile) => Promise<string>;
  readonly log: Log;
  readonly draw?: (dot: string) => Promise<Uint8Array>;
  /** Before the second, third, … try to show a file. Slack goes on working on an upload for a moment after it is complete. */
  readonly pausesMs?: readonly number[];
  readonly capacity?: number;
}

interface Entry {
  picture?: Picture;
  /** Pauses that are over: for making it, then for showing it. */
  tries: number;
  usable: boolean;
  readonly waiting: Map<string, WaitingCard>;
}

export function createPictureShelf(options: ShelfOptions): PictureShelf {
  const { upload, log, draw = drawPicture, pausesMs = [1000, 3000, 10_000], capacity = 200 } = options;
  const entries = new Map<string, Entry>();

  async function make(topology: Topology, dot: string, key: string, entry: Entry): Promise<void> {
    try {
      const altText = topologyAltText(topology);
      const content = await draw(dot);
      const name = `topology-${topology.site.replaceAll(/[^\p{L}\p{N}-]+/gu, '-')}.png`;
      const file = await upload({ name, title: `Topology of ${topology.site}`, altText, content });
      entry.picture = { file, altText };
      entry.tries = 0;
      release(entry);
    } catch (err) {
      log.warn({ err, site: topology.site }, 'no picture for a card');
      const isLater = later(entry, () => void make(topology, dot, key, entry));
      if (!isLater) entries.delete(key);
    }
  }

  /** False where there have been enough tries. */
  function later(entry: Entry, work: () => void): boolean {
    const pause = pausesMs[entry.tries];
    entry.tries += 1;
    if (pause !== undefined) setTimeout(work, pause).unref();
    return pause !== undefined;
  }

  function release(entry: Entry): void {
    entry.usable = true;
    const waiting = [...entry.waiting.values()];
    entry.waiting.clear();
    for (const card of waiting) card.ready();
  }

  function remember(key: string, entry: Entry): void {
    entries.set(key, entry);
    const oldest = entries.keys().next();
    if (entries.size > capacity && !oldest.done) entries.delete(oldest.value);
  }

  return {
    find(topology, card) {
      const dot = topologyDot(topology);
      const key = createHash('sha256').update(dot).digest('base64url');
      const known = entries.get(key);
      if (known?.usable) return known.picture;
      const entry = known ?? { usable: false, tries: 0, waiting: new Map<string, WaitingCard>() };
      entry.waiting.set(card.id, card);
      if (known === undefined) {
        remember(key, entry);
        void make(topology, dot, key, entry);
      }
      return undefined;
    },
    refused(file) {
      const entry = [...entries.values()].find(({ picture }) => picture?.file === file);
      if (!entry?.usable) return;
      entry.usable = false;
      const isLater = later(entry, () => release(entry));
      if (!isLater) log.warn({ file }, 'Slack does not show a picture');
    },
  };
}
