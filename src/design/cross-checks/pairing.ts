import type { Zone } from '../types.ts';
import type { EntraLinkView, EntraView, InstanceView, MistConnectorView, MistView, Unread } from './views.ts';

/** A connector and the gateway instance of Entra that it is meant for. */
export interface Pair {
  readonly link: EntraLinkView;
  readonly zone: Zone;
  /** Undefined where Microsoft's end could not be read or is not allocated. */
  readonly instance: InstanceView | undefined;
  readonly connector: MistConnectorView;
}

/** Which connector belongs to which link. */
export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly linksWithoutConnector: readonly EntraLinkView[];
}

/** What a match in one value is worth; what Microsoft hands out tells most, what both links of a site share least. */
const WORTH = {
  endpoint: 3,
  remoteId: 2,
  psk: 2,
  localId: 2,
  deviceBgp: 2,
  neighbor: 2,
  wan: 1,
  name: 1,
} as const;
/** Below it a connector is somebody else's: one shared address proves nothing. */
const LEAST = 3;

interface Candidate extends Pair {
  readonly score: number;
}

/**
 * Finds the connector of each gateway instance by what they have in common, so that one or two wrong values do not part them.
 * A connector that has too little in common with every link belongs to something else and is left out.
 */
export function pairUp(entra: EntraView, mist: MistView): Pairing {
  const candidates: Candidate[] = [];
  for (const link of entra.links) {
    for (const zone of zonesOf(link)) {
      const instance = instanceOf(link, zone);
      for (const connector of mist.connectors) {
        const score = scoreOf(link, zone, instance, connector, mist);
        if (score >= LEAST) candidates.push({ link, zone, instance, connector, score });
      }
    }
  }
  const pairs: Pair[] = [];
  for (const { link, zone, instance, connector } of candidates.toSorted((a, b) => b.score - a.score)) {
    const isTaken = pairs.some((p) => p.connector === connector || (p.link === link && p.zone === zone));
    if (!isTaken) pairs.push({ link, zone, instance, connector });
  }
  return {
    pairs,
    linksWithoutConnector: entra.links.filter((link) => !pairs.some((pair) => pair.link === link)),
  };
}

/** The zones in which Microsoft serves a link. */
export function zonesOf(link: EntraLinkView): readonly Zone[] {
  return link.zoneRedundant ? [1, 2] : [1];
}

/** Microsoft's BGP address of a link in one zone. */
export function microsoftAddress(link: EntraLinkView, zone: Zone): string | undefined {
  return zone === 1 ? link.microsoftBgp : link.microsoftBgpZone2;
}

/** Microsoft's instance of a link in one zone, matched by BGP address. */
export function instanceOf(link: EntraLinkView, zone: Zone): InstanceView | undefined {
  if (!link.instances.read) return undefined;
  const address = microsoftAddress(link, zone);
  return link.instances.value.find((instance) => instance.bgpAddress === address);
}

/** Why there is no instance of a link to compare with. */
export function noInstance({ instances }: EntraLinkView): Omit<Unread, 'read'> {
  if (!instances.read) return instances;
  return { why: 'not allocated yet', mend: 'It usually takes 90 s after a link was created.' };
}

function scoreOf(
  link: EntraLinkView,
  zone: Zone,
  instance: InstanceView | undefined,
  connector: MistConnectorView,
  mist: MistView,
): number {
  const key = zone === 1 ? link.psk : link.zonePsk;
  const address = microsoftAddress(link, zone);
  const port = mist.wans.find(({ name }) => name === connector.wan);
  const matches: Readonly<Record<keyof typeof WORTH, boolean>> = {
    endpoint: instance !== undefined && connector.endpoint === instance.endpoint,
    remoteId: instance !== undefined && connector.remoteId === instance.endpoint,
    psk: key !== undefined && connector.psk?.equals(key) === true,
    localId: connector.localId === link.publicIp,
    deviceBgp: connector.deviceBgp !== undefined && connector.deviceBgp === link.deviceBgp,
    neighbor: connector.group?.neighbors.some((n) => n.address === address) === true,
    wan: port !== undefined && [port.ip, port.extIp].includes(link.publicIp),
    name: connector.wan !== undefined && link.name.endsWith(`-${connector.wan}`),
  };
  return (Object.keys(WORTH) as (keyof typeof WORTH)[]).reduce(
    (sum, key_) => sum + (matches[key_] ? WORTH[key_] : 0),
    0,
  );
}
