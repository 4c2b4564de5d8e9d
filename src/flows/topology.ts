import type { SiteDesign, Zone } from '../design/types.ts';
import type { Outputs } from './onboard/outputs.ts';
import type { z } from 'zod';

/** One of Microsoft's gateway instances as a link sees it, with the BGP session that ends there. */
export interface TopologyGateway {
  readonly zone: Zone;
  /** Microsoft's BGP address. */
  readonly bgp: string;
  /** Name of the tunnel that carries the session. */
  readonly tunnel: string;
  /** Public address and AS number: read from Microsoft during the run, so unknown in a plan. */
  readonly endpoint?: string;
  readonly asn?: number;
  /** undefined = not reported, which is not "down". */
  readonly established?: boolean;
}

export interface TopologyTunnel {
  readonly name: string;
  /** The zone whose endpoint it dials. */
  readonly zone: Zone;
  /** undefined = not reported, which is not "down". */
  readonly up?: boolean;
}

export interface TopologyLink {
  readonly wan: string;
  /** Which router of an HA pair has the port; absent with a single router. */
  readonly node?: string;
  readonly publicIp: string;
  /** The router's BGP address on this link. */
  readonly bgp: string;
  readonly tunnels: readonly TopologyTunnel[];
  readonly gateways: readonly TopologyGateway[];
}

/** A site, its WAN links and Microsoft's side of them, as a picture or as lines of text. Plain data, nothing secret. */
export interface Topology {
  readonly site: string;
  readonly router: string;
  readonly routerAsn: number;
  /** Graph's enum of Microsoft's region. */
  readonly region: string;
  /** `planned` has no states at all; `live` has what was reported, where it was. */
  readonly stage: 'planned' | 'live';
  readonly links: readonly TopologyLink[];
}

/** What was read of a site. A name or address that is missing was not reported. */
export interface TopologySeen {
  readonly endpoints?: z.infer<typeof Outputs.endpoints>['links'];
  readonly tunnelUp: (name: string) => boolean | undefined;
  readonly neighborUp: (address: string) => boolean | undefined;
}

/** The topology of a design; with what was seen of it, if it is live. Pure. */
export function topologyOf(design: SiteDesign, seen?: TopologySeen): Topology {
  const isPair = design.links.some((link) => link.node !== 'node0');
  return {
    site: design.site.name,
    router: design.device.name,
    routerAsn: design.deviceAsn,
    region: design.region,
    stage: seen === undefined ? 'planned' : 'live',
    links: design.links.map((link) => ({
      wan: link.wan,
      ...(isPair && { node: link.node }),
      publicIp: link.publicIp,
      bgp: link.deviceBgp,
      tunnels: link.connectors.map(({ name, zone }) => ({
        name,
        zone,
        ...known('up', seen?.tunnelUp(name)),
      })),
      gateways: link.connectors.flatMap((connector) =>
        connector.sessions.map(({ zone, microsoftBgp }) => {
          const read = seen?.endpoints?.[link.name]?.find((one) => one.bgpAddress === microsoftBgp);
          return {
            zone,
            bgp: microsoftBgp,
            tunnel: connector.name,
            ...(read && { endpoint: read.endpoint, asn: read.asn }),
            ...known('established', seen?.neighborUp(microsoftBgp)),
          };
        }),
      ),
    })),
  };
}

function known<K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [k in K]: V });
}
