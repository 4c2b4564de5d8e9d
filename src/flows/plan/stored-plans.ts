import type { Json, RequestHeadline, RequestRow, Store } from '../../../db/types.ts';
import { failed, ok, type Result } from '../../base/failure.ts';
import { planFile } from './plan-file.ts';

/** Far more requests than people look back at. */
const LOOKED_AT = 5000;
const NAMED = 5;
/** Shorter beginnings of an ID are no ID: they would hide a site of that name. */
const SHORTEST_ID = 4;

const OPEN: readonly RequestRow['state'][] = ['planned', 'running', 'needs-decision'];

/** A stored plan, for whoever wants to see it again. */
export interface StoredPlan {
  readonly requestId: string;
  readonly file: Json;
}

/**
 * The plan that somebody means by a request's ID, by an unambiguous beginning of it (four characters or more), or by a site's name:
 * then the open request's, else the newest one's. Read from rows alone.
 */
export async function findStoredPlan(store: Store, typed: string): Promise<Result<StoredPlan>> {
  const text = typed.trim();
  const exact = await store.requests.get(text);
  const id = exact ? ok(exact.id) : pick(await store.requests.headlines(LOOKED_AT), text);
  if (!id.ok) return id;
  const request = exact ?? (await store.requests.get(id.value));
  return request ? ok({ requestId: request.id, file: planFile(request) }) : failed(unknown(text));
}

function pick(all: readonly RequestHeadline[], text: string): Result<string> {
  const wanted = text.toLowerCase();
  if (wanted === '') return failed(unknown(text));
  const begun = wanted.length < SHORTEST_ID ? [] : all.filter((r) => r.id.toLowerCase().startsWith(wanted));
  const named = all.filter((r) => r.siteName.toLowerCase() === wanted);
  const alike = all.filter((r) => r.siteName.toLowerCase().startsWith(wanted));
  if (begun.length > 0) return only(begun, (r) => rootOf(r.id), text);
  return only(named.length > 0 ? named : alike, (r) => r.siteId, text);
}

/** The open one, else the newest, where all belong together. */
function only(
  found: readonly RequestHeadline[],
  groupOf: (request: RequestHeadline) => string,
  text: string,
): Result<string> {
  const [newest] = found;
  if (newest === undefined) return failed(unknown(text));
  if (new Set(found.map(groupOf)).size > 1) return failed(ambiguous(found, text));
  return ok((found.find((r) => OPEN.includes(r.state)) ?? newest).id);
}

/** A plan that was made anew because the live state had moved has the old one's ID with a suffix. */
function rootOf(id: string): string {
  return id.replace(/(-again)+$/, '');
}

function ambiguous(found: readonly RequestHeadline[], text: string) {
  const shown = found.slice(0, NAMED).map((r) => `${r.id} (${r.siteName}, ${r.state})`);
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : '';
  return {
    code: 'flow.request_ambiguous',
    message: 'several requests match',
    hint: `Several requests match "${text}": ${shown.join(', ')}${more}. Type more of the ID or of the name.`,
    retryable: false,
  };
}

function unknown(text: string) {
  return {
    code: 'flow.request_unknown',
    message: 'no such request',
    hint: `There is no request "${text}". Its ID stands at the bottom of its card; the name of a site with a request works too.`,
    retryable: false,
  };
}
