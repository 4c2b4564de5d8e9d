import { randomUUID } from 'node:crypto';
import type { DeviceLinkCreate } from '../contracts/graph/requests.ts';
import { defaultProfiles } from './profiles.ts';
import type {
  AlertRow,
  DeviceLink,
  ForwardingProfile,
  HealthRow,
  LinkRow,
  RemoteNetwork,
} from './resources.ts';

const HEALTH_KEPT = 100_000;
const ASSOCIATED = '#microsoft.graph.networkaccess.associatedBranch';

/** The configuration of a tenant without what the service makes up: what tests compare before and after. */
export interface TenantSnapshot {
  networks: RemoteNetwork[];
  links: (DeviceLink & { networkId: string })[];
  profiles: ForwardingProfile[];
}

/**
 * What one simulated tenant holds. The Graph handlers go through its methods; tests and the control API read the maps
 * and use {@link EntraStore.edit} and {@link EntraStore.seedForeignNetwork}. Nothing here validates.
 */
export class EntraStore {
  readonly tenant: { onboardingStatus: string; onboardingErrorMessage: string | null } = {
    onboardingStatus: 'onboarded',
    onboardingErrorMessage: null,
  };
  readonly networks = new Map<string, RemoteNetwork>();
  readonly links = new Map<string, LinkRow>();
  readonly profiles: ForwardingProfile[] = defaultProfiles();
  readonly health: HealthRow[] = [];
  readonly alerts: AlertRow[] = [];
  /** Counts changes of configuration; health records and alerts are none. */
  version = 0;
  #linksEver = 0;
  #instancesEver = 0;
  readonly #listeners = new Set<() => void>();

  /** Calls back after every change of configuration. Returns how to stop. */
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  changed(): void {
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }

  profile(type: ForwardingProfile['trafficForwardingType']): ForwardingProfile {
    const found = this.profiles.find((p) => p.trafficForwardingType === type);
    if (!found) throw new Error(`no ${type} profile`);
    return found;
  }

  linksOf(networkId: string): LinkRow[] {
    return [...this.links.values()].filter((link) => link.networkId === networkId);
  }

  profilesOf(networkId: string): ForwardingProfile[] {
    return this.profiles.filter((p) => p.associations.some((a) => a.branchId === networkId));
  }

  addNetwork(name: string, region: string): RemoteNetwork {
    const network: RemoteNetwork = {
      id: randomUUID(),
      name,
      region,
      version: '1.0.0',
      lastModifiedDateTime: now(),
    };
    this.networks.set(network.id, network);
    return network;
  }

  /** Adds a link; its endpoints are new ones, whatever a link of that name had before. */
  addLink(networkId: string, request: DeviceLinkCreate): LinkRow {
    const { '@odata.type': _type, ...properties } = structuredClone(request);
    this.#linksEver += 1;
    const row: LinkRow = {
      networkId,
      sequence: this.#linksEver,
      createdAt: Date.now(),
      endpoints: [this.#nextEndpoint(1), this.#nextEndpoint(2)],
      deadZones: new Set(),
      resource: { id: randomUUID(), ...properties, lastModifiedDateTime: now() },
    };
    this.links.set(row.resource.id, row);
    return row;
  }

  removeNetwork(id: string): void {
    for (const link of this.linksOf(id)) this.links.delete(link.resource.id);
    for (const p of this.profiles) p.associations = p.associations.filter((a) => a.branchId !== id);
    this.networks.delete(id);
  }

  /** Makes `networkId` use exactly these profiles. */
  associate(networkId: string, profileIds: ReadonlySet<string>): void {
    for (const p of this.profiles) {
      const others = p.associations.filter((a) => a.branchId !== networkId);
      p.associations = profileIds.has(p.id)
        ? [...others, { '@odata.type': ASSOCIATED, branchId: networkId }]
        : others;
    }
  }

  /**
   * Changes one field as a person in the portal would, past all validation: `edit('link', id, 'bgpConfiguration.asn', 65010)`.
   * `id` is an id or a name. Throws where there is no such object.
   */
  edit(kind: 'network' | 'link' | 'profile', id: string, path: string, value: unknown): void {
    const target = this.#find(kind, id);
    if (!target) throw new Error(`no ${kind} ${id}`);
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let holder: Record<string, unknown> = target as unknown as Record<string, unknown>;
    for (const key of keys) {
      const next = holder[key];
      if (typeof next !== 'object' || next === null) throw new Error(`no ${path} in ${kind} ${id}`);
      holder = next as Record<string, unknown>;
    }
    holder[last] = value;
    target.lastModifiedDateTime = now();
    this.changed();
  }

  #find(
    kind: 'network' | 'link' | 'profile',
    id: string,
  ): RemoteNetwork | DeviceLink | ForwardingProfile | undefined {
    if (kind === 'network')
      return this.networks.get(id) ?? [...this.networks.values()].find((n) => n.name === id);
    if (kind === 'profile')
      return this.profiles.find((p) => p.id === id || p.name === id || p.trafficForwardingType === id);
    return (this.links.get(id) ?? [...this.links.values()].find((l) => l.resource.name === id))?.resource;
  }

