import type { RequestRow } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import { RemoteError } from '../../base/failure.ts';
import type { SiteInputs } from '../../design/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { planChange } from '../plan/plan-change.ts';
import { blockers } from '../preflight/blockers.ts';
import type { PreflightItem } from '../types.ts';
import { insertRequest } from '../submit.ts';

/**
 * The first operation of every run: makes the plan again from the live state and compares digests. If anything moved
 * since the approval, nothing is written, the approval is void, and the new plan is posted as a request of its own.
 */
export function recheck(parts: FlowParts): Operation {
  return {
    kind: 'recheck',
    mode: 'wait',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const request = await parts.store.requests.get(context.run.requestId);
      if (!request) throw new Error('the run has no request');
      const inputs = request.inputs as unknown as SiteInputs;
      const planned = await planChange(parts, inputs, request.id);
      if (!planned.ok) {
        // Unread is not moved: a vendor that is away is tried again.
        if (planned.failure instanceof RemoteError) throw planned.failure;
        return { state: 'refused', failure: planned.failure };
      }
      const blocking = blockers(planned.value.preflight);
      const unread = blocking.find((item) => item.verdict === 'unknown');
      if (unread) throw notRead(unread);
      const [failing] = blocking;
      if (planned.value.digest === request.digest && !failing) {
        return { state: 'done', output: { digest: request.digest } };
      }
      const posted = await repost(parts, request, inputs, planned.value);
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
  inputs: SiteInputs,
  planned: Parameters<typeof insertRequest>[5],
): Promise<boolean> {
  const id = `${old.id}-again`;
  if (await parts.store.requests.get(id)) return true;
  const inserted = await insertRequest(
    parts,
    { user: old.requester, teamId: old.teamId },
    id,
    old.channel,
    inputs,
    planned,
    old.id,
  );
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
