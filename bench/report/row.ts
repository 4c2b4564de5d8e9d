/** What a row must reach; both bounds are inclusive. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One measured figure with its target. */
export interface Row {
  /** Stable name, such as `onboarding.option-3`: under it the figure is kept in `bench/results.json`. */
  readonly id: string;
  readonly what: string;
  readonly measured: number;
  /** Appended to the figure; ratios and counts have none. */
  readonly unit?: string;
  readonly target: Target;
}

/** What one benchmark found out. */
export interface Report {
  readonly rows: readonly Row[];
  /** Lines below the table that explain the figures: single calls, medians, what was left out. */
  readonly details: readonly string[];
}

/** A benchmark; `npm run bench -- --only=<id>` runs it alone. */
export interface Bench {
  readonly id: string;
  readonly title: string;
  /** Takes seconds to minutes. Throws where nothing could be measured. */
  run(): Promise<Report>;
}

export function isMet({ measured, target }: Row): boolean {
  return 'atMost' in target ? measured <= target.atMost : measured >= target.atLeast;
}

/** `3.25`, `12`, `41.0 MB`. */
export function figureText(value: number, unit?: string): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
  return unit === undefined ? text : `${text} ${unit}`;
}

export function targetText({ target, unit }: Pick<Row, 'target' | 'unit'>): string {
  const [sign, value] = 'atMost' in target ? ['≤', target.atMost] : ['≥', target.atLeast];
  return `${sign} ${figureText(value, unit)}`;
}
