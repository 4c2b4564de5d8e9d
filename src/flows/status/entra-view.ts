import type { HealthEvent } from '../../integrations/entra/types.ts';
import type { EntraTunnelView } from '../types.ts';
import type { SiteLayout } from './layout.ts';

/**
 * Microsoft's view of each tunnel, told apart by its pair of public addresses: the newest record, and how many routes the newest
 * "alive" record said are advertised, since only those count them (Entra "Remote network health logs").
 */
export function entraView(events: readonly HealthEvent[], layout: SiteLayout): readonly EntraTunnelView[] {
  const groups = Map.groupBy(events, (event) => `${event.deviceIp ?? ''} ${event.microsoftIp ?? ''}`);
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => b.atMs - a.atMs);
    const [newest] = sorted;
    if (!newest) return [];
    const alive = sorted.find((event) => event.advertisedRoutes !== undefined);
    const connector = layout.connectors.find(({ publicIp }) => publicIp === newest.deviceIp);
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