  /** Plants somebody else's network with links and keys; the keys are returned so that a test can look for leaks. */
  seedForeignNetwork(options: {
    name: string;
    region?: string;
    links?: number;
    profile?: 'm365' | 'internet';
  }): {
    network: RemoteNetwork;
    links: LinkRow[];
    psks: string[];
  } {
    const network = this.addNetwork(options.name, options.region ?? 'westEurope');
    const psks: string[] = [];
    const links: LinkRow[] = [];
    for (let n = 1; n <= (options.links ?? 1); n += 1) {
      const octet = (this.#linksEver % 200) + 1;
      const psk = `foreign-${randomUUID()}`;
      psks.push(psk);
      links.push(this.addLink(network.id, foreignLink(`${options.name}-link${n}`, octet, psk)));
    }
    if (options.profile) this.associate(network.id, new Set([this.profile(options.profile).id]));
    this.changed();
    return { network, links, psks };
  }

  recordHealth(row: Omit<HealthRow, 'id' | 'createdDateTime'>): void {
    // Graph prints seven decimals.
    const createdDateTime = new Date().toISOString().replace('Z', '0000Z');
    this.health.push({ id: randomUUID(), createdDateTime, ...row });
    if (this.health.length > HEALTH_KEPT) this.health.splice(0, HEALTH_KEPT / 10);
  }

  /** Microsoft's hourly alert about a network that lost its tunnel or its BGP session. */
  addAlert(remoteNetworkId: string, description: string): AlertRow {
    const at = now();
    const alert: AlertRow = {
      id: randomUUID(),
      displayName: 'Unhealthy remote network',
      description,
      alertType: 'unhealthyRemoteNetworks',
      severity: 'high',
      categories: ['impact'],
      creationDateTime: at,
      firstActivityDateTime: at,
      lastActivityDateTime: at,
      vendorName: 'Microsoft',
      productName: 'Global Secure Access',
      relatedResources: [
        { '@odata.type': '#microsoft.graph.networkaccess.relatedRemoteNetwork', remoteNetworkId },
      ],
    };
    this.alerts.push(alert);
    return alert;
  }

  snapshot(): TenantSnapshot {
    return structuredClone({
      networks: [...this.networks.values()],
      links: [...this.links.values()].map((row) => ({ ...row.resource, networkId: row.networkId })),
      profiles: this.profiles,
    });
  }

  #nextEndpoint(zone: 1 | 2): string {
    this.#instancesEver += 1;
    const n = this.#instancesEver;
    return `20.${240 + zone}.${(n >> 8) & 255}.${n & 255}`;
  }
}

export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

function foreignLink(name: string, octet: number, psk: string): DeviceLinkCreate {
  return {
    name,
    ipAddress: `192.0.2.${octet}`,
    deviceVendor: 'ciscoMeraki',
    bandwidthCapacityInMbps: 'mbps250',
    bgpConfiguration: { asn: 65123, localIpAddress: `172.31.${octet}.2`, peerIpAddress: `172.31.${octet}.1` },
    redundancyConfiguration: { redundancyTier: 'noRedundancy', zoneLocalIpAddress: null },
    tunnelConfiguration: {
      '@odata.type': '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
      preSharedKey: psk,
    },
  };
}
