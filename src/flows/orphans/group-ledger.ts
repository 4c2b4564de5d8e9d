import type { LedgerRow } from '../../../db/types.ts';

/** Things of ours that belong together and are removed together. */
export interface OrphanGroup {
  /** Opaque to whoever clicks: `network/<id>`, `link/<id>`, `device/<id>` or `application/<id>`. */
  readonly id: string;
  readonly kind: 'network' | 'link' | 'device' | 'application';
  readonly remoteId: string;
  readonly siteId: string;
  readonly rows: readonly LedgerRow[];
}

/** Groups rows of the ledger: a network with its site's links, everything on one device, and single objects. */
export function groupLedger(rows: readonly LedgerRow[]): readonly OrphanGroup[] {
  const networkSites = new Set(rows.filter((r) => r.kind === 'remote-network').map((r) => r.siteId));
  const groups = new Map<string, { kind: OrphanGroup['kind']; remoteId: string; rows: LedgerRow[] }>();
  for (const row of rows) {
    const place = placeOf(row, networkSites, rows);
    const id = `${place.kind}/${place.remoteId}`;
    const known = groups.get(id) ?? { ...place, rows: [] };
    known.rows.push(row);
    groups.set(id, known);
  }
  return [...groups].map(([id, group]) => ({ id, ...group, siteId: group.rows[0]?.siteId ?? '' }));
}

function placeOf(
  row: LedgerRow,
  networkSites: ReadonlySet<string>,
  rows: readonly LedgerRow[],
): Pick<OrphanGroup, 'kind' | 'remoteId'> {
  if (row.parentId !== undefined && row.vendor === 'mist') return { kind: 'device', remoteId: row.parentId };
  if (row.kind === 'service') return { kind: 'application', remoteId: row.remoteId };
  if (row.kind === 'remote-network') return { kind: 'network', remoteId: row.remoteId };
  if (networkSites.has(row.siteId)) {
    const network = rows.find((r) => r.kind === 'remote-network' && r.siteId === row.siteId);
    if (network) return { kind: 'network', remoteId: network.remoteId };
  }
  return { kind: 'link', remoteId: row.remoteId };
}
