/** What a fault does to the calls that it matches. */
export type FaultAction =
  /** Answer instead of carrying the call out. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** Refuse the call and quote it back, keys and all, as a careless provider may. */
  | { kind: 'echo'; status: number }
  /** Carry the call out, then answer this instead of the real answer. */
  | { kind: 'answer-after'; status: number; headers?: Record<string, string>; body?: string }
  /** Close the connection before the call is carried out. */
  | { kind: 'reset-before' }
  /** Carry the call out, then close the connection without an answer. */
  | { kind: 'reset-after' }
  /** Carry the call out and answer truthfully, but late by `delayMs` of the fault. */
  | { kind: 'slow' };

/** A fault that the control API or a test plants. `path` is a regular expression over the path without its query. */
export interface Fault {
  id: string;
  method?: string;
  path?: string;
  /** Let this many matching calls through first. */
  skip?: number;
  /** How many calls it hits, then it is spent. Default 1; -1 = until removed. */
  times?: number;
  delayMs?: number;
  action: FaultAction;
}

/** The faults planted on one simulator, in planting order; the first that matches wins. */
export class FaultBook {
  #faults: { fault: Fault; skipped: number; hits: number }[] = [];
  #next = 1;

  plant(fault: Omit<Fault, 'id'> & { id?: string }): Fault {
    const full: Fault = { ...fault, id: fault.id ?? `fault-${this.#next++}` };
    this.#faults.push({ fault: full, skipped: 0, hits: 0 });
    return full;
  }

  remove(id?: string): void {
    this.#faults = id === undefined ? [] : this.#faults.filter((f) => f.fault.id !== id);
  }

  list(): { fault: Fault; hits: number }[] {
    return this.#faults.map(({ fault, hits }) => ({ fault, hits }));
  }

  /** The fault for this call, counted as a hit; undefined where none applies. */
  take(method: string, path: string): Fault | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.method !== undefined && fault.method.toUpperCase() !== method.toUpperCase()) continue;
      if (fault.path !== undefined && !new RegExp(fault.path, 'i').test(path)) continue;
      const times = fault.times ?? 1;
      if (times >= 0 && entry.hits >= times) continue;
      if (entry.skipped < (fault.skip ?? 0)) {
        entry.skipped += 1;
        continue;
      }
      entry.hits += 1;
      return fault;
    }
    return undefined;
  }
}
