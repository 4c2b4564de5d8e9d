import type { HealthEvent } from '../../integrations/entra/types.ts';
import { isContradicted } from '../live/observed.ts';
import type { EntraTunnelView, TunnelStatus } from '../types.ts';
import type { ConnectorLayout, SiteLayout } from './layout.ts';

/**
 * Microsoft's view of each tunnel, told apart by its pair of public addresses: the newest record, and how many routes the newest
 * "alive" record said are advertised, since only those count them (Entra "Remote network health logs").
 */
export function entraView(
  events: readonly HealthEvent[],
  layout: SiteLayout,
  tunnels: readonly TunnelStatus[],
): readonly EntraTunnelView[] {
  const groups = Map.groupBy(events, (event) => `${event.deviceIp ?? ''} ${event.microsoftIp ?? ''}`);
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => b.atMs - a.atMs);
    const [newest] = sorted;
    if (!newest) return [];
    const alive = sorted.find((event) => event.advertisedRoutes !== undefined);
    const connector = connectorOf(newest, layout, tunnels);
    return [
      {
        atMs: newest.atMs,
        status: newest.status,
        ...(connector && { tunnel: connector.name }),
        ...(newest.deviceIp !== undefined && { deviceIp: newest.deviceIp }),
        ...(newest.microsoftIp !== undefined && { microsoftIp: newest.microsoftIp }),
        ...(newest.description !== undefined && { description: newest.description }),
        ...(alive?.advertisedRoutes !== undefined && {
          advertisedRoutes: alive.advertisedRoutes,
          advertisedAtMs: alive.atMs,
        }),
      },
    ];
  });
}

/** Two connectors leave one public address where each zone has a tunnel of its own: the gateway that Mist reports tells them apart. */
function connectorOf(
  { deviceIp, microsoftIp }: HealthEvent,
  layout: SiteLayout,
  tunnels: readonly TunnelStatus[],
): ConnectorLayout | undefined {
  const own = layout.connectors.filter(({ publicIp }) => publicIp !== undefined && publicIp === deviceIp);
  const peerOf = (name: string): string | undefined => tunnels.find((t) => t.name === name)?.peerIp;
  return own.find(({ name }) => peerOf(name) === microsoftIp) ?? (own.length === 1 ? own[0] : undefined);
}

/** Connectors that Mist reports up while Entra's newest record says that they were disconnected since. */
export function contradicted(
  events: readonly HealthEvent[],
  layout: SiteLayout,
  tunnels: readonly TunnelStatus[],
  now: number,
): readonly string[] {
  return layout.connectors.flatMap(({ name, publicIp: deviceIp }) => {
    const tunnel = tunnels.find((one) => one.name === name);
    if (deviceIp === undefined || tunnel?.up !== true) return [];
    const { peerIp, uptimeSeconds } = tunnel;
    return isContradicted(events, { deviceIp, peerIp, uptimeSeconds }, now) ? [name] : [];
  });
}
