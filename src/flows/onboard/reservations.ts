import type { Json, RequestRow, Reservation } from '../../../db/types.ts';
import { BANDWIDTH_MBPS } from '../../design/bandwidth.ts';
import type { SiteDesign } from '../../design/types.ts';

/** What an onboarding holds in the registry from its request on: ranges, slots and bandwidth. */
export function onboardReservations(
  request: Pick<RequestRow, 'id' | 'siteId' | 'siteName'>,
  stored: Json,
): readonly Reservation[] {
  const design = stored as unknown as SiteDesign;
  const base = { siteId: request.siteId, siteName: request.siteName, requestId: request.id };
  return [
    ...design.ranges.map((key) => ({ kind: 'range' as const, key, amount: 1, ...base })),
    { kind: 'network-slot', key: design.remoteNetworkName, amount: 1, ...base },
    ...design.links.flatMap((l) => [
      { kind: 'link-slot' as const, key: l.name, amount: 1, ...base },
      { kind: 'bandwidth' as const, key: l.name, amount: BANDWIDTH_MBPS[design.bandwidth], ...base },
    ]),
  ];
}
