import { isFailure } from '../../../db/failure-text.ts';
import type { RequestRow, RunRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import type { Failure } from '../../base/failure.ts';
import { RemoteError } from '../../base/failure.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import { MOVED } from '../engine/moved.ts';
import { NotYet } from '../engine/not-yet.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import { LEFT_BEHIND } from '../engine/unwind.ts';
import type { FlowParts } from '../parts.ts';
import { hasKey, objectOf } from '../../integrations/mist/json.ts';
import { anewId } from '../anew-id.ts';
import { insertRequest } from '../insert-request.ts';
import type { JustRead } from './just-read.ts';
import { OP } from './outputs.ts';
import type { Plan } from '../plan/types.ts';
import { planDifference } from '../plan-difference.ts';
import { acceptedOf, blockers } from '../preflight/blockers.ts';
import type { RequestVerb } from '../request-verb.ts';
import type { PreflightItem } from '../types.ts';
import { outsideWindow } from '../window/window-guard.ts';
import { boundDigest, windowOf } from '../window/window-of.ts';

/** How long a new plan is tried for after a run was undone; then the card says that it has to be asked for. */
const REPLAN_MS = 10 * 60_000;

/**
 * The first operation of every run: makes the plan again from the live state and compares digests. If anything moved
 * since the approval, nothing is written, the approval is void, and the new plan is posted as a request of its own. Where it moved later, while
 * the run was going on, everything of ours is undone first: this operation's undo comes last, and posts the new plan. `networks`:
 * where the remote networks that it has read are left for the operation that follows.
 */
export function recheck(
  parts: FlowParts,
  verbOf: (name: string) => RequestVerb,
  networks?: JustRead<readonly RemoteNetwork[]>,
): Operation {
  return {
    kind: 'recheck',
    mode: 'wait',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const request = await requestOf(parts, context);
      const outside = outsideWindow(request, context.now(), parts.settings.timeZone);
      if (outside) return outside;
      const verb = verbOf(request.verb);
      const planned = await verb.plan(request, true);
      if (!planned.ok) {
        // Unread is not moved: a vendor that is away is tried again.
        if (planned.failure instanceof RemoteError) throw planned.failure;
        return { state: 'refused', failure: planned.failure };
      }
      const decisions = await parts.store.decisions.of(request.id);
      const blocking = blockers(planned.value.preflight, acceptedOf(request, decisions));
      const unread = blocking.find((item) => item.verdict === 'unknown');
      if (unread) throw notRead(unread);
      const [failing] = blocking;
      if (boundDigest(planned.value.digest, windowOf(request)) === request.digest && !failing) {
        if (planned.value.remoteNetworks) networks?.keep(context.run.id, planned.value.remoteNetworks);
        return { state: 'done', output: { digest: request.digest } };
      }
      await postAnew(parts, request, verb);
      if (!failing && isOfEarlierVersion(request)) return { state: 'refused', failure: PLANNED_EARLIER };
      const why = failing
        ? `${failing.what}: ${failing.seen}`
        : 'the plan made from the live state is another one';
      return { state: 'refused', failure: moved(why) };
    },
    mustUndo: hasMoved,
    async undo(context): Promise<readonly string[]> {
      const request = await requestOf(parts, context);
      const posted = await attempt(postAnew(parts, request, verbOf(request.verb)));
      if (posted.ok) return [];
      // A new plan is a convenience: without it the run is undone all the same.
      if (context.now() - (context.own.waitingSince ?? context.now()) >= REPLAN_MS) return [];
      throw new NotYet('Reads both sides for the new plan', { deadlineMs: 2 * REPLAN_MS });
    },
  };
}

/** Whether a run turned back because what its plan rests on had moved, also where it got stuck on the way since. */
function hasMoved({ failure }: RunRow): boolean {
  if (failure?.code !== LEFT_BEHIND) return failure?.code === MOVED;
  return isFailure(failure.cause) && failure.cause.code === MOVED;
}

async function requestOf(parts: FlowParts, context: OperationContext): Promise<RequestRow> {
  const request = await parts.store.requests.get(context.run.requestId);
  if (!request) throw new Error('the run has no request');
  return request;
}

/**
 * The same inputs as a new request with the plan over the live state as it is now, in the same change window. Nothing where the plan cannot be
 * made, or its window is closed. Throws `RemoteError` where a vendor cannot be read.
 */
async function postAnew(parts: FlowParts, old: RequestRow, verb: RequestVerb): Promise<void> {
  const id = anewId(old.id);
  const window = windowOf(old);
  if ((await parts.store.requests.get(id)) || (window && window.closesAt <= parts.clock.now())) return;
  const planned = await verb.plan(old);
  if (!planned.ok) {
    if (planned.failure instanceof RemoteError) throw planned.failure;
    return;
  }
  const actor = { user: old.requester, teamId: old.teamId };
  await insertRequest(parts, actor, {
    id,
    verb: old.verb,
    channel: old.channel,
    site: { id: old.siteId, name: old.siteName },
    inputs: old.inputs,
    planned: planned.value,
    ...(window && { window }),
    reservations: verb.reservations?.({ ...old, id }, planned.value.design) ?? [],
    replaces: old.id,
    ...(verb.besideKept && { besideKept: true as const }),
    changes: planDifference(old, planned.value),
  });
}

/** Unread is not moved: the executor tries again. */
function notRead({ id, what, mend }: PreflightItem): RemoteError {
  const system = id.startsWith('mist.') ? 'mist' : 'entra';
  return new RemoteError({ system, kind: 'unavailable', message: `${what}: not readable`, hint: mend });
}

/** Plans of the versions before this one say nothing of the router's ports, so they are never equal to what is made now. */
function isOfEarlierVersion(request: RequestRow): boolean {
  const { operations } = request.plan as unknown as Plan;
  const connectors = operations.find((op) => op.id === OP.connectors);
  return connectors !== undefined && !hasKey(objectOf(connectors.params), 'ports');
}

const PLANNED_EARLIER: Failure = {
  code: MOVED,
  message: 'the plan was made by an earlier version',
  hint: 'This plan was made by an earlier version of the bot and cannot be compared with the live state. Nothing was written.',
  retryable: false,
};

function moved(why: string): Failure {
  return {
    code: MOVED,
    message: 'the live state moved after the approval',
    hint: `The live state changed after the plan was approved (${why}). Nothing was written.`,
    retryable: false,
  };
}
