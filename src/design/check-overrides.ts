import { isIpv4Address, isNetworkOrBroadcast, overlaps } from './addressing.ts';
import { whyReservedForBgp } from './bgp-addresses.ts';
import type { CheckedLink } from './check-links.ts';
import type { CheckedRanges } from './check-ranges.ts';
import { isBlank, lookAlikeProblem, quote, spaceProblem } from './field-text.ts';
import type { InputDraft, InputSnapshot, TextField } from './input-draft.ts';
import { peeringAddresses, type PeeringAddresses } from './peering.ts';
import type { ProblemList } from './problem-list.ts';
import type { Redundancy } from './redundancy.ts';

type Role = keyof PeeringAddresses;

interface OverrideField {
  readonly field: TextField;
  readonly link: 1 | 2;
  readonly role: Role;
}

const OVERRIDES: readonly OverrideField[] = [
  { field: 'device_bgp_1', link: 1, role: 'deviceBgp' },
  { field: 'microsoft_bgp_1', link: 1, role: 'microsoftBgp' },
  { field: 'microsoft_bgp_1_z2', link: 1, role: 'microsoftBgpZone2' },
  { field: 'device_bgp_2', link: 2, role: 'deviceBgp' },
  { field: 'microsoft_bgp_2', link: 2, role: 'microsoftBgp' },
  { field: 'microsoft_bgp_2_z2', link: 2, role: 'microsoftBgpZone2' },
];

/** The overridden addresses of each link, link 1 first. */
export type CheckedOverrides = readonly Partial<PeeringAddresses>[];

/** Reads the overrides and checks that all BGP addresses of the site, overridden or derived, are different. */
export function checkOverrides(
  { links: linkCount, zones }: Redundancy,
  links: readonly CheckedLink[],
  ranges: CheckedRanges,
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): CheckedOverrides {
  const accepted = new Map<OverrideField, string>();
  for (const override of OVERRIDES) {
    const text = draft[override.field];
    if (isBlank(text)) continue;
    const problem =
      override.link > linkCount
        ? 'This option has one WAN link. Leave this empty or choose a dual-WAN option.'
        : override.role === 'microsoftBgpZone2' && zones === 1
          ? 'This option has no zone redundancy. Leave this empty or choose a zone-redundant option.'
          : (syntaxProblem(text) ?? whyUnusable(text, links, ranges, snapshot));
    if (problem === undefined) accepted.set(override, text);
    else problems.report(override.field, problem);
  }
  reportRepetitions(accepted, { links: linkCount, zones }, ranges, problems);
  return links.map(({ index }) =>
    Object.fromEntries(
      [...accepted].filter(([{ link }]) => link === index).map(([{ role }, address]) => [role, address]),
    ),
  );
}

function syntaxProblem(text: string): string | undefined {
  const unreadable = spaceProblem(text) ?? lookAlikeProblem(text);
  if (unreadable !== undefined) return unreadable;
  if (isIpv4Address(text)) return undefined;
  return `${quote(text)} is not an IPv4 address. Enter four numbers such as 10.99.99.1, without a mask.`;
}

function whyUnusable(
  address: string,
  links: readonly CheckedLink[],
  ranges: CheckedRanges,
  snapshot: InputSnapshot,
): string | undefined {
  const reserved = whyReservedForBgp(address);
  if (reserved !== undefined) return `${reserved}. Choose another address.`;
  const lan = snapshot.networks.find((network) => overlaps(network.prefix, address));
  if (lan !== undefined)
    return `${address} is inside network ${quote(lan.name)} (${lan.prefix}), so BGP would never come up.`;
  const wan = snapshot.wans.find((port) => port.ip === address || port.extIp === address);
  if (wan !== undefined)
    return `${address} is the address of WAN port ${quote(wan.name)}. Choose another address.`;
  const link = links.find((candidate) => candidate.publicIp === address);
  if (link !== undefined)
    return `${address} is the public address of link ${link.index}. Choose another address.`;
  const edge = [ranges.rangeA, ranges.rangeB].find(
    (range) => range !== undefined && isNetworkOrBroadcast(address, range),
  );
  if (edge !== undefined)
    return `${address} is the first or last address of ${edge}, which is not a host. Choose another address.`;
  const taken = snapshot.takenRanges.find((candidate) => overlaps(candidate.cidr, address));
  if (taken !== undefined)
    return `${address} lies in ${taken.cidr}, which ${taken.usedBy} uses. Choose another address.`;
  return undefined;
}

/** An address taken from a range is never to blame, so overrides are compared with those first and then with each other. */
function reportRepetitions(
  accepted: ReadonlyMap<OverrideField, string>,
  { links, zones }: Redundancy,
  ranges: CheckedRanges,
  problems: ProblemList,
): void {
  const seen = new Map<string, string>();
  for (const override of OVERRIDES) {
    const applies = override.link <= links && (zones === 2 || override.role !== 'microsoftBgpZone2');
    if (!applies || accepted.has(override)) continue;
    const address = derivedAddress(override, ranges);
    if (address !== undefined) seen.set(address, describe(override));
  }
  for (const [override, address] of accepted) {
    const other = seen.get(address);
    if (other === undefined) seen.set(address, describe(override));
    else
      problems.report(
        override.field,
        `${address} is also ${other}. All BGP addresses of a site must be different.`,
      );
  }
}

function derivedAddress(
  { link, role }: OverrideField,
  { rangeA, rangeB }: CheckedRanges,
): string | undefined {
  const range = role === 'microsoftBgpZone2' ? rangeB : rangeA;
  if (range === undefined) return undefined;
  return peeringAddresses(link, range, range)[role];
}

function describe({ link, role }: OverrideField): string {
  if (role === 'deviceBgp') return `the device's BGP address of link ${link}`;
  return `Microsoft's BGP address of link ${link}${role === 'microsoftBgp' ? '' : ' in zone 2'}`;
}
