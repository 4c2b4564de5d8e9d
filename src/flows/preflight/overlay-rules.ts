import type { SiteDesign } from '../../design/types.ts';
import { effectiveConfig, HYPOTHESES } from '../../integrations/mist/effective-config.ts';
import { newlyReachable, overlayNetworks, type OverlayNetwork } from '../../integrations/mist/overlay.ts';
import type { MistDevice } from '../../integrations/mist/types.ts';
import type { DeviceFacts } from '../live/device-facts.ts';
import type { LiveMist } from '../live/live-site.ts';
import { digestOf } from '../plan/digest.ts';
import type { PreflightItem } from '../types.ts';
import { fail, pass } from './item.ts';

/** The one rule whose failure an approver may accept. */
export const OVERLAY_RULE = 'mist.overlay';
const WHAT = 'No network of other sites becomes reachable';
/** So many are named; a fingerprint stands for all of them, so that an acceptance holds for exactly this list. */
const NAMED = 12;

/**
 * Whether the application, which has no path of its own, would let the chosen networks follow overlay routes to networks of other sites
 * that they could not reach before. It fails by default; an approver may accept exactly the list that is shown.
 */
export function overlayRules(
  design: SiteDesign,
  live: LiveMist,
  device: MistDevice,
  facts: DeviceFacts,
): PreflightItem[] {
  const config = effectiveConfig(device.config, live.template?.config, 'merge', facts.variables);
  const reading = overlayNetworks(config, live.networks, facts.variables);
  const draft = (item: ReturnType<typeof pass>): PreflightItem[] => [
    { id: OVERLAY_RULE, what: WHAT, ...item },
  ];
  if (reading.kind === 'none') return draft(pass('no WAN port of the router has a path into an overlay'));
  if (reading.kind === 'unknown') {
    return draft({
      verdict: 'unknown',
      seen: 'the router takes a part of its configuration from a device profile, which is not read',
      mend: 'See in Mist whether its WAN ports have paths into a VPN, and which networks would become reachable.',
    });
  }
  const context = {
    services: live.services,
    organisation: live.policies.ok ? live.policies.value : [],
  };
  const { tenants } = design.policy;
  const ours = { tenants, addresses: design.application.addresses };
  const found = new Map<string, OverlayNetwork>();
  for (const hypothesis of HYPOTHESES) {
    const effective = effectiveConfig(device.config, live.template?.config, hypothesis, facts.variables);
    for (const network of newlyReachable(reading.networks, facts.rules, ours, effective, context)) {
      found.set(described(network), network);
    }
  }
  if (found.size === 0) {
    return draft(pass(`${reading.networks.length} network(s) in the overlay, none of them newly reachable`));
  }
  return draft(
    fail(
      `${tenants.join(', ')} would reach, over the overlay: ${listed([...found.keys()])}`,
      'Deny these prefixes to these networks in a rule of their own, or have an approver accept the list.',
    ),
  );
}

function described({ name, prefix, vpns }: OverlayNetwork): string {
  return `${name} ${prefix ?? '(prefix not known: it depends on variables of other sites)'} in ${vpns.join(', ')}`;
}

function listed(all: readonly string[]): string {
  const sorted = all.toSorted();
  if (sorted.length <= NAMED) return sorted.join('; ');
  return `${sorted.slice(0, NAMED).join('; ')}; and ${sorted.length - NAMED} more (list ${digestOf(sorted)})`;
}
