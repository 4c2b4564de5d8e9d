/**
 * Run as a process of its own: reads the fleet of the database at its first argument from the address in its second one, once and as often
 * again as its third one says, and prints what that took as JSON.
 */
import { openStore } from '../../db/open.ts';
import { Secret } from '../../src/base/secret.ts';
import type { FlowParts } from '../../src/flows/parts.ts';
import { createFleetReader } from '../../src/flows/status/fleet.ts';
import { createMist } from '../../src/integrations/mist/client.ts';
import { siteId } from './fleet-rows.ts';

const [url = '', origin = '', rounds = ''] = process.argv.slice(2);
const store = await openStore({ url, key: new Secret(Buffer.alloc(32, 1).toString('base64')) });
const mist = createMist({ baseUrl: origin, token: new Secret('token'), orgId: siteId(0) });
const parts: Pick<FlowParts, 'store' | 'mist' | 'clock'> = { store, mist, clock: { now: () => Date.now() } };
const reader = createFleetReader(parts);
const cpu: number[] = [];
let counts: unknown;
// The first round warms up what a bot that runs for months has warm.
for (let round = 0; round <= Number(rounds); round += 1) {
  const before = process.cpuUsage();
  const fleet = await reader.read();
  const used = process.cpuUsage(before);
  if (round > 0) cpu.push((used.user + used.system) / 1e6);
  counts = fleet.counts;
}
process.stdout.write(
  JSON.stringify({ cpuSeconds: cpu, peakBytes: process.resourceUsage().maxRSS * 1024, counts }),
);
await mist.close();
await store.close();
