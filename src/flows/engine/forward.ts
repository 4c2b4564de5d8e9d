import type { StepRow } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import { runChange } from './change-step.ts';
import { cancelledFailure } from './cancelled.ts';
import { bugFailure } from './trouble.ts';
import type { Operation, PlannedOperation } from './types.ts';
import { runWait } from './wait-step.ts';
import type { Outcome, Work } from './work.ts';

/** What going forward came to. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'parked'; readonly until: number }
  /** The process is stopping; whoever comes next goes on. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly then: 'unwind' | 'ask' };

/**
 * Carries out every operation whose needs are done, side by side, and those that become ready by it, until nothing is left
 * to do now. After a final failure nothing new is begun, but what is going on is finished first.
 */
export async function goForward(work: Work): Promise<Verdict> {
  const running = new Map<string, Promise<void>>();
  const looked = new Set<string>();
  const parked: number[] = [];
  let broken: { readonly error: unknown } | undefined;

  async function carry(op: PlannedOperation): Promise<void> {
    try {
      const outcome = await runOne(work, op);
      if (outcome.kind === 'parked') parked.push(outcome.until);
    } catch (error) {
      broken ??= { error };
    } finally {
      running.delete(op.id);
    }
  }

  for (;;) {
    if (!broken && !work.stopping.aborted && !isStopAsked(work) && failedSteps(work).length === 0) {
      for (const op of work.plan) {
        if (looked.has(op.id) || !isReady(work, op)) continue;
        looked.add(op.id);
        const until = waitsUntil(work, stepOf(work, op));
        if (until === undefined) running.set(op.id, carry(op));
        else parked.push(until);
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }

  if (broken) throw broken.error;
  const failed = failedSteps(work);
  if (failed.length > 0) return verdictOf(work, failed);
  if (work.plan.every((op) => stepOf(work, op).state === 'done')) return { kind: 'done' };
  if (isStopAsked(work)) return stoppedByPerson(work);
  if (work.stopping.aborted) return { kind: 'stopped' };
  if (parked.length > 0) return { kind: 'parked', until: Math.min(...parked) };
  return {
    kind: 'failed',
    failure: bugFailure('the plan has operations that never become ready'),
    then: 'ask',
  };
}

/** As of the last write: whatever a step has just journaled, somebody may have asked before it. */
function isStopAsked(work: Work): boolean {
  return work.hold.run.stopBy !== undefined;
}

/** Where nothing has been begun there is nothing to decide. */
function stoppedByPerson(work: Work): Verdict {
  const begun = work.hold.steps().some((step) => step.intended);
  return { kind: 'failed', failure: cancelledFailure(begun), then: begun ? 'ask' : 'unwind' };
}

function runOne(work: Work, op: PlannedOperation): Promise<Outcome> {
  const operation = operationOf(work, op);
  return operation.mode === 'wait' ? runWait(work, op, operation) : runChange(work, op, operation);
}

/** The implementation of an operation. The plan was checked before: each has one. */
export function operationOf(work: Work, op: PlannedOperation): Operation {
  const operation = work.operations.get(op.kind);
  if (!operation) throw new Error(`no operation of kind ${op.kind}`);
  return operation;
}

function stepOf(work: Work, op: PlannedOperation): StepRow {
  return work.hold.step(op.id);
}

function isReady(work: Work, op: PlannedOperation): boolean {
  const { state } = stepOf(work, op);
  if (state !== 'pending' && state !== 'doing') return false;
  return op.needs.every((id) => work.hold.step(id).state === 'done');
}

/** Until when a step must be left alone: a backoff always, a poll only where nobody asked for an early look. */
function waitsUntil(work: Work, step: StepRow): number | undefined {
  if (step.notBefore === undefined || step.notBefore <= work.clock.now()) return undefined;
  return work.early && step.failure === undefined ? undefined : step.notBefore;
}

function failedSteps(work: Work): readonly StepRow[] {
  return work.hold.steps().filter((step) => step.state === 'failed');
}

/** Unwinding wins: a wait that would ask is of no interest where a change was refused. */
function verdictOf(work: Work, failed: readonly StepRow[]): Verdict {
  const asks = (step: StepRow) => {
    const op = work.plan.find((other) => other.id === step.opId);
    return op !== undefined && operationOf(work, op).onFailure === 'ask';
  };
  const decisive = failed.find((step) => !asks(step)) ?? failed[0];
  const failure = decisive?.failure ?? bugFailure('a step failed without a reason');
  return { kind: 'failed', failure, then: decisive && asks(decisive) ? 'ask' : 'unwind' };
}
