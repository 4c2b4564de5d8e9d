import type { RequestRow, RunRow, Store } from '../../db/types.ts';
import { frozenSentence, stateSentence } from './approval-rules.ts';
import { accepted, decisionNotes, UNKNOWN } from './decision-notes.ts';
import type { Executor } from './engine/executor.ts';
import { LEFT_BEHIND } from './engine/unwind.ts';
import type { FlowParts } from './parts.ts';
import { whyNotUndoable } from './removal/undoable.ts';
import type { RequestVerb } from './request-verb.ts';
import type { Actor, DecisionAnswer } from './types.ts';

/** Decisions about runs. Each is one compare-and-set on rows: of many clicks exactly one takes effect. */
export interface RunDecisionFlow {
  retry(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  rollBack(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  keep(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** Asks a run that goes forward to stop after the step that is going on; its card then asks what to do with it. */
  stop(actor: Actor, requestId: string): Promise<DecisionAnswer>;
}

type Action = 'retry' | 'rollback' | 'keep';

/** Makes them over the rows of `parts.store`. */
export function createRunDecisionFlow(
  parts: FlowParts,
  executor: Pick<Executor, 'retry' | 'rollBack' | 'keep' | 'wake'>,
  verbOf: (name: string) => RequestVerb,
): RunDecisionFlow {
  const { store, clock } = parts;
  const { decisionOf, note, refuse, unknown } = decisionNotes(clock);

  /** The parked run gets its new state, the request follows, then the run is looked at. */
  async function resolve(actor: Actor, requestId: string, action: Action): Promise<DecisionAnswer> {
    const outcome = await store
      .transaction(async (tx): Promise<DecisionAnswer | { readonly look: string }> => {
        const request = await tx.requests.lock(requestId);
        if (!request) return unknown(tx, actor, action, requestId);
        const no = (why: string) => refuse(tx, actor, action, requestId, why);
        if (request.state !== 'needs-decision') {
          return no(`${await stateSentence(tx, request)} There is nothing to decide.`);
        }
        const runs = await tx.runs.ofRequest(requestId);
        const parked = runs.find((r) => r.state === 'needs-decision') ?? runs.find((r) => r.state === 'kept');
        const change = runs.find((r) => r.kind === 'change');
        if (!parked || !change) return no(UNKNOWN.message);
        const whyNot = action === 'rollback' ? whyNotUndoable(await tx.runs.steps(change.id)) : undefined;
        if (whyNot !== undefined) return no(whyNot);
        const freeze = await tx.freezes.get();
        // Going on forward is a change; going back, and leaving everything as it is, are not.
        if (action === 'retry' && freeze?.isOn && parked.kind === 'change' && !parked.unwinding) {
          return no(`${frozenSentence(freeze)} Roll back and Keep stay possible.`);
        }
        await decideRun(parked, change, action);
        await tx.decisions.record(decisionOf(request, actor, action));
        await moveRequest(tx, request, change, action);
        await note(tx, request, actor, action);
        return { look: action === 'rollback' ? change.id : parked.id };
      })
      .catch((error: unknown) => {
        if (!(error instanceof NotDecided)) throw error;
        const { message } = error;
        return store.transaction((tx) => refuse(tx, actor, action, requestId, message));
      });
    if ('kind' in outcome) return outcome;
    executor.wake(outcome.look);
    const words = {
      retry: 'Trying again.',
      rollback: 'Rolling back, in reverse order.',
      keep: 'Kept as it is.',
    };
    return accepted(`${words[action]} The card follows.`);
  }

  /** The run's own compare-and-set; a second look that is rolled back ends, and its change is unwound instead. */
  async function decideRun(parked: RunRow, change: RunRow, action: Action): Promise<void> {
    const isSecondLook = parked.kind === 'second-look';
    const taken =
      action === 'retry'
        ? await executor.retry(parked.id)
        : action === 'keep' || isSecondLook
          ? await executor.keep(parked.id)
          : await executor.rollBack(parked.id);
    if (!taken)
      throw new NotDecided(
        parked.state === 'kept' && action === 'keep'
          ? 'It is kept already.'
          : 'Somebody else has just decided, or another run holds this device.',
      );
    if (isSecondLook && action === 'rollback' && !(await executor.rollBack(change.id))) {
      throw new NotDecided('Another run holds this device; try again when it is finished.');
    }
  }

  async function moveRequest(tx: Store, request: RequestRow, change: RunRow, action: Action): Promise<void> {
    if (action !== 'keep') {
      await tx.requests.move(request.id, ['needs-decision'], 'running', { reason: null });
      return;
    }
    if (change.failure?.code === LEFT_BEHIND) {
      const reason = `Kept. ${change.failure.hint}`;
      await tx.requests.move(request.id, ['needs-decision'], 'needs-decision', { reason });
      return;
    }
    const steps = await tx.runs.steps(change.id);
    const kept = await verbOf(request.verb).kept?.(tx, change, steps, request);
    const { state, reason } = kept ?? { state: 'needs-decision', reason: KEPT_HALF_WAY };
    await tx.requests.move(request.id, ['needs-decision'], state, { reason });
  }

  async function stop(actor: Actor, requestId: string): Promise<DecisionAnswer> {
    const stopped = await store.transaction(
      async (tx): Promise<DecisionAnswer | { readonly look: string }> => {
        const request = await tx.requests.lock(requestId);
        if (!request) return unknown(tx, actor, 'stop', requestId);
        const no = (why: string) => refuse(tx, actor, 'stop', requestId, why);
        if (request.state !== 'running') return no(await stateSentence(tx, request));
        const change = (await tx.runs.ofRequest(requestId)).find((r) => r.kind === 'change');
        if (change?.state === 'unwinding') return no('It is being rolled back already.');
        if (!change || !(await tx.runs.askToStop(change.id, actor.user, clock.now()))) {
          return no('It has just come to its end; see its card.');
        }
        await note(tx, request, actor, 'stop');
        return { look: change.id };
      },
    );
    if ('kind' in stopped) return stopped;
    executor.wake(stopped.look);
    return accepted(
      'It stops after the step that is going on. The card then asks: Roll back or Keep. If that step is the last one, the run ends as usual.',
    );
  }

  return {
    retry: (actor, id) => resolve(actor, id, 'retry'),
    rollBack: (actor, id) => resolve(actor, id, 'rollback'),
    keep: (actor, id) => resolve(actor, id, 'keep'),
    stop,
  };
}

const KEPT_HALF_WAY = 'Kept half-way. Retry goes on from here.';

/** Rolls the decision's transaction back; the message is for the person who clicked. */
class NotDecided extends Error {}
