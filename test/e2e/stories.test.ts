import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playStory } from '../../sandbox/stories/play.ts';
import { readStory } from '../../sandbox/stories/story.ts';
import { startWorld } from '../../sandbox/world.ts';

const FOLDER = new URL('../../stories/', import.meta.url).pathname;
const STORIES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((file) => ({ file, ...readStory(join(FOLDER, file)) }));

// Worlds share nothing but the processor, so several are played side by side.
describe.concurrent.each(['socket', 'http'] as const)(
  'every story is true of the whole process over %s',
  (transport) => {
    for (const story of STORIES) {
      test(`${story.title} (${story.file})`, async () => {
        const world = await startWorld({ env: story.env, transport });
        try {
          await world.startBot();
          await playStory(world, story);
          expect(world.slack.violations).toEqual([]);
          expect(world.slack.envelopes.length).toBeGreaterThan(0);
          expect(world.slack.socketMode.connections > 0).toBe(transport === 'socket');
        } finally {
          await world.close();
        }
      });
    }
  },
);
