import type { Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { LiveChecks } from '../live/live-site.ts';
import type { PreflightItem } from '../types.ts';
import { fail, pass, rule, warning } from './item.ts';

/** Rules about the tenant that no cross-check knows: onboarded, profiles, names. */
export function entraRules(
  design: SiteDesign,
  live: LiveChecks,
  prefixes: Result<readonly string[] | undefined>,
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
  ];
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
