import { startWorld, type World, type WorldOptions } from '../../../sandbox/world.ts';

/** Starts a world with its bots for this work and ends both after it, whatever comes of it. */
export async function inWorld(options: WorldOptions, work: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld(options);
  // A second network of one name must show, not be refused.
  world.entra.settings.uniqueNames = false;
  try {
    await world.startBot();
    await work(world);
  } finally {
    await world.close();
  }
}
