import { evolvedMembers, type GraphEnumName } from '../contracts/graph/enums.ts';
import { MICROSOFT_ASN, zonesOf } from './gateway.ts';
import { draw, type Shape } from './odata-shape.ts';
import type { AlertRow, ForwardingProfile, LinkRow, PolicyLink, RemoteNetwork } from './resources.ts';
import type { EntraStore } from './store.ts';

/** How one call wants its answer. */
export interface DrawingContext {
  readonly store: EntraStore;
  readonly endpointMs: number;
  /** The call said `Prefer: include-unknown-enum-members`. */
  readonly allMembers: boolean;
}

/** An enum member as this caller may see it: an evolved one is the sentinel unless the caller asked for all. */
function member(name: GraphEnumName, value: string, { allMembers }: DrawingContext): string {
  return !allMembers && evolvedMembers(name).includes(value) ? 'unknownFutureValue' : value;
}

export function drawNetwork(
  network: RemoteNetwork,
  shape: Shape,
  context: DrawingContext,
): Record<string, unknown> {
  const { store } = context;
  return draw(
    {
      plain: { ...network, region: member('region', network.region, context) },
      navigation: {
        deviceLinks: (nested) => store.linksOf(network.id).map((link) => drawLink(link, nested, context)),
        forwardingProfiles: (nested) => store.profilesOf(network.id).map((p) => drawProfile(p, nested)),
        connectivityConfiguration: () => connectivityConfiguration(network, context),
      },
      // Graph's published answers carry both although nobody asked for them; so a plain GET shows everybody's keys.
      expandedByDefault: ['deviceLinks', 'forwardingProfiles'],
    },
    shape,
  );
}

export function drawLink(
  { resource }: LinkRow,
  shape: Shape,
  context: DrawingContext,
): Record<string, unknown> {
  const deviceVendor = member('deviceVendor', resource.deviceVendor, context);
  return draw({ plain: { ...structuredClone(resource), deviceVendor }, navigation: {} }, shape);
}

export function drawProfile(profile: ForwardingProfile, shape: Shape): Record<string, unknown> {
  const { policies, ...plain } = profile;
  return draw(
    {
      plain: structuredClone(plain),
      navigation: { policies: (nested) => policies.map((link) => drawPolicyLink(link, nested)) },
    },
    shape,
  );
}

export function drawPolicyLink(link: PolicyLink, shape: Shape): Record<string, unknown> {
  const { policy, ...plain } = link;
  const { policyRules, ...policyPlain } = policy;
  return draw(
    {
      plain,
      navigation: {
        policy: (nested) =>
          draw(
            {
              plain: policyPlain,
              navigation: {
                policyRules: (rules) =>
                  policyRules.map((rule) => draw({ plain: structuredClone(rule), navigation: {} }, rules)),
              },
            },
            nested,
          ),
      },
    },
    shape,
  );
}

export function drawAlert(alert: AlertRow, shape: Shape, context: DrawingContext): Record<string, unknown> {
  const alertType = member('alertType', alert.alertType, context);
  return draw({ plain: { ...structuredClone(alert), alertType }, navigation: {} }, shape);
}

/** The portal's "View configuration" of a network. */
export function connectivityConfiguration(
  network: RemoteNetwork,
  context: DrawingContext,
): Record<string, unknown> {
  return {
    remoteNetworkId: network.id,
    remoteNetworkName: network.name,
    links: connectivityLinks(network, context),
  };
}

/**
 * A new link is missing for the first half of `endpointMs`, then present without Microsoft's ends, and complete at
 * last: how long the real service takes is not documented, only that it is not at once. The two zones stand in either
 * order, by the link's number; nothing but `bgpAddress` tells which is which.
 */
export function connectivityLinks(
  network: RemoteNetwork,
  context: DrawingContext,
): Record<string, unknown>[] {
  const links: Record<string, unknown>[] = [];
  for (const row of context.store.linksOf(network.id)) {
    const age = Date.now() - row.createdAt;
    if (age < context.endpointMs / 2) continue;
    const zones = zonesOf(row).map(({ endpoint, bgpAddress }) => ({
      endpoint,
      asn: MICROSOFT_ASN,
      bgpAddress,
      region: member('region', network.region, context),
    }));
    const { resource } = row;
    links.push({
      id: resource.id,
      displayName: resource.name,
      localConfigurations:
        age < context.endpointMs ? [] : row.sequence % 2 === 1 ? zones.toReversed() : zones,
      peerConfiguration: {
        endpoint: resource.ipAddress,
        asn: resource.bgpConfiguration.asn,
        bgpAddress: resource.bgpConfiguration.peerIpAddress,
      },
    });
  }
  return links;
}
