import { bugFailure } from './trouble.ts';
import { afterWaiting } from './wait-step.ts';
import type { Operation, PlannedOperation } from './types.ts';
import { afterTrouble, attempt, contextOf, fail, succeed, type Outcome, type Work } from './work.ts';

/**
 * One try of a change: look, and only where nothing is there, journal the intent, do it, journal the result. Every further
 * try, after a failure, a lost answer or a crash, begins with a look again.
 */
export async function runChange(work: Work, op: PlannedOperation, operation: Operation): Promise<Outcome> {
  const askedAt = work.clock.now();
  const look = await attempt(work, op, 'look', () => operation.look(contextOf(work, op)));
  if (!look.ok) return afterTrouble(work, op, look.trouble);
  switch (look.value.state) {
    case 'done':
      return succeed(work, op, 'found', look.value.output);
    case 'refused':
      return fail(work, op, look.value.failure);
    case 'waiting':
      return afterWaiting(work, op, operation, look.value, askedAt);
    case 'absent':
      return carryOut(work, op, operation);
  }
}

async function carryOut(work: Work, op: PlannedOperation, operation: Operation): Promise<Outcome> {
  const { hold, clock } = work;
  const carry = operation.do?.bind(operation);
  if (!carry) return fail(work, op, bugFailure(`operation ${op.kind} cannot be done`));
  const before = hold.step(op.id);
  await hold.write(op, 'intent', {
    state: 'doing',
    intended: true,
    // Until the result is journaled nobody can know it: this is what a crash leaves behind.
    uncertain: true,
    notBefore: null,
    ...(before.startedAt === undefined && { startedAt: clock.now() }),
  });
  let sent = 0;
  const done = await attempt(work, op, 'do', () => carry(contextOf(work, op, () => (sent += 1))));
  if (done.ok) return succeed(work, op, 'result', done.value);
  // A plain refusal is a known result, unless an earlier call of this step may have made something: in a try whose answer
  // was lost, or in this one before the call that was refused.
  const uncertain = done.trouble.uncertain || before.uncertain === true || sent > 1;
  return afterTrouble(work, op, done.trouble, uncertain);
}
