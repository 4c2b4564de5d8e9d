import type { Capacity } from '../../../db/types.ts';
import type { Result } from '../../base/failure.ts';
import { BANDWIDTH_MBPS } from '../../design/bandwidth.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { FlowSettings } from '../parts.ts';

/**
 * What the tenant had left when it was read, for the transaction that stores a request: of two requests that were planned at the same time
 * only one gets the last slot or the last bandwidth. Empty where the tenant could not be read, or has too little by itself: then the plan's
 * own checks keep it from being approved.
 */
export function capacitiesOf(
  design: SiteDesign,
  remoteNetworks: Result<readonly RemoteNetwork[]>,
  settings: Pick<FlowSettings, 'maxNetworks' | 'bandwidthPoolMbps'>,
): readonly Capacity[] {
  if (!remoteNetworks.ok) return [];
  const networks = remoteNetworks.value;
  const links = networks.flatMap((network) => network.links);
  const slots: Capacity = {
    kind: 'network-slot',
    left: settings.maxNetworks - networks.length,
    counted: networks.map(({ name }) => name),
  };
  const pool = settings.bandwidthPoolMbps;
  const all: Capacity[] = [slots];
  if (pool !== undefined) {
    const used = links.reduce((sum, link) => sum + megabits(link.bandwidth), 0);
    all.push({ kind: 'bandwidth', left: pool - used, counted: links.map(({ name }) => name) });
  }
  const wanted = { 'network-slot': 1, bandwidth: design.links.length * BANDWIDTH_MBPS[design.bandwidth] };
  return all.filter(({ kind, left }) => wanted[kind] <= left);
}

/** Graph's class in Mbps; a class that is not known here counts nothing. */
function megabits(bandwidth: string | undefined): number {
  return Number(/^mbps(\d+)$/.exec(bandwidth ?? '')?.[1] ?? 0);
}
