import type { RequestRow } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import { RemoteError } from '../../base/failure.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { insertRequest } from '../insert-request.ts';
import type { JustRead } from './just-read.ts';
import { planDifference } from '../plan-difference.ts';
import type { PlannedChange } from '../plan/types.ts';
import { acceptedOf, blockers } from '../preflight/blockers.ts';
import type { RequestVerb } from '../request-verb.ts';
import type { PreflightItem } from '../types.ts';

/**
 * The first operation of every run: makes the plan again from the live state and compares digests. If anything moved
 * since the approval, nothing is written, the approval is void, and the new plan is posted as a request of its own. `networks`: where
 * the remote networks that it has read are left for the operation that follows.
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
      const request = await parts.store.requests.get(context.run.requestId);
      if (!request) throw new Error('the run has no request');
      const verb = verbOf(request.verb);
      const planned = await verb.plan(request);
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
      if (planned.value.digest === request.digest && !failing) {
        if (planned.value.remoteNetworks) networks?.keep(context.run.id, planned.value.remoteNetworks);
        return { state: 'done', output: { digest: request.digest } };
      }
      const posted = await repost(parts, request, verb, planned.value);
      const why = failing
        ? `${failing.what}: ${failing.seen}`
        : 'the plan made from the live state is another one';
      return { state: 'refused', failure: moved(why, posted) };
    },
  };
}

/** The same inputs as a new request with the new plan. Its ID follows from the old one, so a crash cannot post it twice. */
async function repost(
  parts: FlowParts,
  old: RequestRow,
  verb: RequestVerb,
  planned: PlannedChange,
): Promise<boolean> {
  const id = `${old.id}-again`;
  if (await parts.store.requests.get(id)) return true;
  const actor = { user: old.requester, teamId: old.teamId };
  const inserted = await insertRequest(parts, actor, {
    id,
    verb: old.verb,
    channel: old.channel,
    site: { id: old.siteId, name: old.siteName },
    inputs: old.inputs,
    planned,
    reservations: verb.reservations?.({ ...old, id }, planned.design) ?? [],
    replaces: old.id,
    ...(verb.besideKept && { besideKept: true as const }),
    changes: planDifference(old, planned),
  });
  return inserted.ok;
}

/** Unread is not moved: the executor tries again. */
function notRead({ id, what, mend }: PreflightItem): RemoteError {
  const system = id.startsWith('mist.') ? 'mist' : 'entra';
  return new RemoteError({ system, kind: 'unavailable', message: `${what}: not readable`, hint: mend });
}

function moved(why: string, posted: boolean): Failure {
  return {
    code: 'flow.moved',
    message: 'the live state moved after the approval',
    hint: `The live state changed after the plan was approved (${why}). Nothing was written; ${posted ? 'the new plan is posted for a new approval' : 'ask again for a plan over the new state'}.`,
    retryable: false,
  };
}
