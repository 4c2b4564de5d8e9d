import type { RequestRow, Store } from '../../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import { byName } from '../by-name.ts';
import type { FlowParts } from '../parts.ts';
import { isChange, type Plan } from '../plan/types.ts';
import { viewRequest } from '../request-view.ts';
import type { SiteRef } from '../types.ts';
import type { HistoryEntry, HistoryPage } from './types.ts';

const PER_PAGE = 5;
/** Far more requests than anybody names a site by. */
const LOOKED_AT = 5000;
const NAMED = 5;

/**
 * A page of what was asked for, newest first, of one site or of all; from rows alone, also of sites that Mist no longer has. The failure
 * says that no site of that name has a request.
 */
export async function readHistory(
  { store, settings }: Pick<FlowParts, 'store' | 'settings'>,
  of: { readonly site?: string; readonly siteId?: string; readonly offset?: number },
): Promise<Result<HistoryPage>> {
  const { offset = 0 } = of;
  const site = await siteOf(store, of);
  if (!site.ok) return site;
  const rows = await store.requests.page({
    ...(site.value && { siteId: site.value.id }),
    limit: PER_PAGE + 1,
    offset,
  });
  const entries: HistoryEntry[] = [];
  for (const row of rows.slice(0, PER_PAGE)) {
    const entry = await entryOf(store, row, settings);
    if (entry) entries.push(entry);
  }
  return ok({
    ...(site.value && { site: site.value }),
    entries,
    offset,
    perPage: PER_PAGE,
    hasMore: rows.length > PER_PAGE,
  });
}

async function entryOf(
  store: Store,
  request: RequestRow,
  settings: FlowParts['settings'],
): Promise<HistoryEntry | undefined> {
  const [view, decisions] = await Promise.all([
    viewRequest(store, request.id, settings),
    store.decisions.of(request.id),
  ]);
  if (!view) return undefined;
  const changes = new Set((request.plan as unknown as Plan).operations.filter(isChange).map((op) => op.id));
  const result = view.statusLine ?? view.reason ?? view.failure?.hint ?? view.outcome[0];
  return {
    requestId: request.id,
    state: view.state,
    verb: request.verb,
    site: view.site,
    requester: request.requester,
    createdAt: request.createdAt,
    ...(view.ticket !== undefined && { ticket: view.ticket }),
    ...(view.window && { window: view.window.words }),
    digest: request.digest,
    decisions: decisions.map(({ user, action, revision, digest, at, reason }) => ({
      user,
      action,
      revision,
      digest,
      at,
      ...(reason !== undefined && { reason }),
    })),
    operations: view.steps
      .filter((step) => changes.has(step.id))
      .map(({ what, state, endedAt }) => ({ what, state, ...(endedAt !== undefined && { at: endedAt }) })),
    ...(view.startedAt !== undefined && { startedAt: view.startedAt }),
    ...(view.endedAt !== undefined && { endedAt: view.endedAt }),
    ...(result !== undefined && { result }),
  };
}

/** By exact name or by a beginning that only one site has, case ignored; a site is one, whatever it was called over time. */
async function siteOf(
  store: Store,
  { site: typed, siteId }: { readonly site?: string; readonly siteId?: string },
): Promise<Result<SiteRef | undefined>> {
  if (typed === undefined && siteId === undefined) return ok(undefined);
  const sites = new Map<string, SiteRef>();
  for (const row of await store.requests.headlines(LOOKED_AT)) {
    if (!sites.has(row.siteId)) sites.set(row.siteId, { id: row.siteId, name: row.siteName });
  }
  if (siteId !== undefined) return ok(sites.get(siteId) ?? { id: siteId, name: 'this site' });
  const found = byName([...sites.values()], ({ name }) => name, typed ?? '');
  const [only] = found;
  if (!only) return failed(noHistory(typed ?? ''));
  return found.length === 1 ? ok(only) : failed(ambiguous(typed ?? '', found));
}

function noHistory(typed: string): Failure {
  return {
    code: 'flow.no_history',
    message: 'no request for such a site',
    hint: `Nobody has asked for anything at a site "${typed.slice(0, 60)}". Without a site, /sse history lists every request.`,
    retryable: false,
  };
}

function ambiguous(typed: string, found: readonly SiteRef[]): Failure {
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : '';
  return {
    code: 'flow.site_ambiguous',
    message: 'several sites match',
    hint: `Several sites begin with "${typed.slice(0, 60)}": ${found
      .slice(0, NAMED)
      .map(({ name }) => name)
      .join(', ')}${more}. Type more of the name.`,
    retryable: false,
  };
}
