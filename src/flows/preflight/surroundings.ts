import type { Reservation } from '../../../db/types.ts';
import type { Failure, Result } from '../../base/failure.ts';
import type { Part, Surroundings } from '../../design/cross-checks/views.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import { entraLinkView } from '../../integrations/entra/view.ts';
import type { DeviceFacts } from '../live/device-facts.ts';
import type { FlowSettings } from '../parts.ts';
import type { PrefixSnapshot } from '../registry/prefix-snapshot.ts';

/** What lies around a planned site. */
export interface SurroundingsInput {
  readonly design: SiteDesign;
  readonly facts: DeviceFacts;
  readonly remoteNetworks: Result<readonly RemoteNetwork[]>;
  readonly prefixes: Result<readonly string[] | undefined>;
  /** What other requests and sites hold. */
  readonly reserved: readonly Reservation[];
  /** Prefixes in use in the whole organisation. */
  readonly organisation: Result<PrefixSnapshot>;
  readonly settings: FlowSettings;
}

const NOT_ASKED = { read: false, why: 'not asked for' } as const;

/** The tenant, the registry and this device's own subnets, as the cross-checks want them. */
export function surroundings(input: SurroundingsInput): Surroundings {
  const { design, facts, remoteNetworks, prefixes, reserved, organisation, settings } = input;
  const all = remoteNetworks.ok ? remoteNetworks.value : [];
  const links = all.flatMap((network) => network.links.map((link) => link.name));
  return {
    otherNetworks: partOf(remoteNetworks, (networks) =>
      networks
        .filter(({ name }) => name !== design.remoteNetworkName)
        .map((network) => ({
          name: network.name,
          links: network.links.map((link) => entraLinkView(link, NOT_ASKED)),
        })),
    ),
    occupied: partOf(organisation, ({ prefixes: elsewhere }) => [
      ...facts.occupied.map((cidr) => ({ cidr, usedBy: 'this site' })),
      ...reserved
        .filter(({ kind }) => kind === 'range')
        .map(({ key, siteName }) => ({ cidr: key, usedBy: siteName })),
      ...elsewhere,
    ]),
    maxNetworks: settings.maxNetworks,
    maxLinks: settings.maxLinks,
    bandwidthPoolMbps: settings.bandwidthPoolMbps,
    reserved: {
      networks: notYetThere(reserved, 'network-slot', new Set(all.map(({ name }) => name))).length,
      bandwidthMbps: notYetThere(reserved, 'bandwidth', new Set(links)).reduce((sum, r) => sum + r.amount, 0),
    },
    microsoftPrefixes: partOf(prefixes, (list) => list ?? []),
  };
}

/** A reading as a part of a view. */
export function partOf<T, U>(reading: Result<T>, map: (value: T) => U): Part<U> {
  return reading.ok ? { read: true, value: map(reading.value) } : unreadPart(reading.failure);
}

/** Why a reading failed, as a part of a view. */
export function unreadPart({ code, hint }: Failure): Part<never> {
  return { read: false, why: code, mend: hint };
}

/** What open requests hold and Entra does not show yet. */
function notYetThere(
  reserved: readonly Reservation[],
  kind: Reservation['kind'],
  there: ReadonlySet<string>,
): readonly Reservation[] {
  return reserved.filter((r) => r.kind === kind && !there.has(r.key));
}
