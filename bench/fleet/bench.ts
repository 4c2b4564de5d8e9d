import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Bench } from '../report/row.ts';
import { median } from '../statistics.ts';
import { startFleetServer } from './fleet-server.ts';

const SITES = 5000;
const FEW = 500;
const run = promisify(execFile);
const PREPARE = new URL('prepare.ts', import.meta.url).pathname;
/** Beside the first one, which warms up what a bot that runs for months has warm. */
const ROUNDS = 10;
const DOCKERFILE = new URL('../../deploy/Dockerfile', import.meta.url);
const READER = new URL('reader.ts', import.meta.url).pathname;
const Measured = z.object({
  cpuSeconds: z.array(z.number()),
  peakBytes: z.number(),
  counts: z.object({ down: z.number(), degraded: z.number(), unknown: z.number(), up: z.number() }),
});

/** `/sse status` of a large organisation: a process of its own reads it from a server with ready-made pages. */
export const fleetBench: Bench = {
  id: 'fleet',
  title: `The fleet: ${SITES} sites, ${SITES * 4} neighbors, ${SITES * 2} tunnels`,
  async run() {
    const many = await measure(SITES, deployedOptions());
    const few = await measure(FEW, deployedOptions());
    const bare = await measure(SITES, '');
    const rows = SITES * 7;
    return {
      rows: [
        {
          id: 'fleet.calls',
          what: `fleet of ${SITES} sites: calls`,
          measured: many.calls,
          target: { atMost: rows / 1000 + 5 },
        },
        {
          id: 'fleet.cpu',
          what: `fleet of ${SITES} sites: CPU`,
          measured: many.cpu,
          unit: 's',
          target: { atMost: 2 },
        },
        {
          id: 'fleet.memory',
          what: `fleet of ${SITES} sites: peak memory, heap as deployed`,
          measured: many.peakBytes / 2 ** 20,
          unit: 'MB',
          target: { atMost: 300 },
        },
        {
          id: 'fleet.growth',
          what: `fleet: CPU of ${SITES} sites ÷ CPU of ${FEW}`,
          measured: many.cpu / few.cpu,
          target: { atMost: 11 },
        },
      ],
      details: [
        `with Node's default heap: ${(bare.peakBytes / 2 ** 20).toFixed(0)} MB, ${bare.cpu.toFixed(2)} s; as deployed: NODE_OPTIONS=${deployedOptions()}`,
        `${SITES} sites: ${many.calls} calls, ${JSON.stringify(many.counts)}; ${FEW} sites: ${few.calls} calls, ${few.cpu.toFixed(3)} s`,
      ],
    };
  },
};

/** What the image and the unit run the bot with. */
function deployedOptions(): string {
  const options = /NODE_OPTIONS=(\S+)/.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1];
  if (options === undefined) throw new Error('deploy/Dockerfile sets no NODE_OPTIONS');
  return options;
}

async function measure(sites: number, nodeOptions: string) {
  const dir = mkdtempSync(join(tmpdir(), 'fleet-'));
  const server = await startFleetServer(sites);
  try {
    const url = `sqlite:${join(dir, 'bench.db')}`;
    await run(process.execPath, [PREPARE, url, String(sites)]);
    const { stdout } = await run(process.execPath, [READER, url, server.origin, String(ROUNDS)], {
      env: { ...process.env, NODE_OPTIONS: nodeOptions },
    });
    const found = Measured.parse(JSON.parse(stdout));
    const expected = {
      down: Math.floor(sites / 10),
      degraded: 0,
      unknown: 0,
      up: sites - Math.floor(sites / 10),
    };
    if (JSON.stringify(found.counts) !== JSON.stringify(expected)) {
      throw new Error(`${JSON.stringify(found.counts)} instead of ${JSON.stringify(expected)}`);
    }
    return { ...found, cpu: median(found.cpuSeconds), calls: server.calls.length / (ROUNDS + 1) };
  } finally {
    await server.close();
    rmSync(dir, { recursive: true });
  }
}
