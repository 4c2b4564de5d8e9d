import type { Json, RequestRow, RequestState, Reservation, RunRow, StepRow, Store } from '../../db/types.ts';
import type { Result } from '../base/failure.ts';
import type { PlannedChange } from './plan/types.ts';

/** What the end of a run of this verb means; all in the transaction that ends it. */
export interface RunEnd {
  /** The run has reached its end: what becomes of the site and the registry. Returns the request's state and what its card shows. */
  succeeded(
    store: Store,
    run: RunRow,
    steps: readonly StepRow[],
    request: RequestRow,
  ): Promise<{ readonly state: RequestState; readonly outcome?: Json; readonly reason?: string }>;
  /** The run has been rolled back, or failed before it did anything. */
  ended?(store: Store, run: RunRow, request: RequestRow): Promise<void>;
}

/** What a verb that changes things contributes to requests; everything else is the same for all of them. */
export interface RequestVerb extends RunEnd {
  /**
   * Makes the plan of a request from the live state as it is now; equal inputs over an unchanged state give an equal digest. `plan`: the one
   * it has. `isCompared`: nobody will see the new one, so what only a card tells need not be read.
   */
  plan(
    request: Pick<RequestRow, 'id' | 'siteId' | 'inputs'> & Partial<Pick<RequestRow, 'plan'>>,
    isCompared?: boolean,
  ): Promise<Result<PlannedChange>>;
  /** What a request of this verb reserves; nothing where it is missing. */
  reservations?(
    request: Pick<RequestRow, 'id' | 'siteId' | 'siteName'>,
    design: Json,
  ): readonly Reservation[];
  /** May be asked for beside a request whose run was kept as it was, with things left behind. */
  readonly besideKept?: true;
  /** Called in the transaction that starts the run. */
  started?(store: Store, request: RequestRow): Promise<void>;
  /** What Keep makes of a run that stopped half-way; where it is missing the request waits for Retry. */
  kept?(
    store: Store,
    run: RunRow,
    steps: readonly StepRow[],
    request: RequestRow,
  ): Promise<{ readonly state: RequestState; readonly reason: string }>;
}
