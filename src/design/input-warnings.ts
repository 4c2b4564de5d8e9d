import { contains } from './addressing.ts';
import { asnWarning } from './asn-rules.ts';
import type { InputField, InputSnapshot, WanPort } from './input-draft.ts';
import { isPrivateRange } from './public-address.ts';
import { distanceKm, findRegion, nearestRegion } from './regions.ts';
import type { LinkInputs, SiteInputs } from './types.ts';

/** Something an approver should see that does not stop the request. */
export interface InputWarning {
  /** Stable, unique within one answer. */
  readonly id: string;
  readonly field: InputField;
  readonly message: string;
}

/** Nearer regions are named only when they save at least this many kilometres. */
const NOTABLE_DETOUR_KM = 300;

/** What is unusual but possible in inputs that passed `checkInputs`. Pure; the order is stable. */
export function inputWarnings(inputs: SiteInputs, snapshot: InputSnapshot): InputWarning[] {
  return [
    ...rangeWarnings('range_a', inputs.rangeA, snapshot),
    ...(inputs.rangeB === undefined ? [] : rangeWarnings('range_b', inputs.rangeB, snapshot)),
    ...inputs.links.flatMap((link, position) => linkWarnings(link, position === 0 ? 1 : 2, snapshot)),
    ...asnWarnings(inputs.deviceAsn),
    ...regionWarnings(inputs.region, snapshot),
  ];
}

function rangeWarnings(field: 'range_a' | 'range_b', range: string, { pool }: InputSnapshot): InputWarning[] {
  const warnings: InputWarning[] = [];
  if (pool.length > 0 && !pool.some((network) => contains(network, range))) {
    warnings.push({
      id: `${field}-outside-pool`,
      field,
      message: `${range} is outside the peering pool (${pool.join(', ')}).`,
    });
  }
  if (!isPrivateRange(range)) {
    // Source: Entra "Remote network with a CPE behind NAT": Microsoft's BGP address must be private.
    warnings.push({
      id: `${field}-not-private`,
      field,
      message: `${range} is not private (RFC 1918); Microsoft asks for private BGP addresses.`,
    });
  }
  return warnings;
}

function linkWarnings(link: LinkInputs, index: 1 | 2, snapshot: InputSnapshot): InputWarning[] {
  const port = snapshot.wans.find((wan) => wan.name === link.wan);
  const warnings: InputWarning[] = [];
  const address = port === undefined ? undefined : addressWarning(link, index, port);
  if (address !== undefined) warnings.push(address);
  if (port?.ipType === 'unknown') {
    const message = `Mist does not say whether ${link.wan} has a static address; Microsoft needs one.`;
    warnings.push({ id: `link${index}-address-type-unknown`, field: `link${index}_wan`, message });
  }
  if (snapshot.device.isHa && link.node !== (index === 1 ? 'node0' : 'node1')) {
    const message = `Link ${index} leaves ${link.node}; link 1 on node0 and link 2 on node1 is usual.`;
    warnings.push({ id: `link${index}-unusual-node`, field: `link${index}_wan`, message });
  }
  return warnings;
}

function addressWarning(link: LinkInputs, index: 1 | 2, port: WanPort): InputWarning | undefined {
  const field = `link${index}_public_ip` as const;
  const known = [port.ip, port.extIp].filter((ip) => ip !== undefined);
  if (known.length === 0 || port.ip === link.publicIp) return undefined;
  if (port.extIp === link.publicIp) {
    if (port.ip === undefined) return undefined;
    const message = `${port.name} has ${port.ip} and is behind NAT at ${link.publicIp}: UDP 500 and 4500 must pass unchanged.`;
    return { id: `link${index}-nat`, field, message };
  }
  const message = `Mist knows ${port.name} as ${known.join(' and ')}, not as ${link.publicIp}: NAT, or a typing error.`;
  return { id: `link${index}-other-address`, field, message };
}

function asnWarnings(asn: number): InputWarning[] {
  const message = asnWarning(asn);
  return message === undefined ? [] : [{ id: 'asn-doubtful', field: 'device_asn', message }];
}

function regionWarnings(id: string, { site }: InputSnapshot): InputWarning[] {
  const chosen = findRegion(id);
  if (chosen === undefined) return [];
  const warnings: InputWarning[] = [];
  if (!chosen.documented) {
    const message = `Microsoft's list of regions for remote networks does not name ${chosen.name}; it may be refused.`;
    warnings.push({ id: 'region-undocumented', field: 'region', message });
  }
  const nearest = site.latlng === undefined ? undefined : nearestRegion(site.latlng);
  if (site.latlng === undefined || nearest === undefined) return warnings;
  const detour = distanceKm(site.latlng, chosen) - distanceKm(site.latlng, nearest);
  if (detour < NOTABLE_DETOUR_KM) return warnings;
  const message = `${nearest.name} is about ${Math.round(detour / 100) * 100} km nearer to the site than ${chosen.name}.`;
  return [...warnings, { id: 'region-not-nearest', field: 'region', message }];
}
