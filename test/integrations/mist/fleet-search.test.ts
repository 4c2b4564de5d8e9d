import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { startFakeMist, type FakeMist } from './fake-mist.ts';

let fake: FakeMist | undefined;

afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

/** The rows in pages of three, whichever search is asked. */
async function paged(rows: readonly unknown[]) {
  fake = await startFakeMist(({ path, query }) => {
    const at = Number(query.get('after') ?? 0);
    const more = at + 3 < rows.length;
    return {
      status: 200,
      body: { results: rows.slice(at, at + 3), ...(more && { next: `${path}?after=${at + 3}` }) },
    };
  });
  return fake.mist;
}

const odd = fc.constantFrom<unknown>(null, 7, '', {}, true);
const orOdd = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: value }, odd);
const row = fc.record(
  {
    mac: orOdd(fc.constantFrom('02a', '02b')),
    site_id: orOdd(fc.constantFrom('s1', 's2')),
    node: orOdd(fc.constantFrom('node0', 'node1')),
    tunnel_name: orOdd(fc.constantFrom('mssse-wan0', 'mssse-wan1')),
    neighbor: orOdd(fc.constantFrom('10.99.99.2', '10.99.99.6')),
    vrf_name: orOdd(fc.constantFrom('default', 'other')),
    state: orOdd(fc.constantFrom('Established', 'active')),
    up: orOdd(fc.boolean()),
    rx_routes: orOdd(fc.nat(900)),
    timestamp: orOdd(fc.nat(5)),
  },
  { requiredKeys: [] },
);
const rows = fc.array(fc.oneof({ weight: 9, arbitrary: row }, odd), { maxLength: 8 });

test('the states of all sites are those of the full rows, whatever Mist sends', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const mist = await paged(given);
      const [tunnels, peers, tunnelStates, peerStates] = await Promise.all([
        mist.tunnels({}),
        mist.bgpPeers({}),
        mist.tunnelStates(),
        mist.peerStates(),
      ]);
      await fake?.close();
      fake = undefined;
      // One device stands at one site here: its rows of two sites would be told apart by the states alone.
      const whole = peers.filter((p) => peers.every((q) => q.mac !== p.mac || q.siteId === p.siteId));
      expect([...tunnelStates.values()].flat().map(members).toSorted()).toEqual(
        tunnels.map(({ mac, siteId, name, node, up }) => members({ mac, siteId, name, node, up })).toSorted(),
      );
      const states = [...peerStates.values()].flat().map(({ mac, siteId, neighbor, node, ...rest }) => {
        const { state, up, rxRoutes, atMs } = rest;
        return members({ mac, siteId, neighbor, node, state, up, rxRoutes, atMs });
      });
      for (const { mac, siteId, neighbor, node, state, up, rxRoutes, atMs } of whole)
        expect(states).toContain(members({ mac, siteId, neighbor, node, state, up, rxRoutes, atMs }));
      for (const [siteId, of] of [...tunnelStates, ...peerStates])
        expect(of.every((one) => one.siteId === siteId)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('of each session of a site the newest row is kept, across pages', async () => {
  const peer = { mac: '02a', site_id: 's1', node: 'node0', neighbor: '10.99.99.2' };
  const mist = await paged([
    { ...peer, state: 'established', timestamp: 20 },
    { ...peer, node: 'node1', state: 'idle', timestamp: 5 },
    { ...peer, vrf_name: 'other', state: 'idle', timestamp: 30 },
    { ...peer, state: 'active', timestamp: 10 },
    { ...peer, node: 'node1', state: 'connect', timestamp: 6 },
  ]);
  const states = (await mist.peerStates()).get('s1') ?? [];
  expect(states.map(({ state }) => state)).toEqual(['established', 'connect', 'idle']);
});

/** Compared as text, so that an order and an absent member say nothing. */
function members(given: object): string {
  return JSON.stringify(Object.entries(given).filter(([, value]) => value !== undefined));
}
