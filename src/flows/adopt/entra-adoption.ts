import { entraNameProblem } from '../../design/name-rules.ts';
import type { LinkDesign, SiteDesign } from '../../design/types.ts';
import { policyDifferences } from '../../integrations/entra/mapping.ts';
import type { DeviceLink, RemoteNetwork } from '../../integrations/entra/types.ts';

/** What stands in Entra under the design's names. */
export type EntraAdoption =
  /** Nothing: all of it is created. */
  | { readonly state: 'free' }
  /** A network that matches; `links` holds the IDs of those of its links that match, by name. The others are created in it. */
  | {
      readonly state: 'adopt';
      readonly networkId: string;
      readonly links: Readonly<Record<string, string>>;
    }
  /** Something that does not match. `differences`: what was seen and what was wanted, never a key; `mend`: what a person can do. */
  | { readonly state: 'refused'; readonly differences: readonly string[]; readonly mend: string };

const RENAME =
  'Make it as designed, rename it or remove it in Entra, or edit the request to match; then ask again.';

/**
 * Whether the remote network of the design's name, if there is one, can be used as it is: region and profiles match, and it holds
 * no links but those of the design, each of which matches. Pure. The device vendor is not compared: Graph may show it as unknown.
 */
export function entraAdoption(
  design: SiteDesign,
  profileIds: readonly string[],
  networks: readonly RemoteNetwork[],
): EntraAdoption {
  const problem = [design.remoteNetworkName, ...design.links.map((link) => link.name)]
    .map(entraNameProblem)
    .find((found) => found !== undefined);
  if (problem !== undefined)
    return { state: 'refused', differences: [problem], mend: 'Rename the site or its WAN port in Mist.' };
  const twins = networks.filter((network) => network.name === design.remoteNetworkName);
  const [network, second] = twins;
  if (network === undefined) return { state: 'free' };
  if (second !== undefined)
    return { state: 'refused', differences: [`${twins.length} networks have this name`], mend: RENAME };

  const strangers = network.links.filter((link) => !design.links.some((own) => own.name === link.name));
  const links = design.links.map((link) => ({
    link,
    found: network.links.filter((candidate) => candidate.name === link.name),
  }));
  const differences = [
    ...networkDifferences(design, profileIds, network),
    ...(strangers.length === 0
      ? []
      : [`it holds other links: ${strangers.map((link) => link.name || link.id).join(', ')}`]),
    ...links.flatMap(({ link, found }) => {
      if (found.length > 1) return [`${found.length} links are named ${link.name}`];
      return found.flatMap((one) =>
        linkDifferences(design, link, one).map((text) => `${link.name}: ${text}`),
      );
    }),
  ];
  if (differences.length > 0) return { state: 'refused', differences, mend: RENAME };
  const hidden = links.flatMap(({ link, found }) => found.filter((one) => !hasKeys(link, one)));
  if (hidden.length > 0) {
    return {
      state: 'refused',
      differences: hidden.map((link) => `${link.name}: Graph does not return its key`),
      mend: `Remove ${hidden.map((link) => link.name).join(', ')} in Entra; it is made anew with a key that both sides get.`,
    };
  }
  const ids = links.flatMap(({ link, found }) => found.map((one): [string, string] => [link.name, one.id]));
  return { state: 'adopt', networkId: network.id, links: Object.fromEntries(ids) };
}

/** Where a network of the design's name differs from it; its links are another matter. */
function networkDifferences(
  design: SiteDesign,
  profileIds: readonly string[],
  network: RemoteNetwork,
): readonly string[] {
  const differences: string[] = [];
  if (network.region !== design.region) differences.push(`region ${network.region}, not ${design.region}`);
  const ids = network.profiles.map((profile) => profile.id);
  if (ids.toSorted().join() !== [...profileIds].toSorted().join()) {
    const types = network.profiles.map((profile) => profile.type).toSorted();
    differences.push(`traffic ${types.join(' and ') || 'none'}, not ${design.profiles.join(' and ')}`);
  }
  return differences;
}

/** Where a device link differs from the design, in words; empty where it matches. Of keys only that two of them differ. */
export function linkDifferences(design: SiteDesign, link: LinkDesign, found: DeviceLink): readonly string[] {
  const values: readonly (readonly [what: string, seen: unknown, wanted: unknown])[] = [
    ['public address', found.ipAddress, link.publicIp],
    ['device BGP address', found.deviceBgp, link.deviceBgp],
    ['Microsoft BGP address', found.microsoftBgp, link.microsoftBgp],
    ['zone redundancy', found.zoneRedundant, design.zones === 2],
    ['Microsoft BGP address of zone 2', zone2Of(found), link.microsoftBgpZone2],
    ['device ASN', found.asn, design.deviceAsn],
    ['bandwidth', found.bandwidth, design.bandwidth],
  ];
  const differences = values
    .filter(([, seen, wanted]) => seen !== wanted)
    .map(([what, seen, wanted]) => `${what} ${said(seen)}, not ${said(wanted)}`);
  const policy = policyDifferences(found.policy, design.ike);
  if (policy.includes('kind')) differences.push("IKE policy is Entra's default, not a custom one");
  else if (policy.length > 0) differences.push(`IKE policy differs in ${policy.join(', ')}`);
  const { psk, zonePsk } = found;
  if (design.zones === 2 && psk && zonePsk && psk.equals(zonePsk) !== (link.zonePskId === link.pskId)) {
    differences.push(
      link.zonePskId === link.pskId
        ? 'the key of zone 2 differs from the first, although one tunnel serves both'
        : 'both zones have one key, although each has a tunnel of its own',
    );
  }
  return differences;
}

/** Without zone redundancy Graph may still answer with an empty or unused address. */
function zone2Of(found: DeviceLink): string | undefined {
  return found.zoneRedundant ? found.microsoftBgpZone2 : undefined;
}

function hasKeys(link: LinkDesign, found: DeviceLink): boolean {
  return found.psk !== undefined && (link.zonePskId === undefined || found.zonePsk !== undefined);
}

function said(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
