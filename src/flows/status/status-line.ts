/** Counts of one site; undefined = could not be read. */
export interface StatusCounts {
  readonly tunnelsUp: number | undefined;
  readonly tunnelsExpected: number | undefined;
  readonly neighborsUp: number | undefined;
  readonly neighborsExpected: number | undefined;
  readonly routes: number | undefined;
}

/** `<site>: tunnels 2/2, BGP 4/4, routes 812`; what could not be read is `?`. The one-line form that rigs and people rely on. */
export function statusLine(siteName: string, counts: StatusCounts): string {
  const show = (value: number | undefined): string => (value === undefined ? '?' : String(value));
  const tunnels = `${show(counts.tunnelsUp)}/${show(counts.tunnelsExpected)}`;
  const neighbors = `${show(counts.neighborsUp)}/${show(counts.neighborsExpected)}`;
  return `${siteName}: tunnels ${tunnels}, BGP ${neighbors}, routes ${show(counts.routes)}`;
}
