import { attempt } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { DeviceLink, LinkConnectivity, RemoteNetwork } from '../../integrations/entra/types.ts';
import { entryDifferences } from '../../integrations/mist/entry-differences.ts';
import { namesOf, takenNames } from '../../integrations/mist/holdings.ts';
import { isEqual, objectsOf } from '../../integrations/mist/json.ts';
import {
  connectorEntries,
  policyEntry,
  type ConnectorEntries,
  type ConnectorLive,
} from '../../integrations/mist/mapping.ts';
import { POLICY_KEY } from '../../integrations/mist/merge.ts';
import type { Insertion } from '../../integrations/mist/policies.ts';
import type { RawConfig } from '../../integrations/mist/types.ts';
import type { FlowParts } from '../parts.ts';
import type { EntraAdoption } from './entra-adoption.ts';

/** What stands in Mist under some of the design's names. */
export type Standing =
  /** Nothing: it is written. */
  | { readonly state: 'free' }
  /** All of it, exactly as it would be written: used as it is. */
  | { readonly state: 'adopt' }
  /** Anything else. `seen` names names and member paths, never a key. */
  | { readonly state: 'refused'; readonly seen: string; readonly mend: string }
  /** Whether it matches could not be read. */
  | { readonly state: 'unknown'; readonly failure: Failure };

/** The device's connectors with their groups and routing policies as one, and the application policy. */
export interface MistAdoption {
  readonly connectors: Standing;
  readonly policy: Standing;
}

/** Differences that are named; the first ones tell enough. */
const NAMED = 4;
const MEND =
  'Make them as designed, or rename or remove them in Mist (in the device or its template); then ask again.';

/** The device and its template as they were read for the plan. */
export interface StandingInput {
  readonly design: SiteDesign;
  readonly device: RawConfig;
  /** With its variables filled in. */
  readonly template: RawConfig | undefined;
  readonly adoption: EntraAdoption;
  readonly networks: readonly RemoteNetwork[];
}

/**
 * Whether connectors, BGP groups and routing policies of the design's names can be used as they are. Endpoints, AS numbers and keys
 * are known beforehand only where the whole network in Entra is adopted; only then, and only where names are taken, is its connectivity read.
 */
export async function standingConnectors(
  parts: Pick<FlowParts, 'entra'>,
  { design, device, template, adoption, networks }: StandingInput,
): Promise<Standing> {
  const names = namesOf(design);
  const taken = takenNames(device, template, names);
  if (taken.length === 0) return { state: 'free' };
  const refused = (seen: string, mend = MEND): Standing => ({ state: 'refused', seen, mend });
  const isWhole =
    adoption.state === 'adopt' && design.links.every(({ name }) => adoption.links[name] !== undefined);
  if (!isWhole) {
    return refused(
      taken.join(', '),
      'They stand in the device or its template and are not ours. Rename or remove them there; they can be used only together with a remote network in Entra that holds all the links.',
    );
  }
  if (takenNames({}, template, names).length > 0) return refused(`in the template: ${taken.join(', ')}`);
  const present = takenNames(device, undefined, names);
  const all = Object.values(names).flat().length;
  if (present.length < all) return refused(`a part exists: ${present.join(', ')}`);
  const connectivity = await attempt(parts.entra.connectivity(adoption.networkId));
  if (!connectivity.ok) return { state: 'unknown', failure: connectivity.failure };
  const links = networks.find(({ id }) => id === adoption.networkId)?.links ?? [];
  const entries = wantedEntries(design, links, connectivity.value);
  if (!entries.ok) {
    return refused(
      `Microsoft has allocated no gateway yet that ${entries.failure} could be compared with`,
      'Wait until Entra shows the connectivity of its link, then ask again.',
    );
  }
  const differences = entryDifferences(device, entries.value);
  return differences.length === 0 ? { state: 'adopt' } : refused(differing(differences));
}

/** Differences in short, for people. */
export function differing(differences: readonly string[]): string {
  const more = differences.length - NAMED;
  return `exist and differ in ${differences.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * Whether the device's own policy of the design's name can be used as it is: it equals ours, and nothing has to move. `rules`: the
 * effective ones of which `position` was told. Pure.
 */
export function standingPolicy(
  design: SiteDesign,
  device: RawConfig,
  rules: readonly RawConfig[],
  position: Insertion,
): Standing {
  const { name } = design.policy;
  const found = rules.find((rule) => rule['name'] === name);
  if (!found) return { state: 'free' };
  const refused = (seen: string): Standing => ({
    state: 'refused',
    seen,
    mend: 'A policy of this name stands on the device or its template and is not ours. Make it as designed on the device, or rename or remove it.',
  });
  if (!objectsOf(device[POLICY_KEY]).some((rule) => rule['name'] === name))
    return refused('exists in the template');
  const wanted = policyEntry(design);
  if (!isEqual(found, wanted)) {
    const members = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
    return refused(
      `exists and differs in ${members.filter((key) => !isEqual(found[key], wanted[key])).join(', ')}`,
    );
  }
  const standsWell = position.position >= 0 && isEqual(position.policies, rules);
  return standsWell ? { state: 'adopt' } : refused('exists as designed, but not where it has to stand');
}

/** The entries that would be written, with what Entra has already; else the name of the connector for which something is missing. */
function wantedEntries(
  design: SiteDesign,
  links: readonly DeviceLink[],
  connectivity: readonly LinkConnectivity[],
): Result<ConnectorEntries, string> {
  const live: Record<string, ConnectorLive> = {};
  for (const link of design.links) {
    const found = links.find(({ name }) => name === link.name);
    const instances = connectivity.find(({ linkId }) => linkId === found?.id)?.instances ?? [];
    const asn = Object.fromEntries(instances.map((i) => [i.bgpAddress, i.asn]));
    for (const connector of link.connectors) {
      const address = connector.zone === 1 ? link.microsoftBgp : link.microsoftBgpZone2;
      const dialled = instances.find(({ bgpAddress }) => bgpAddress === address);
      const psk = connector.pskId === link.pskId ? found?.psk : found?.zonePsk;
      const isKnown = connector.sessions.every(({ microsoftBgp }) => asn[microsoftBgp] !== undefined);
      if (!dialled || !psk || !isKnown) return failed(connector.name);
      live[connector.name] = { endpoint: dialled.endpoint, psk, asn };
    }
  }
  return ok(connectorEntries(design, live));
}
