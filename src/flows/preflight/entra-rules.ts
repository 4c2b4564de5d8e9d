import type { Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { EntraAdoption } from '../adopt/entra-adoption.ts';
import type { LiveChecks } from '../live/live-site.ts';
import type { PreflightItem } from '../types.ts';
import { fail, pass, rule, warning } from './item.ts';

/** Differences that are named; the first ones tell enough. */
const NAMED = 4;

/** Rules about the tenant that no cross-check knows: onboarded, profiles, names. */
export function entraRules(
  design: SiteDesign,
  live: LiveChecks,
  prefixes: Result<readonly string[] | undefined>,
  adoption: EntraAdoption,
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
    rule(
      'entra.network.name',
      `Remote network ${design.remoteNetworkName} is free or matches`,
      networks,
      () => networkName(adoption),
    ),
  ];
}

/** What exists and matches is used, and the plan says so; what exists and does not is nobody's to change but its owner's. */
function networkName(adoption: EntraAdoption): ReturnType<typeof pass> {
  switch (adoption.state) {
    case 'free':
      return pass('free');
    case 'adopt': {
      const names = Object.keys(adoption.links);
      const links = names.length === 0 ? 'without links' : `with ${names.join(', ')}`;
      return pass(`exists (${adoption.networkId}) ${links} and matches; used as it is`);
    }
    case 'refused': {
      const [shown, more] = [adoption.differences.slice(0, NAMED), adoption.differences.length - NAMED];
      return fail(
        `exists and does not match: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
        adoption.mend,
      );
    }
  }
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
