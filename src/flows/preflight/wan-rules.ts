import { ok, type Result } from '../../base/failure.ts';
import { MAX_TUNNELS_PER_NODE } from '../../design/limits.ts';
import type { MistConnectorView } from '../../design/cross-checks/views.ts';
import type { Node, SiteDesign } from '../../design/types.ts';
import type { DeviceStats } from '../../integrations/mist/types.ts';
import type { DeviceFacts } from '../live/device-facts.ts';
import type { PreflightItem } from '../types.ts';
import { pass, rule, warning } from './item.ts';

/** What the WAN side of a router must bear. `connectors`: all that it would have after the change, other people's too. */
export interface WanRulesInput {
  readonly design: SiteDesign;
  readonly facts: DeviceFacts;
  readonly stats: Result<DeviceStats>;
  readonly connectors: readonly MistConnectorView[];
}

/** Rules about the WAN ports as the router reports them, and about the tunnels on each node. */
export function wanRules(input: WanRulesInput): PreflightItem[] {
  return [reportedAddresses(input), tunnelsPerNode(input)];
}

/** An address that changed since it was typed into Mist: Entra would wait for the old one (Entra, "Verify your public IP"). */
function reportedAddresses({ design, facts, stats }: WanRulesInput): PreflightItem {
  return rule('mist.wan.reported', 'The router has the addresses that Mist holds', stats, (s) => {
    for (const link of design.links) {
      const configured = facts.wans.find(({ name }) => name === link.wan)?.ip;
      const reported = s.portIps[link.wan];
      if (configured !== undefined && reported !== undefined && reported !== configured)
        return warning(
          `${link.wan} has ${reported}, Mist's configuration says ${configured}`,
          'Correct the address in Mist, or wait until the router runs its configuration.',
        );
    }
    const known = [
      ...design.links.map(({ publicIp }) => publicIp),
      ...facts.wans.flatMap(({ ip, extIp }) => [ip, extIp]),
    ];
    if (s.extIp !== undefined && !known.includes(s.extIp))
      return warning(
        `Mist sees the router at ${s.extIp}, which is none of its known addresses`,
        'If that is how the internet sees this WAN link, it is the public address that Entra needs.',
      );
    return pass(s.extIp ?? 'not reported');
  });
}

/**
 * Doubt: the limit is that of the SSR's IPsec plugin since release 3.3.0 (2022); newer figures are not published, so more is a warning.
 */
function tunnelsPerNode({ facts, connectors }: WanRulesInput): PreflightItem {
  const counts = new Map<Node, number>();
  for (const { wan } of connectors) {
    const node = facts.ports.find(({ name }) => name === wan)?.node ?? 'node0';
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const seen = [...counts].map(([node, count]) => `${count} on ${node}`).join(', ');
  return rule('mist.tunnels', 'Tunnels on each node of the router', ok(most), () =>
    most <= MAX_TUNNELS_PER_NODE
      ? pass(seen)
      : warning(
          seen,
          `The router's IPsec client is documented for ${MAX_TUNNELS_PER_NODE} tunnels on a node. Try it at a lab site first.`,
        ),
  );
}
