import type { Reservation } from '../../../db/types.ts';
import { ok, type Result } from '../../base/failure.ts';
import { contains } from '../../design/addressing.ts';
import { BANDWIDTH_MBPS } from '../../design/bandwidth.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { LiveChecks } from '../live/live-site.ts';
import type { FlowSettings } from '../parts.ts';
import type { PreflightItem } from '../types.ts';
import { fail, pass, rule, warning } from './item.ts';

/** Rules about the tenant: onboarded, profiles, names, limits, bandwidth, addresses in use. `reserved`: what other requests hold. */
export function entraRules(
  design: SiteDesign,
  live: LiveChecks,
  prefixes: Result<readonly string[] | undefined>,
  settings: FlowSettings,
  reserved: readonly Reservation[],
): PreflightItem[] {
  const networks = live.remoteNetworks;
  return [
    rule('entra.tenant', 'Tenant is onboarded to Global Secure Access', live.tenantStatus, (status) =>
      status === 'onboarded'
        ? pass(status)
        : fail(status, 'Activate Global Secure Access in the Entra admin centre, then ask again.'),
    ),
    ...design.profiles.map((type) =>
      rule(
        `entra.profile.${type}`,
        `Traffic profile ${type} exists and is enabled`,
        live.profiles,
        (profiles) => {
          const profile = profiles.find((p) => p.type === type);
          if (!profile)
            return fail('not found', 'Entra lists no such traffic forwarding profile; check the licence.');
          return profile.enabled
            ? pass(profile.name)
            : fail(
                `${profile.name} is disabled`,
                'Enable it: the gateway silently drops traffic of a disabled profile.',
              );
        },
      ),
    ),
    prefixesRule(prefixes),
    rule('entra.network.name', `No remote network is named ${design.remoteNetworkName}`, networks, (all) => {
      const twin = all.find((n) => n.name === design.remoteNetworkName);
      if (!twin) return pass('free');
      return fail(
        `exists with ${twin.links.length} link(s) in ${twin.region}`,
        'It is not ours. Rename or remove it in Entra, then ask again.',
      );
    }),
    rule('entra.network.limit', 'A remote network is left in the tenant', networks, (all) => {
      const promised = notYetThere(reserved, 'network-slot', new Set(all.map((n) => n.name)));
      const used = all.length + promised.length;
      const seen = `${used} of ${settings.maxNetworks} used${promised.length > 0 ? `, ${promised.length} of them by open requests` : ''}`;
      return used < settings.maxNetworks
        ? pass(seen)
        : fail(
            seen,
            'Remove a network or have Microsoft raise the limit (SSE_MAX_NETWORKS tells me of a raised one).',
          );
    }),
    rule('entra.links.limit', 'The links fit into one remote network', ok(design.links.length), (count) =>
      count <= settings.maxLinks
        ? pass(`${count} of ${settings.maxLinks}`)
        : fail(`${count}`, 'Use fewer links.'),
    ),
    rule('entra.bandwidth', 'Bandwidth pool', networks, (all) => bandwidth(design, all, settings, reserved)),
    rule('entra.addresses', 'Peering and public addresses are used by no other link', networks, (all) =>
      addresses(design, all),
    ),
  ];
}

function bandwidth(
  design: SiteDesign,
  all: readonly RemoteNetwork[],
  settings: FlowSettings,
  reserved: readonly Reservation[],
): ReturnType<typeof pass> {
  const wanted = design.links.length * BANDWIDTH_MBPS[design.bandwidth];
  const links = all.flatMap((n) => n.links);
  const promised = notYetThere(reserved, 'bandwidth', new Set(links.map((l) => l.name)));
  const used =
    links.reduce((sum, l) => sum + megabits(l.bandwidth), 0) + promised.reduce((sum, r) => sum + r.amount, 0);
  if (settings.bandwidthPoolMbps === undefined) {
    return warning(
      `${used} Mbps in use, ${wanted} Mbps wanted; the pool is not known`,
      'Graph does not tell the pool. Set SSE_BANDWIDTH_POOL_MBPS to have it checked.',
    );
  }
  const free = settings.bandwidthPoolMbps - used;
  if (wanted <= free) return pass(`${wanted} of ${free} Mbps left`);
  return fail(
    `${wanted} Mbps wanted, ${free} Mbps left`,
    'Choose a smaller class, free a link or buy bandwidth.',
  );
}

/** What open requests hold and Entra does not show yet. */
function notYetThere(
  reserved: readonly Reservation[],
  kind: Reservation['kind'],
  there: ReadonlySet<string>,
): readonly Reservation[] {
  return reserved.filter((r) => r.kind === kind && !there.has(r.key));
}

/** Graph's bandwidth class in Mbps; a class that is unknown to us counts nothing. */
function megabits(bandwidth: string | undefined): number {
  return Number(/^mbps(\d+)$/.exec(bandwidth ?? '')?.[1] ?? 0);
}

/** An outage is waited out (`.unread` keeps the plan from being approved); a tenant that does not let us read them is onboarded without. */
function prefixesRule(prefixes: Result<readonly string[] | undefined>): PreflightItem {
  const id = !prefixes.ok && prefixes.failure.retryable ? 'entra.prefixes.unread' : 'entra.prefixes';
  return rule(id, "Microsoft's prefixes", prefixes, (list) =>
    list
      ? pass(`${list.length} known`)
      : warning(
          'the traffic profile does not list them',
          'Coverage of the learned routes cannot be checked.',
        ),
  );
}

function addresses(design: SiteDesign, all: readonly RemoteNetwork[]): ReturnType<typeof pass> {
  const links = all.flatMap((n) => n.links.map((link) => ({ name: `${n.name}/${link.name}`, link })));
  for (const { name, link } of links) {
    for (const address of [link.deviceBgp, link.microsoftBgp, link.microsoftBgpZone2]) {
      const range = address && design.ranges.find((r) => contains(r, `${address}/32`));
      if (range) return fail(`${range} holds ${address} of ${name}`, 'Choose another peering range.');
    }
  }
  for (const { name, link } of links) {
    if (design.links.some((own) => own.publicIp === link.ipAddress)) {
      return warning(
        `${link.ipAddress} is also the device address of ${name}`,
        'Two links with one public address: Microsoft may not tell their tunnels apart.',
      );
    }
  }
  return pass('free');
}
