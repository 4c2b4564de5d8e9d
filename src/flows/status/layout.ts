import type { SiteRow } from '../../../db/types.ts';
import type { SiteDesign, Zone } from '../../design/types.ts';
import { Outputs } from '../onboard/outputs.ts';
import type { SiteRef } from '../types.ts';

/** A connector that should be there, with the neighbors that should be established over it. */
export interface ConnectorLayout {
  readonly name: string;
  readonly wan?: string;
  /** By which Entra's health log names the tunnel. */
  readonly publicIp?: string;
  readonly neighbors: readonly { readonly address: string; readonly zone?: Zone }[];
}

/** What should be up at a site, against which the vendors' rows are held. */
export interface SiteLayout {
  readonly site: SiteRef;
  readonly deviceId: string;
  readonly connectors: readonly ConnectorLayout[];
  /** Prefixes that the import policy refuses: they do not count as learned. */
  readonly refused: readonly string[];
  /** The remote network in Entra; undefined where it is not known. */
  readonly networkId?: string;
  /** Present where somebody took the traffic out of the tunnels. */
  readonly bypassed?: true;
}

/** The layout of a site that the bot connected: its approved design. */
export function layoutOf(row: SiteRow): SiteLayout {
  const design = designOf(row);
  const networkId = remoteNetworkId(row.live);
  return {
    site: { id: row.siteId, name: row.name },
    deviceId: design.device.id,
    connectors: design.links.flatMap((link) =>
      link.connectors.map((connector) => ({
        name: connector.name,
        wan: link.wan,
        publicIp: link.publicIp,
        neighbors: connector.sessions.map(({ microsoftBgp, zone }) => ({ address: microsoftBgp, zone })),
      })),
    ),
    refused: design.refuse.prefixes,
    ...(networkId !== undefined && { networkId }),
    ...(row.state === 'bypassed' && { bypassed: true as const }),
  };
}

export function designOf(row: SiteRow): SiteDesign {
  return row.design as unknown as SiteDesign;
}

/** Every neighbor's address, in the layout's order. */
export function neighborAddresses(layout: SiteLayout): readonly string[] {
  return layout.connectors.flatMap(({ neighbors }) => neighbors.map(({ address }) => address));
}

function remoteNetworkId(live: unknown): string | undefined {
  const outputs = live as Readonly<Record<string, unknown>> | null;
  return Outputs.network.safeParse(outputs?.['entra.network']).data?.id;
}
