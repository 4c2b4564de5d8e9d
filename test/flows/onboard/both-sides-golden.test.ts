import { describe, expect, test } from 'vitest';
import { askAndApprove, viewOf, type Wish } from '../support/asking.ts';
import { deviceOf } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

const ONE = { range_a: '10.99.99.0/29' };
const TWO = { ...ONE, range_b: '10.99.100.0/29' };
const perZone = { ...TWO, zone_topology: 'tunnel-per-zone' };
const internet = { ...ONE, mode: 'internet' };

/** Each option on one router and on a pair, both zone topologies, both modes with and without a local breakout. */
const VARIATIONS: readonly (readonly [name: string, wish: Wish])[] = [
  ['single-wan', { option: 'single-wan', values: ONE }],
  ['single-wan-zone-redundant', { option: 'single-wan-zone-redundant', values: TWO }],
  ['dual-wan', { option: 'dual-wan', values: ONE }],
  ['dual-wan-zone-redundant', { option: 'dual-wan-zone-redundant', values: TWO }],
  ['tunnel-per-zone', { option: 'single-wan-zone-redundant', values: perZone }],
  ['internet-with-breakout', { option: 'single-wan', values: { ...internet, networks: ['Lab'] } }],
  ['internet-without-breakout', { site: 'Paris', option: 'single-wan', values: internet }],
  ['pair-single-wan', { site: 'Geneva', option: 'single-wan', values: ONE }],
  ['pair-dual-wan', { site: 'Geneva', option: 'dual-wan', values: ONE }],
  ['pair-dual-wan-zone-redundant', { site: 'Geneva', option: 'dual-wan-zone-redundant', values: TWO }],
  ['pair-tunnel-per-zone', { site: 'Geneva', option: 'dual-wan-zone-redundant', values: perZone }],
];

describe('both vendors hold exactly what is written down', () => {
  test.each(VARIATIONS)('%s', async (name, wish) => {
    const rig = await startRig();
    const id = await askAndApprove(rig, wish);
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).state).toBe('Onboarded');
    const text = `${JSON.stringify(stored(rig, wish.site ?? 'Lyon'), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../golden/both-sides/${name}.json`);
  });
});

/** Our part of both stores. Keys have a name each, the same on both sides; IDs and times are left out. */
function stored(rig: Rig, site: string): unknown {
  const names = new Map<string, string>();
  const named = (key: string): string => {
    const known = names.get(key) ?? `key ${names.size + 1}`;
    names.set(key, known);
    return known;
  };
  const { store } = rig.entra;
  const network = [...store.networks.values()].find((one) => one.name === site);
  const { body } = deviceOf(rig, site);
  const ofOurs = (root: string): unknown =>
    Object.fromEntries(
      Object.entries((body[root] ?? {}) as object).filter(([name]) => name.startsWith('mssse-')),
    );
  const both = {
    entra: {
      network: { name: network?.name, region: network?.region },
      profiles: store.profilesOf(network?.id ?? '').map((profile) => profile.trafficForwardingType),
      links: store.linksOf(network?.id ?? '').map(({ resource }) => resource),
    },
    mist: {
      device: body.name,
      tunnel_configs: ofOurs('tunnel_configs'),
      bgp_config: ofOurs('bgp_config'),
      routing_policies: ofOurs('routing_policies'),
      service_policies: ((body['service_policies'] ?? []) as { name?: string }[]).map((policy) =>
        policy.name === 'microsoft-sse' ? policy : (policy.name ?? 'a policy of the organisation'),
      ),
      applications: [...rig.mist.store.services.values()].filter((service) =>
        String(service['name']).startsWith('Microsoft-SSE'),
      ),
    },
  };
  return JSON.parse(
    JSON.stringify(both, (key, value: unknown) => {
      if (/^(psk|preSharedKey|zoneRedundancyPreSharedKey)$/.test(key)) return named(String(value));
      if (/^(id|org_id|created_time|modified_time|lastModifiedDateTime|servicepolicy_id)$/.test(key))
        return undefined;
      return value;
    }),
  );
}
