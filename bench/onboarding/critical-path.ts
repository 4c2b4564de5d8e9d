import { endOf, type VendorCall } from '../world/vendor-calls.ts';

/** A call of the path with the time that passed between the answer before it and its own beginning. */
export interface PathStep {
  readonly call: VendorCall;
  readonly gapMs: number;
}

/** Arrival times are whole milliseconds, so a call may seem to begin a little before what it waited for ended. */
const TOLERANCE_MS = 2;

/** Of answers that came this close together the same vendor's is the likelier cause: most calls follow one to the same side. */
const TOGETHER_MS = 25;

/**
 * What the time from `start` to the end of `last` was spent on: backwards from `last`, always the call that was answered latest
 * before the one in hand began. Calls beside the path do not appear; a long gap is time in which no vendor was waited for.
 */
export function criticalPath(calls: readonly VendorCall[], start: number, last: VendorCall): PathStep[] {
  const path: VendorCall[] = [];
  for (let call: VendorCall | undefined = last; call; call = cause(calls, start, call)) path.unshift(call);
  return path.map((call, index) => {
    const before = path[index - 1];
    return { call, gapMs: Math.max(0, call.at - (before ? endOf(before) : start)) };
  });
}

function cause(calls: readonly VendorCall[], start: number, of: VendorCall): VendorCall | undefined {
  const answered = calls
    .filter((call) => call.at >= start && call.at < of.at && endOf(call) <= of.at + TOLERANCE_MS)
    .toSorted((a, b) => endOf(b) - endOf(a));
  const [latest] = answered;
  if (!latest) return undefined;
  const own = answered.find((call) => call.system === of.system);
  return own && endOf(latest) - endOf(own) <= TOGETHER_MS ? own : latest;
}
