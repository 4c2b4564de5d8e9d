import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import { randomFrom } from '../../sandbox/mist/chunks.ts';
import { createAnsiStripper } from '../../src/integrations/mist/ansi.ts';
import { createRoutesParser } from '../../src/integrations/mist/routes-parser.ts';
import type { Bench } from '../report/row.ts';
import { median } from '../statistics.ts';
import { cut, listing, NEIGHBOR } from './listing.ts';
import { createSplitter } from './splitter.ts';

const LINES = 500_000;
const ROUNDS = 11;
const MEMORY = new URL('memory.ts', import.meta.url).pathname;
const Memory = z.object({ prefixes: z.number(), readingBytes: z.number(), grownBytes: z.number() });

/** One way to read the pieces; returns how many lines or prefixes there were, so that nothing can be left out. */
type Reader = (chunks: readonly string[]) => number;

const READERS = {
  splitter(chunks) {
    let lines = 0;
    const splitter = createSplitter(() => {
      lines += 1;
    });
    for (const chunk of chunks) splitter.push(chunk);
    splitter.end();
    return lines;
  },
  parser(chunks) {
    const parser = createRoutesParser(NEIGHBOR);
    for (const chunk of chunks) parser.push(chunk);
    return parser.end().prefixes.length;
  },
  /** As the command stream does it: escape sequences are taken out first. */
  stream(chunks) {
    const parser = createRoutesParser(NEIGHBOR);
    const strip = createAnsiStripper();
    for (const chunk of chunks) parser.push(strip(chunk));
    return parser.end().prefixes.length;
  },
} satisfies Record<string, Reader>;

/** The reader of learned routes beside a bare splitter, in turn over the same pieces. */
export const routesBench: Bench = {
  id: 'routes',
  title: `Reading learned routes, ${LINES} lines in uneven pieces, in turn with a bare splitter`,
  async run() {
    const chunks = [...cut(listing(LINES), randomFrom(1))];
    const names = ['splitter', 'parser', 'stream'] as const;
    const times: Record<(typeof names)[number], number[]> = { splitter: [], parser: [], stream: [] };
    let prefixes = 0;
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const name of names) {
        const started = performance.now();
        const found = READERS[name](chunks);
        const ms = performance.now() - started;
        if (name === 'splitter' && found !== LINES) throw new Error(`${found} lines instead of ${LINES}`);
        if (name !== 'splitter') prefixes = found;
        // The first round compiles.
        if (round > 0) times[name].push(ms);
      }
    }
    const ratioOf = (name: 'parser' | 'stream'): number =>
      median(times[name].map((ms, index) => (times.splitter[index] ?? Number.NaN) / ms));
    const { grownBytes, readingBytes } = growth(prefixes);
    const rate = (name: (typeof names)[number]): string =>
      `${(LINES / median(times[name]) / 1000).toFixed(1)} million lines/s`;
    return {
      rows: [
        {
          id: 'routes.speed',
          what: 'learned routes: lines per second ÷ a bare splitter over the same pieces',
          measured: ratioOf('parser'),
          target: { atLeast: 0.3 },
        },
        {
          id: 'routes.memory',
          what: 'learned routes: growth of memory',
          measured: megabytes(grownBytes),
          unit: 'MB',
          target: { atMost: 50 },
        },
      ],
      details: [
        `${chunks.length} pieces of 1 to 16,384 characters, ${prefixes} prefixes; splitter ${rate('splitter')}, parser ${rate('parser')}, with escape sequences taken out before ${rate('stream')} (${ratioOf('stream').toFixed(2)})`,
        `memory: ${megabytes(readingBytes).toFixed(1)} MB while reading, the rest for the finished list of texts`,
      ],
    };
  },
};

function growth(expected: number): z.infer<typeof Memory> {
  const answer = execFileSync(process.execPath, ['--expose-gc', MEMORY, String(LINES)], { encoding: 'utf8' });
  const grown = Memory.parse(JSON.parse(answer));
  if (grown.prefixes !== expected) throw new Error(`${grown.prefixes} prefixes instead of ${expected}`);
  return grown;
}

function megabytes(bytes: number): number {
  return bytes / 2 ** 20;
}
