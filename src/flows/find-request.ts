import type { RequestHeadline, RequestRow, Store } from '../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../base/failure.ts';
import { rootId } from './anew-id.ts';
import { byName } from './by-name.ts';
import type { RequestRef } from './types.ts';

/** Far more requests than people look back at. */
const LOOKED_AT = 5000;
const NAMED = 5;
/** Shorter beginnings of an ID are no ID: they would hide a site of that name. */
const SHORTEST_ID = 4;

const OPEN: readonly RequestRow['state'][] = ['planned', 'running', 'needs-decision'];

/**
 * The request that somebody means by its ID, by an unambiguous beginning of it (four characters or more), or by a site's name or the
 * beginning of one: then the open request's, else the newest one's. Read from rows alone.
 */
export async function findRequest(store: Store, typed: string): Promise<Result<RequestRow>> {
  return find(store, typed, (all, wanted) => {
    const named = byName(all, (r) => r.siteName, wanted);
    return only(named, (r) => r.siteId, typed, UNKNOWN);
  });
}

/** The same for whoever stops one: by a site's whole name, and only while that site has exactly one open request. */
export async function findOpenRequest(store: Store, typed: string): Promise<Result<RequestRef>> {
  const found = await find(store, typed, (all, wanted) => {
    const named = all.filter((r) => OPEN.includes(r.state) && r.siteName.toLowerCase() === wanted);
    return only(named, (r) => r.id, typed, UNKNOWN_OPEN);
  });
  if (!found.ok) return found;
  const { id, requester, siteName, state } = found.value;
  return ok({ id, requester, siteName, isRunning: state === 'running' });
}

async function find(
  store: Store,
  typed: string,
  bySite: (all: readonly RequestHeadline[], wanted: string) => Result<string>,
): Promise<Result<RequestRow>> {
  const text = typed.trim();
  const exact = await store.requests.get(text);
  if (exact) return ok(exact);
  const wanted = text.toLowerCase();
  if (wanted === '') return failed(unknown(text, UNKNOWN));
  const all = await store.requests.headlines(LOOKED_AT);
  const begun = wanted.length < SHORTEST_ID ? [] : all.filter((r) => r.id.toLowerCase().startsWith(wanted));
  const id = begun.length > 0 ? only(begun, (r) => rootId(r.id), text, UNKNOWN) : bySite(all, wanted);
  if (!id.ok) return id;
  const request = await store.requests.get(id.value);
  return request ? ok(request) : failed(unknown(text, UNKNOWN));
}

/** The open one, else the newest, where all belong together. */
function only(
  found: readonly RequestHeadline[],
  groupOf: (request: RequestHeadline) => string,
  typed: string,
  whereNone: string,
): Result<string> {
  const [newest] = found;
  if (newest === undefined) return failed(unknown(typed.trim(), whereNone));
  if (new Set(found.map(groupOf)).size > 1) return failed(ambiguous(found, typed.trim()));
  return ok((found.find((r) => OPEN.includes(r.state)) ?? newest).id);
}

function ambiguous(found: readonly RequestHeadline[], text: string): Failure {
  const shown = found.slice(0, NAMED).map((r) => `${r.id} (${r.siteName}, ${r.state})`);
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : '';
  return {
    code: 'flow.request_ambiguous',
    message: 'several requests match',
    hint: `Several requests match "${text}": ${shown.join(', ')}${more}. Type more of the ID or of the name.`,
    retryable: false,
  };
}

const UNKNOWN = 'Its ID stands at the bottom of its card; the name of a site with a request works too.';
const UNKNOWN_OPEN =
  'Its ID stands at the bottom of its card; the name of a site works where it has an open request.';

function unknown(text: string, how: string): Failure {
  return {
    code: 'flow.request_unknown',
    message: 'no such request',
    hint: `There is no request "${text}". ${how}`,
    retryable: false,
  };
}
