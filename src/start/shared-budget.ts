import type { BudgetStore } from '../../db/types.ts';
import type { VendorPause } from '../base/vendor-pause.ts';
import type { Budget } from '../integrations/mist/budget.ts';

const HOUR_MS = 3_600_000;
/** How far the processes' figures may be apart. */
const SYNC_MS = 5000;

/** Keeps the count of one token's calls, and what its vendor asked for, together over all processes that share the database. */
export interface SharedBudget {
  /** Adds what was sent here since the last time, and learns what the others sent and until when nobody may call. */
  sync(): Promise<void>;
  start(): void;
  stop(): void;
}

export interface SharedBudgetOptions {
  /** Of the vendor and its token; never the token itself. */
  readonly name: string;
  /** Absent where the vendor has no allowance to count. */
  readonly budget?: Budget;
  readonly pause: VendorPause;
  readonly rows: BudgetStore;
  readonly clock: { now(): number };
  readonly onError: (error: unknown) => void;
}

export function createSharedBudget(options: SharedBudgetOptions): SharedBudget {
  const { name, budget, pause, rows, clock, onError } = options;
  let told = { period: -1, used: 0 };
  let timer: NodeJS.Timeout | undefined;

  async function sync(): Promise<void> {
    const period = Math.floor(clock.now() / HOUR_MS);
    const { used, limit } = budget?.usage() ?? { used: 0, limit: 0 };
    const before = told.period === period ? told.used : 0;
    const row = await rows.share(name, {
      period,
      used: Math.max(0, used - before),
      allowed: limit,
      blockedUntil: pause.until(),
    });
    pause.learn(row.blockedUntil);
    if (!budget || row.period !== period) return;
    // Calls that were sent meanwhile are told the next time.
    const meanwhile = Math.max(0, budget.usage().used - used);
    budget.learn({ used: row.used + meanwhile, limit: row.allowed });
    told = { period, used: row.used };
  }

  return {
    sync,
    start() {
      timer = setInterval(() => void sync().catch(onError), SYNC_MS);
      timer.unref();
      pause.onAsked(() => void sync().catch(onError));
      void sync().catch(onError);
    },
    stop: () => clearInterval(timer),
  };
}
