import type { Zone, ZoneTopology } from './types.ts';

/** The application policy in Mist. */
export const POLICY_NAME = 'microsoft-sse';

/** Shared application of the organisation: the two halves of the IPv4 space. Never edited once it exists. */
export const APPLICATION_NAME = 'Microsoft-SSE';

/** Shared application of the organisation: 0.0.0.0/0. */
export const INTERNET_APPLICATION_NAME = 'Microsoft-SSE-Internet';

/** Mist routing policy: what the device announces to Microsoft. */
export const EXPORT_POLICY_NAME = 'mssse-out';

/** Mist routing policy: what the device refuses from Microsoft. */
export const IMPORT_POLICY_NAME = 'mssse-in';

/** Begins every connector's name. The SSR refuses client names that begin with `ipsec` or `mast` (SSR documentation, IPsec client plugin). */
export const CONNECTOR_PREFIX = 'mssse-';

/** Name of the site's remote network in Entra. */
export function remoteNetworkName(siteName: string): string {
  return siteName;
}

/** Name of a device link in Entra. */
export function deviceLinkName(siteName: string, wan: string): string {
  return `${siteName}-${wan}`;
}

/** A WAN's name in characters that Mist takes for keys: letters and digits of ASCII, `-` and `_`. Port keys such as `ge-0/0/0` have others. */
function sanitise(wan: string): string {
  return wan.replace(/[^A-Za-z0-9_-]/gu, '-');
}

/**
 * Base names of the connectors, one per WAN in link order. WANs whose names differ only in replaced characters or in case
 * stay apart: the later one gets its link number as a suffix.
 */
export function connectorBaseNames(wans: readonly string[]): string[] {
  const names: string[] = [];
  const used = new Set<string>();
  for (const [index, wan] of wans.entries()) {
    const base = `${CONNECTOR_PREFIX}${sanitise(wan)}`;
    let name = base;
    for (let n = index + 1; used.has(name.toLowerCase()); n++) name = `${base}-${n}`;
    used.add(name.toLowerCase());
    names.push(name);
  }
  return names;
}

/** Name of a connector and of its BGP group; one per zone only under `tunnel-per-zone`. */
export function connectorName(baseName: string, topology: ZoneTopology, zone: Zone): string {
  return topology === 'tunnel-per-zone' ? `${baseName}-z${zone}` : baseName;
}

/** Symbolic ID of a link's key. It names the key in plans and in the store; it is not the key. */
export function pskId(networkName: string, linkName: string, zone: Zone): string {
  return `psk/${networkName}/${linkName}/z${zone}`;
}
