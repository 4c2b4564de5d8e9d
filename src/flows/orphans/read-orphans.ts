import type { LedgerRow, RequestRow, Store } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import type { FlowParts } from '../parts.ts';
import { LEFT_BEHIND } from '../engine/unwind.ts';
import { siteUsers } from '../removal/application-users.ts';
import type { Orphan, OrphanReport } from './types.ts';
import { groupLedger, type OrphanGroup } from './group-ledger.ts';
import { lookUp, readVendors, type Vendors } from './look-up.ts';

const RECENT = 1000;
/** Devices that are asked at the same time. */
const AT_ONCE = 8;

/**
 * The ownership ledger held against both vendors: what is ours and belongs to no connected site, and what the ledger lists that is
 * gone. What a vendor does not let us read stays listed as unread. What is gone for certain, of sites that are not connected, is
 * noted so in the ledger, with the audit, and reported this once.
 */
export async function readOrphans(parts: FlowParts): Promise<OrphanReport> {
  const [rows, vendors, state] = await Promise.all([
    parts.store.ledger.live(),
    readVendors(parts),
    readState(parts.store),
  ]);
  const groups = groupLedger(rows);
  const candidates: OrphanGroup[] = [];
  const missing: string[] = [];
  for (const group of groups) {
    if (state.running.has(group.siteId)) continue;
    if (!state.connected.has(group.siteId) && !(await isShared(parts.store, group))) candidates.push(group);
    else missing.push(...missingOf(group, vendors, state));
  }
  const orphans: Orphan[] = [];
  const unread = new Map<string, Failure>();
  const gone: string[] = [];
  for (let at = 0; at < candidates.length; at += AT_ONCE) {
    const some = candidates.slice(at, at + AT_ONCE);
    const answers = await Promise.all(some.map((group) => lookUp(parts, group, vendors)));
    for (const [index, group] of some.entries()) {
      const answer = answers[index];
      if (!answer) continue;
      const site = state.nameOf(group.siteId);
      if (!answer.ok) {
        unread.set(answer.failure.code, answer.failure);
        orphans.push(orphanOf(group, group.rows, site, 'could not be read'));
        continue;
      }
      gone.push(...answer.value.gone.map((row) => `${kindWords(row)} (${site})`));
      await noteGone(parts, answer.value.gone);
      if (answer.value.there.length > 0) {
        orphans.push(orphanOf(group, answer.value.there, site, state.undecided.get(group.siteId)));
      }
    }
  }
  for (const reading of [vendors.networks, vendors.services]) {
    if (!reading.ok) unread.set(reading.failure.code, reading.failure);
  }
  return { orphans, gone, missing, unread: [...unread.values()] };
}

interface State {
  readonly connected: ReadonlySet<string>;
  /** Sites on which a run works just now: whatever it has made is not left behind. */
  readonly running: ReadonlySet<string>;
  /** Sites whose card can still decide over what stands, and how. */
  readonly undecided: ReadonlyMap<string, string>;
  nameOf(siteId: string): string;
}

async function readState(store: Store): Promise<State> {
  const [sites, requests] = await Promise.all([store.sites.all(), store.requests.recent(RECENT)]);
  const inState = (state: RequestRow['state']): Set<string> =>
    new Set(requests.filter((r) => r.state === state).map((r) => r.siteId));
  return {
    connected: new Set(sites.map((s) => s.siteId)),
    running: inState('running'),
    undecided: await readUndecided(store, requests),
    nameOf: (siteId) => requests.find((r) => r.siteId === siteId)?.siteName ?? `site ${siteId}`,
  };
}

/** What was left behind and kept so is anybody's to remove; everything else is decided on its card. */
async function readUndecided(
  store: Store,
  requests: readonly RequestRow[],
): Promise<ReadonlyMap<string, string>> {
  const undecided = new Map<string, string>();
  for (const request of requests.filter((r) => r.state === 'needs-decision')) {
    const runs = await store.runs.ofRequest(request.id);
    if (!runs.every((run) => run.state === 'kept')) undecided.set(request.siteId, WAITS);
    else if (!runs.some((run) => run.failure?.code === LEFT_BEHIND)) undecided.set(request.siteId, KEPT);
  }
  return undecided;
}

const WAITS = 'its card waits for a decision';
const KEPT = 'kept on purpose; Roll back on its card removes it';

/** The application belongs to every site that uses it, whoever made it. */
async function isShared(store: Store, group: OrphanGroup): Promise<boolean> {
  const name = group.rows[0]?.name ?? '';
  if (group.kind !== 'application') return false;
  return (await siteUsers(store, name, { siteId: '', policies: [] })).length > 0;
}

/** What a connected site has lost in Entra, or the organisation in Mist; a router's own part is for the site's status to tell. */
function missingOf(group: OrphanGroup, { networks, services }: Vendors, state: State): readonly string[] {
  const stands = (row: LedgerRow): boolean => {
    if (row.kind === 'service') return !services.ok || services.value.some((s) => s.id === row.remoteId);
    if (row.vendor === 'mist' || !networks.ok) return true;
    return networks.value.some((n) => n.id === row.remoteId || n.links.some((l) => l.id === row.remoteId));
  };
  return group.rows
    .filter((row) => !stands(row))
    .map((row) => `${kindWords(row)} of ${state.nameOf(row.siteId)}`);
}

async function noteGone(parts: FlowParts, rows: readonly LedgerRow[]): Promise<void> {
  if (rows.length === 0) return;
  const now = parts.clock.now();
  await parts.store.transaction(async (tx) => {
    for (const row of rows) await tx.ledger.removed(row.vendor, row.kind, row.remoteId, now);
    const ids = rows.map((row) => `${row.kind} ${row.remoteId}`);
    await tx.audit.append({ at: now, actor: 'bot', action: 'ledger.gone', data: { ids } });
  });
}

function orphanOf(
  group: OrphanGroup,
  rows: readonly LedgerRow[],
  site: string,
  whyNotRemovable: string | undefined,
): Orphan {
  return {
    id: group.id,
    side: group.kind === 'network' || group.kind === 'link' ? 'entra' : 'mist',
    site,
    what: rows.map(kindWords),
    ...(whyNotRemovable !== undefined && { whyNotRemovable }),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  'remote-network': 'remote network',
  'device-link': 'device link',
  service: 'application',
  connector: 'connector',
  'bgp-group': 'BGP group',
  'routing-policy': 'routing policy',
  'service-policy': 'application policy',
};

/** A row of the ledger in words. */
export function kindWords(row: Pick<LedgerRow, 'kind' | 'name'>): string {
  return `${WORDS[row.kind] ?? row.kind} ${row.name}`;
}
