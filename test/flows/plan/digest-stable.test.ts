import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BANDWIDTHS, OPTIONS, ZONE_TOPOLOGIES, type SiteInputs } from '../../../src/design/types.ts';
import { inputsOf, plan } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** The same JSON with the members of every object in an order that the seed decides. */
function reordered<T>(value: T, seed: number): T {
  if (Array.isArray(value)) return value.map((item) => reordered(item as unknown, seed)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([k, v]) => [k, reordered(v as unknown, seed)] as const);
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse()) as T;
}

function reorderMist(rig: Rig, seed: number): void {
  const { devices, templates, services, networks } = rig.mist.store;
  for (const device of devices.values()) device.body = reordered(device.body, seed);
  for (const map of [templates, services, networks]) {
    for (const [id, body] of map) map.set(id, reordered(body, seed));
  }
}

const wishes = fc.record({
  option: fc.constantFrom(...OPTIONS),
  bandwidth: fc.constantFrom(...BANDWIDTHS),
  zoneTopology: fc.constantFrom(...ZONE_TOPOLOGIES),
  mode: fc.constantFrom('m365' as const, 'internet' as const),
  deviceAsn: fc.integer({ min: 64_512, max: 65_514 }),
  networks: fc.constantFrom(['Lab'], ['Guest'], ['Lab', 'Guest']),
  seed: fc.nat(50),
});

test('equal inputs over an unchanged live state give an equal digest, in whatever order either lists its members; others give another', async () => {
  const rig = await startRig({ start: false });
  const base = new Map<string, SiteInputs>();
  for (const option of OPTIONS) base.set(option, await inputsOf(rig, { option }));
  const seen = new Map<string, string>();
  await fc.assert(
    fc.asyncProperty(wishes, async ({ option, seed, zoneTopology, ...wish }) => {
      const from = base.get(option)!;
      const zones = from.rangeB === undefined ? {} : { zoneTopology };
      const inputs: SiteInputs = { ...from, ...wish, ...zones };
      const before = await plan(rig, inputs);
      reorderMist(rig, seed);
      const after = await plan(rig, reordered(inputs, seed));
      expect(after.digest).toBe(before.digest);
      const key = JSON.stringify([option, wish, zones]);
      const operations = JSON.stringify(before.plan.operations);
      expect(seen.get(before.digest) ?? key + operations).toBe(key + operations);
      seen.set(before.digest, key + operations);
    }),
    { numRuns: 20 },
  );
  expect(seen.size).toBeGreaterThan(1);
});
