import type { RequestRow, Store } from '../../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { RequestRef } from '../types.ts';

/** Requests that are looked through; whatever is open is among them. */
const RECENT = 1000;
/** Shorter beginnings of an ID say nothing. */
const SHORTEST = 4;

/** Finds a request by its ID, a unique beginning of it, or the name of the site whose open request it is. No remote call. */
export async function findRequest(store: Store, typed: string): Promise<Result<RequestRef>> {
  const text = typed.trim();
  const exact = await store.requests.get(text);
  if (exact) return ok(refOf(exact));
  const recent = await store.requests.recent(RECENT);
  const wanted = text.toLowerCase();
  const named = recent.filter((r) => isOpen(r) && r.siteName.toLowerCase() === wanted);
  const begun = wanted.length < SHORTEST ? [] : recent.filter((r) => r.id.toLowerCase().startsWith(wanted));
  const found = named.length > 0 ? named : begun;
  const [only] = found;
  if (!only) return failed(unknown(text));
  return found.length === 1 ? ok(refOf(only)) : failed(ambiguous(text, found));
}

function isOpen({ state }: RequestRow): boolean {
  return state === 'planned' || state === 'running' || state === 'needs-decision';
}

function refOf({ id, requester, siteName, state }: RequestRow): RequestRef {
  return { id, requester, siteName, isRunning: state === 'running' };
}

function unknown(text: string): Failure {
  return {
    code: 'flow.request_unknown',
    message: 'no such request',
    hint: `There is no request "${text}", and no open one for a site of that name.`,
    retryable: false,
  };
}

function ambiguous(text: string, found: readonly RequestRow[]): Failure {
  const some = found.slice(0, 5).map((r) => `${r.id} (${r.verb} ${r.siteName})`);
  return {
    code: 'flow.request_ambiguous',
    message: 'several requests match',
    hint: `Several requests match "${text}": ${some.join(', ')}. Type more of the ID.`,
    retryable: false,
  };
}
