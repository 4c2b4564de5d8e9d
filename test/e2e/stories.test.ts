import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playStory } from '../../sandbox/stories/play.ts';
import { readStory } from '../../sandbox/stories/story.ts';
import { startWorld } from '../../sandbox/world.ts';

const FOLDER = new URL('../../stories/', import.meta.url).pathname;

describe('every story is true of the whole process', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))) {
    const story = readStory(join(FOLDER, file));
    test(`${story.title} (${file})`, async () => {
      const world = await startWorld({ env: story.env });
      try {
        await world.startBot();
        await playStory(world, story);
        expect(world.slack.violations).toEqual([]);
      } finally {
        await world.close();
      }
    });
  }
});
