/** The value below which the share `p` (0 to 1) of the values lies, by nearest rank. Throws for no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(p * sorted.length)));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('no values');
  return value;
}

/** The middle value; of an even number the mean of the two in the middle. Throws for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('no values');
  return (lower + upper) / 2;
}

/** How long at least one of the spans was going on, within `from` and `to`. */
export function coveredMs(
  spans: readonly { readonly at: number; readonly ms: number }[],
  from: number,
  to: number,
): number {
  let covered = 0;
  let until = from;
  for (const { at, ms } of spans.toSorted((a, b) => a.at - b.at)) {
    const end = Math.min(to, at + ms);
    covered += Math.max(0, end - Math.max(until, at));
    until = Math.max(until, end);
  }
  return covered;
}
