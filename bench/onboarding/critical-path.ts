import { endOf, type VendorCall } from '../world/vendor-calls.ts';

/** A call of the path with the time that passed between the answer before it and its own beginning. */
export interface PathStep {
  readonly call: VendorCall;
  readonly gapMs: number;
}

/** Arrival times are whole milliseconds, so a call may seem to begin a little before what it waited for ended. */
const TOLERANCE_MS = 2;

/**
 * What the time from `start` to the end of `last` was spent on: backwards from `last`, always the call that was answered latest
 * before the one in hand began. Calls beside the path do not appear; a long gap is time in which no vendor was waited for.
 */
export function criticalPath(calls: readonly VendorCall[], start: number, last: VendorCall): PathStep[] {
  const steps: PathStep[] = [];
  let current: VendorCall | undefined = last;
  while (current) {
    const began: number = current.at;
    const own: VendorCall = current;
    const before: VendorCall | undefined = calls
      .filter((call) => call !== own && call.at >= start && call.at < began && endOf(call) <= began + TOLERANCE_MS)
      .toSorted((a, b) => endOf(b) - endOf(a))[0];
    steps.unshift({ call: current, gapMs: Math.max(0, began - (before ? endOf(before) : start)) });
    current = before;
  }
  return steps;
}
