import type { LatLng } from './regions.ts';
import type { Node, Option } from './types.ts';

/** Block ids of the modal whose answer is one text; also the columns of the bulk file. */
export const TEXT_FIELDS = [
  'option',
  'device',
  'link1_wan',
  'link1_public_ip',
  'link2_wan',
  'link2_public_ip',
  'region',
  'bandwidth',
  'range_a',
  'range_b',
  'device_asn',
  'mode',
  'zone_topology',
  'ticket',
  'ike',
  'device_bgp_1',
  'microsoft_bgp_1',
  'microsoft_bgp_1_z2',
  'device_bgp_2',
  'microsoft_bgp_2',
  'microsoft_bgp_2_z2',
] as const;

/** A block id whose answer is one text. */
export type TextField = (typeof TEXT_FIELDS)[number];

/** A block id that can carry a problem. */
export type InputField = TextField | 'networks';

/** What was typed, untouched, by block id. Absent, null and the empty text all mean "nothing was entered". */
export type InputDraft = {
  readonly [Field in TextField]?: string | null | undefined;
} & { readonly networks?: readonly string[] | null | undefined };

/** A WAN port of the device as Mist describes it. */
export interface WanPort {
  /** What `wan_names` takes: the port's name, else its key. The value of `link{n}_wan`. */
  readonly name: string;
  /** Key of `port_config`. */
  readonly key: string;
  readonly node: Node;
  readonly ipType: 'static' | 'dhcp' | 'pppoe' | 'unknown';
  /** The port's own address, without a mask. */
  readonly ip?: string;
  /** The address behind which the port is seen (Mist's `wan_ext_ip`). */
  readonly extIp?: string;
}

/** What was read of Mist while the second step loaded; field errors rely on this and on what was typed, on nothing else. */
export interface InputSnapshot {
  readonly site: { readonly id: string; readonly name: string; readonly latlng?: LatLng };
  /** The option of the first step; `draft.option` wins where it is given. */
  readonly option: Option;
  readonly device: {
    readonly id: string;
    readonly name: string;
    readonly isHa: boolean;
    readonly isSsr: boolean;
  };
  readonly wans: readonly WanPort[];
  /** Networks attached to the device. Prefixes as Mist has them: host bits or unresolved variables are possible. */
  readonly networks: readonly {
    readonly name: string;
    readonly prefix: string;
    readonly tenants: readonly string[];
  }[];
  /** Networks or single addresses that other sites use for peering; those of this site's own request are left out. */
  readonly takenRanges: readonly { readonly cidr: string; readonly usedBy: string }[];
  /** CIDRs of the configured peering pool; may be empty. */
  readonly pool: readonly string[];
}
