import type { EntraSim } from '../entra/entra-sim.ts';
import type { MistSim } from '../mist/mist-sim.ts';

/** The tenant by names, for stories and people: networks with their links and profiles. Keys stay out. */
export function entraSummary(entra: EntraSim): unknown {
  const { store } = entra;
  return {
    networks: [...store.networks.values()].map((network) => ({
      name: network.name,
      region: network.region,
      profiles: store.profilesOf(network.id).map((p) => p.trafficForwardingType),
      links: store.linksOf(network.id).map(({ resource }) => {
        const { tunnelConfiguration, ...rest } = resource;
        const {
          preSharedKey: _key,
          zoneRedundancyPreSharedKey: _zone,
          ...policy
        } = tunnelConfiguration as unknown as Record<string, unknown>;
        return { ...rest, tunnelConfiguration: policy };
      }),
    })),
  };
}

const SHOWN = ['tunnel_configs', 'bgp_config', 'routing_policies', 'service_policies'];

/** The organisation by names: each site's device with its own root keys, and the applications. Keys stay out. */
export function mistSummary(mist: MistSim): unknown {
  const { store } = mist;
  const sites: Record<string, unknown> = {};
  for (const device of store.devices.values()) {
    const name = store.sites.get(device.siteId)?.body.name ?? device.siteId;
    sites[name] = {
      device: device.body.name,
      online: device.online,
      configStatus: device.configStatus,
      ...Object.fromEntries(SHOWN.map((key) => [key, withoutKeys(device.body[key])])),
    };
  }
  return { sites, applications: [...store.services.values()].map((s) => s['name']) };
}

function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'psk')
      .map(([key, item]) => [key, withoutKeys(item)]),
  );
}
