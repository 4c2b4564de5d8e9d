/**
 * Run as a process of its own with `--expose-gc`: reads a listing of as many lines as its argument says, made piece by piece, and
 * prints by how many bytes the process grew at most, the finished list of prefixes included.
 */
import { randomFrom } from '../../sandbox/mist/chunks.ts';
import { createRoutesParser } from '../../src/integrations/mist/routes-parser.ts';
import { cut, listing, NEIGHBOR } from './listing.ts';

const LINES = Number(process.argv[2]);
const LOOK_EVERY = 200;
const MOST_PASSES = 12;
const SETTLED_BYTES = 2 ** 20;

/** Resident memory at most while `take` is given every piece. */
function peakOf(take: (chunk: string) => void): number {
  let peak = 0;
  let seen = 0;
  for (const chunk of cut(listing(LINES), randomFrom(1))) {
    take(chunk);
    seen += 1;
    if (seen % LOOK_EVERY === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  return Math.max(peak, process.memoryUsage.rss());
}

/** Making the pieces takes memory too: passes without a reader, until two in a row needed no more than those before. */
function settledPeak(): number {
  let peak = 0;
  for (let pass = 0, still = 0; still < 2 && pass < MOST_PASSES; pass += 1) {
    const needed = peakOf(() => undefined);
    still = needed > peak + SETTLED_BYTES ? 0 : still + 1;
    peak = Math.max(peak, needed);
  }
  return peak;
}

const before = settledPeak();
globalThis.gc?.();
const parser = createRoutesParser(NEIGHBOR);
const during = peakOf((chunk) => parser.push(chunk));
const { prefixes } = parser.end();
const after = process.memoryUsage.rss();
process.stdout.write(
  JSON.stringify({
    prefixes: prefixes.length,
    readingBytes: Math.max(0, during - before),
    grownBytes: Math.max(0, Math.max(during, after) - before),
  }),
);
