import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestState } from '../../db/types.ts';
import type { Entra } from '../../src/integrations/entra/types.ts';
import { BEN } from '../flows/support/asking.ts';
import { configuration } from '../flows/support/both-sides.ts';
import { composeRig, type Rig, type RigOptions } from '../flows/support/compose-rig.ts';
import { callsSince, SHORT_TIMEOUT_MS, troublesOf, type CallPoint, type Trouble } from './calls.ts';
import type { Databases } from './databases.ts';
import { foreignKeys, judge, type Tree, type Verdict } from './judge.ts';
import type { Scenario } from './scenarios.ts';

/** One disturbed change. */
export interface Cell {
  readonly point: string;
  readonly hit: boolean;
  readonly verdict: Verdict;
}

export interface MatrixOptions {
  /** How many worlds are played side by side. */
  readonly width: number;
  /** Which of the points are played, by their number; all where it is missing. */
  readonly pick?: (index: number) => boolean;
  /** Only these, by their text. */
  readonly only?: RegExp;
  /** PostgreSQL for each case; undefined: a SQLite file for each. */
  readonly databases?: Databases;
  /** A client in front of the real one: how a broken executor is brought about. */
  readonly wrapEntra?: (entra: Entra) => Entra;
}

export interface MatrixRow {
  readonly scenario: string;
  /** Calls, or crash points, that an undisturbed change has. */
  readonly found: number;
  readonly cells: readonly Cell[];
}

const PATIENCE_MS = 90_000;
/** What a request does not leave without a person. */
export const ENDS: readonly RequestState[] = [
  'onboarded',
  'offboarded',
  'rolled-back',
  'failed',
  'needs-decision',
  'void',
  'cancelled',
];

/** Each remote call of a change, met by each trouble, once, in a world of its own. */
export async function faultMatrix(scenario: Scenario, options: MatrixOptions): Promise<MatrixRow> {
  const { points, keys } = await undisturbed(scenario, options);
  const all = points.flatMap((point) => troublesOf(point).map((trouble) => ({ point, trouble })));
  const chosen = all.filter(
    ({ point, trouble }, index) =>
      (options.pick?.(index) ?? true) && (options.only?.test(textOf(point, trouble)) ?? true),
  );
  const cells = await sideBySide(chosen, options.width, ({ point, trouble }) =>
    untilMet(() => disturbed(scenario, point, trouble, keys, options)),
  );
  return { scenario: scenario.name, found: points.length, cells };
}

/** How often a case is played that did not come to its point: how many calls or points the waits of a run have is chance. */
const MOST_TRIES = 3;

/** Plays a case until its point was met, or something went wrong without it. */
export async function untilMet(play: () => Promise<Cell>): Promise<Cell> {
  for (let tries = 1; ; tries += 1) {
    const cell = await play();
    const { ended: how, notes } = cell.verdict;
    if (cell.hit || how === 'stuck' || notes.length > 0 || tries === MOST_TRIES) return cell;
  }
}

async function undisturbed(
  scenario: Scenario,
  { databases }: MatrixOptions,
): Promise<{ points: CallPoint[]; keys: Tree }> {
  return withRig({}, databases, async (rig) => {
    const id = await scenario.prepare(rig);
    const from = { entra: rig.entra.calls.length, mist: rig.mist.calls.length };
    await approve(rig, id);
    const state = await ended(rig, id);
    if (state !== scenario.ends) throw new Error(`${scenario.name} undisturbed is ${state}`);
    return { points: callsSince(rig, from), keys: foreignKeys(rig) };
  });
}

async function disturbed(
  scenario: Scenario,
  point: CallPoint,
  trouble: Trouble,
  keys: Tree,
  { wrapEntra, databases }: MatrixOptions,
): Promise<Cell> {
  const slow = (trouble.delayMs ?? 0) > SHORT_TIMEOUT_MS;
  return withRig(
    { ...(slow && { timeoutMs: SHORT_TIMEOUT_MS }), ...(wrapEntra && { wrapEntra }) },
    databases,
    async (rig) => {
      const id = await scenario.prepare(rig);
      const before = configuration(rig);
      const { system, method, path, skip } = point;
      const { name: _name, ...what } = trouble;
      const { id: fault } = rig[system].faults.plant({ method, path, skip, ...what });
      await approve(rig, id);
      const state = await ended(rig, id);
      const hit = rig[system].calls.some((call) => call.fault === fault);
      const ledger = await rig.store.ledger.live();
      return {
        point: textOf(point, trouble),
        hit,
        verdict: judge(rig, scenario, state, ledger, { before, keys }),
      };
    },
  );
}

function textOf({ system, method, path, skip }: CallPoint, { name }: Trouble): string {
  return `${system} ${method} ${path} number ${skip}: ${name}`;
}

async function withRig<T>(
  options: RigOptions,
  databases: Databases | undefined,
  work: (rig: Rig) => Promise<T>,
): Promise<T> {
  const database = await databases?.();
  const rig = await composeRig({
    ...options,
    patienceMs: PATIENCE_MS,
    ...(database && { postgres: database.url }),
  });
  try {
    // What is made a second time must show instead of being refused.
    rig.entra.settings.uniqueNames = false;
    await rig.flows.start();
    return await work(rig);
  } finally {
    await rig.close();
    await database?.drop();
  }
}

async function approve(rig: Rig, id: string): Promise<void> {
  const answer = await rig.flows.approve(BEN, id);
  if (answer.kind !== 'accepted') throw new Error(answer.message);
}

async function ended(rig: Rig, id: string): Promise<RequestState> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const state = (await rig.store.requests.get(id))?.state ?? 'failed';
    if (ENDS.includes(state) || performance.now() > end) return state;
    await sleep(10);
  }
}

/** Plays several at the same time, in order. */
export async function sideBySide<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
