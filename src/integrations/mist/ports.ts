import type { Node } from '../../design/types.ts';
import { isIpv4Address } from '../../design/addressing.ts';
import { objectOf, textOf } from './json.ts';
import type { RawConfig } from './types.ts';

/** One WAN port of a configuration whose variables are resolved. */
export interface WanPort {
  /** What `wan_names` takes: the port's name, else its key in `port_config`. Members of one entry share it. */
  readonly name: string;
  /** The single port, such as `ge-0/0/3`, where the key is a range or a list. */
  readonly key: string;
  readonly node: Node;
  readonly ipType: 'static' | 'dhcp' | 'pppoe' | 'unknown';
  /** Bare; undefined where it is not static, or an unresolved variable. */
  readonly ip?: string;
  /** What the internet sees where the port is behind a NAT (`wan_ext_ip`). */
  readonly extIp?: string;
  readonly disabled: boolean;
}

/**
 * The WAN ports of a configuration in its own order, ranges and lists taken apart. A port belongs to node 1 when its first number
 * is not 0 (`ge-1/0/0`), as the ports of an SSR pair are numbered; pass `isHa: false` for a single device, whose cards may be
 * numbered likewise. Source: Mist OpenAPI `gateway_port_config`; Juniper, high availability of a WAN Edge.
 */
export function wanPorts(config: RawConfig, options: { readonly isHa?: boolean } = {}): WanPort[] {
  return Object.entries(objectOf(config['port_config'])).flatMap(([key, value]) => {
    const port = objectOf(value);
    if (port['usage'] !== 'wan') return [];
    const ipConfig = objectOf(port['ip_config']);
    const ipType = ipTypeOf(ipConfig['type']);
    const ip = ipType === 'static' ? bareAddress(ipConfig['ip']) : undefined;
    const extIp = bareAddress(port['wan_ext_ip']);
    return expandPorts(key).map((member) => ({
      name: textOf(port['name']) ?? key,
      key: member,
      node: options.isHa === false ? 'node0' : nodeOf(member),
      ipType,
      ...(ip !== undefined && { ip }),
      ...(extIp !== undefined && { extIp }),
      disabled: port['disabled'] === true,
    }));
  });
}

const RANGE = /^(.*?)(\d+)-(\d+)$/;
const MOST_MEMBERS = 128;

/** `ge-0/0/1-3` and `ge-0/0/0,ge-1/0/0` as single ports; anything else is one port of that name. */
export function expandPorts(key: string): string[] {
  return key
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => {
      const match = RANGE.exec(part);
      const [, stem = '', from = '', to = ''] = match ?? [];
      const count = Number(to) - Number(from) + 1;
      // `ge-0` alone is no range: a range's numbers follow the last slash.
      if (match === null || !stem.endsWith('/') || count < 1 || count > MOST_MEMBERS) return [part];
      return Array.from({ length: count }, (_, index) => `${stem}${Number(from) + index}`);
    });
}

function nodeOf(port: string): Node {
  const card = /^[a-z]+-(\d+)\//i.exec(port)?.[1];
  return card === undefined || Number(card) === 0 ? 'node0' : 'node1';
}

/** Mist's default is DHCP; an unresolved variable or a type that we do not know is `unknown`. */
function ipTypeOf(type: unknown): WanPort['ipType'] {
  if (type === undefined || type === null) return 'dhcp';
  return type === 'static' || type === 'dhcp' || type === 'pppoe' ? type : 'unknown';
}

function bareAddress(value: unknown): string | undefined {
  const address = textOf(value)?.split('/')[0];
  return address !== undefined && isIpv4Address(address) ? address : undefined;
}
