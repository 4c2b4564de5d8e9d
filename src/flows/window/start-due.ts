import type { RequestRow, Store } from '../../../db/types.ts';
import { countedApprovers, frozenSentence } from '../approval-rules.ts';
import { beginRun, DeviceBusy } from '../begin-run.ts';
import { decisionNotes } from '../decision-notes.ts';
import type { Executor } from '../engine/executor.ts';
import type { FlowParts } from '../parts.ts';
import type { RequestVerb } from '../request-verb.ts';

/**
 * Begins every approved request whose change window is open, from rows alone: what was approved before a restart begins after it. A freeze, or
 * another run on the device, keeps one waiting, with that on its card, until its window closes; `expire` ends it then.
 */
export function createWindowStarts(
  parts: FlowParts,
  executor: Pick<Executor, 'wake'>,
  verbOf: (name: string) => RequestVerb,
): () => Promise<void> {
  const { store, clock, settings } = parts;
  const { note } = decisionNotes(clock);
  const bot = (request: RequestRow) => ({ user: 'bot', teamId: request.teamId });

  /** The run's ID, where it has begun. */
  async function start(tx: Store, id: string): Promise<string | undefined> {
    const request = await tx.requests.lock(id);
    if (!request || !(await isDue(tx, request))) return undefined;
    const freeze = await tx.freezes.get();
    if (freeze?.isOn) {
      await wait(tx, request, frozenSentence(freeze));
      return undefined;
    }
    const runId = await beginRun(tx, request, verbOf(request.verb), clock.now());
    await note(tx, request, bot(request), 'window.started');
    return runId;
  }

  /** Asked again under the lock: it may have been edited, decided or begun since it was listed. */
  async function isDue(tx: Store, request: RequestRow): Promise<boolean> {
    const now = clock.now();
    const { state, opensAt, expiresAt } = request;
    if (state !== 'planned' || opensAt === undefined || opensAt > now || expiresAt <= now) return false;
    const approvers = countedApprovers(request, await tx.decisions.of(request.id));
    return approvers.size >= settings.approvalsNeeded;
  }

  /** Says once why it does not begin although its window is open. */
  async function wait(tx: Store, request: RequestRow, why: string): Promise<void> {
    if (request.reason === why) return;
    await tx.requests.move(request.id, ['planned'], 'planned', { reason: why }, request.revision);
    await note(tx, request, bot(request), 'window.waits', why);
  }

  async function startOrWait(id: string): Promise<string | undefined> {
    try {
      return await store.transaction((tx) => start(tx, id));
    } catch (error) {
      if (!(error instanceof DeviceBusy)) throw error;
      await store.transaction(async (tx) => {
        const request = await tx.requests.lock(id);
        if (request && (await isDue(tx, request))) await wait(tx, request, BUSY);
      });
      return undefined;
    }
  }

  return async () => {
    for (const { id } of await store.requests.inWindow(clock.now())) {
      try {
        const runId = await startOrWait(id);
        if (runId !== undefined) executor.wake(runId);
      } catch (err) {
        // One that cannot begin keeps none of the others from it.
        parts.log.error({ err, requestId: id }, 'a change whose window is open could not begin');
      }
    }
  };
}

const BUSY = 'Another run is changing this device. It begins when that one has ended.';
