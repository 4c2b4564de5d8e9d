import type { LedgerRow, SiteRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { DeviceStats, MistDevice } from '../../integrations/mist/types.ts';
import { readLiveMist, type LiveMist } from '../live/live-site.ts';
import type { FlowParts } from '../parts.ts';
import { applicationUsers } from '../removal/application-users.ts';

/** A connected site as it stands on both sides now. */
export interface ConnectedSite {
  readonly row: SiteRow;
  readonly design: SiteDesign;
  readonly live: LiveMist;
  /** undefined where Mist has no such device at the site any more. */
  readonly device: MistDevice | undefined;
  readonly stats: Result<DeviceStats>;
  /** What of the site is ours, by the ownership ledger. */
  readonly ledger: readonly LedgerRow[];
  /** Every remote network of the tenant, with its links. */
  readonly networks: readonly RemoteNetwork[];
  /** The shared application where it is ours: its row, and who else refers to it. */
  readonly application: { readonly row: LedgerRow; readonly users: readonly string[] } | undefined;
}

/** Reads both sides of a connected site. Fails where one of them cannot be read: nothing is planned on half a picture. */
export async function readConnectedSite(
  parts: FlowParts,
  siteId: string,
  requestId?: string,
): Promise<Result<ConnectedSite>> {
  const row = await parts.store.sites.get(siteId);
  if (!row) return failed(notConnected());
  const design = row.design as unknown as SiteDesign;
  const [live, networks, stats, ledger] = await Promise.all([
    readLiveMist(parts, siteId),
    attempt(parts.entra.remoteNetworks()),
    attempt(parts.mist.deviceStats(siteId, design.device.id)),
    parts.store.ledger.live(),
  ]);
  if (!live.ok) return live;
  if (!networks.ok) return networks;
  const service = ledger.find((r) => r.kind === 'service' && r.name === design.application.name);
  const leaving = {
    siteId,
    ...(requestId !== undefined && { requestId }),
    policies: [design.policy.name],
  };
  const users = service && (await attempt(applicationUsers(parts, design.application.name, leaving)));
  if (users && !users.ok) return users;
  return ok({
    row,
    design,
    live: live.value,
    device: live.value.devices.find((d) => d.id === design.device.id),
    stats,
    ledger: ledger.filter((r) => r.siteId === siteId),
    networks: networks.value,
    application: service && users ? { row: service, users: users.value } : undefined,
  });
}

/** What a verb says about a site that the bot has not connected. */
export function notConnected(): Failure {
  return {
    code: 'flow.site_not_connected',
    message: 'the site is not connected',
    hint: 'This site is not connected to Microsoft SSE by me, so there is nothing to take away. `/sse orphans` lists what is left of sites that are gone.',
    retryable: false,
  };
}
