import type { World } from '../../sandbox/world.ts';
import { CHANNEL, PEOPLE } from '../../sandbox/world.ts';

/** Whose turn a command was. */
export type Side = 'bot' | 'bare';

/** What the bot answers by itself, for the asker alone: no vendor is asked. */
const COMMAND = '/sse help';
const SETTLE_MS = 2;
const PATIENCE_MS = 10_000;

/**
 * Types the same command again and again in a workspace to which both processes are connected. Slack gives each command to one
 * connection, in turn; the bot betrays itself by its answer. Nothing is typed before the one before is dealt with, so that
 * neither side is measured while the other is still at work.
 */
export interface Turns {
  /** Waits until the bot's own work on the last command is over, types once, and says how long the acknowledgement took. */
  next(): Promise<{ readonly side: Side; readonly ms: number }>;
}

/** Finds out whose turn is next. Throws where not exactly two connections stand. */
export async function takeTurns(world: World): Promise<Turns> {
  const { slack } = world;
  const person = slack.person(PEOPLE.anna);
  let turn: Side = 'bot';

  async function type(): Promise<number> {
    if (slack.socketMode.connections !== 2) throw new Error('a connection was lost');
    const started = performance.now();
    const { outcome } = await person.command(CHANNEL, COMMAND);
    const ms = performance.now() - started;
    if (outcome !== 'acked') throw new Error(`not acknowledged: ${outcome}`);
    return ms;
  }

  /** Nothing tells that nobody will answer, so the first two commands show it by time. */
  async function answers(): Promise<boolean> {
    const before = slack.world.ephemerals.length;
    await type();
    await pause(500);
    return slack.world.ephemerals.length > before;
  }

  const first = await answers();
  const second = await answers();
  if (first === second) throw new Error('the two connections do not take turns');
  // Two have been typed: the one who answered the first is next again.
  turn = first ? 'bot' : 'bare';

  return {
    async next() {
      const side = turn;
      const before = slack.world.ephemerals.length;
      const ms = await type();
      if (side === 'bot') await untilAnswered(world, before);
      else if (slack.world.ephemerals.length > before) throw new Error('the turns were mixed up');
      await pause(SETTLE_MS);
      turn = side === 'bot' ? 'bare' : 'bot';
      return { side, ms };
    },
  };
}

async function untilAnswered(world: World, before: number): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (world.slack.world.ephemerals.length <= before) {
    if (performance.now() > end) throw new Error('the bot did not answer: the turns were mixed up');
    await pause(1);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
