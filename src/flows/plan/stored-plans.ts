import type { Json, Store } from '../../../db/types.ts';
import { ok, type Result } from '../../base/failure.ts';
import { findRequest } from '../find-request.ts';
import { planFile } from './plan-file.ts';

/** A stored plan, for whoever wants to see it again. */
export interface StoredPlan {
  readonly requestId: string;
  readonly file: Json;
}

/** The plan of the request that somebody means; how one may name it says {@link findRequest}. Read from rows alone. */
export async function findStoredPlan(store: Store, typed: string): Promise<Result<StoredPlan>> {
  const found = await findRequest(store, typed);
  return found.ok ? ok({ requestId: found.value.id, file: planFile(found.value) }) : found;
}
