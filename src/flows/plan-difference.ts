import type { RequestRow } from '../../db/types.ts';
import type { ChangeWindow } from '../design/change-window.ts';
import { windowWords } from '../design/window-words.ts';
import type { SiteDesign } from '../design/types.ts';
import { factsOf } from './request-view.ts';
import type { Plan, PlannedChange } from './plan/types.ts';
import type { PreflightItem } from './types.ts';

/** More would not be read. */
const MOST_LINES = 40;

/**
 * What is different between a stored plan and the one that takes its place, as diff lines: what was asked for, what moved in the
 * live state by name, checks with another verdict, and the lines of the plan. Never a value from a vendor's configuration.
 */
export function planDifference(
  before: Pick<RequestRow, 'design' | 'plan' | 'preflight'>,
  after: PlannedChange,
): readonly string[] {
  const old = before.plan as unknown as Plan;
  const lines = [
    ...changedFacts(factsIn(old, before.design), factsIn(after.plan, after.design)),
    ...movedParts(old.basis ?? {}, after.plan.basis ?? {}),
    ...changedVerdicts(before.preflight as unknown as readonly PreflightItem[], after.preflight),
    ...changedLines(linesOf(old), linesOf(after.plan)),
  ];
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more`];
}

/** The same for its change window; nothing where that is as it was. */
export function windowDifference(
  before: ChangeWindow | undefined,
  after: ChangeWindow | undefined,
  zone: string,
): readonly string[] {
  const words = (window: ChangeWindow | undefined): string =>
    window ? windowWords(window, zone) : 'none, it starts when it is approved';
  const [was, is] = [words(before), words(after)];
  return was === is ? [] : [`~ Change window: ${was} → ${is}`];
}

type Facts = readonly (readonly [label: string, value: string])[];

function factsIn(plan: Plan, design: unknown): Facts {
  return plan.facts ?? factsOf(design as SiteDesign);
}

function changedFacts(before: Facts, after: Facts): string[] {
  const old = new Map(before);
  const now = new Map(after);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((label) => {
    const [was, is] = [old.get(label), now.get(label)];
    return was === is ? [] : [`~ ${label}: ${was ?? '–'} → ${is ?? '–'}`];
  });
}

function movedParts(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((name) => {
    if (before[name] === after[name]) return [];
    const what = before[name] === undefined ? 'added' : after[name] === undefined ? 'removed' : 'changed';
    return [`! in Mist: ${name} was ${what}`];
  });
}

function changedVerdicts(before: readonly PreflightItem[], after: readonly PreflightItem[]): string[] {
  const old = new Map(before.map((item) => [item.id, item]));
  return after.flatMap((item) => {
    const was = old.get(item.id)?.verdict;
    return was === item.verdict
      ? []
      : [`! ${item.what}: ${was ?? 'not checked'} → ${item.verdict} (${item.seen})`];
  });
}

function linesOf(plan: Plan): readonly string[] {
  return plan.operations.flatMap((op) => [
    ...op.before.map((line) => (/^[-+~!=] /.test(line) ? line : `- ${line}`)),
    ...op.after.map((line) => (/^[-+~!=] /.test(line) ? line : `+ ${line}`)),
  ]);
}

function changedLines(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `no longer: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `now: ${line}`),
  ];
}
