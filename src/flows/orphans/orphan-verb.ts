import { failed } from '../../base/failure.ts';
import { askFor } from '../ask-for.ts';
import type { FlowParts } from '../parts.ts';
import type { Plan } from '../plan/types.ts';
import { standing } from '../removal/plan-parts.ts';
import { ApplicationRemoved, REMOVE } from '../removal/names.ts';
import type { RequestVerb } from '../request-verb.ts';
import type { Actor, Posted } from '../types.ts';
import { findGroup, planOrphan } from './plan-orphan.ts';

/** `orphan`: removes what is ours and belongs to no connected site, by recorded IDs alone. */
export function orphanVerb(parts: FlowParts): RequestVerb {
  return {
    besideKept: true,
    plan: (request) => planOrphan(parts, request.inputs),
    async succeeded(_store, _run, steps, request) {
      const { operations } = request.plan as unknown as Plan;
      const answer = ApplicationRemoved.safeParse(steps.find((s) => s.opId === REMOVE.application)?.output);
      const stays = answer.data?.stays ?? [];
      const removed = operations.flatMap(standing).join(', ');
      const line = stays.length > 0 ? `It stays: ${stays.join(', ')} refers to it.` : `Removed: ${removed}.`;
      return { state: 'changed', outcome: { lines: [line] } };
    },
  };
}

/** Puts a plan up that removes one orphan. */
export async function askToRemove(
  parts: FlowParts,
  verb: RequestVerb,
  actor: Actor,
  where: { readonly orphanId: string; readonly channel: string },
): Promise<Posted> {
  const group = await findGroup(parts, where.orphanId);
  if (!group) return failed(NOT_LISTED);
  const recent = await parts.store.requests.recent(RECENT);
  const name = recent.find((r) => r.siteId === group.siteId)?.siteName ?? group.rows[0]?.name ?? 'orphan';
  return askFor(parts, verb, 'orphan', actor, {
    site: { id: group.siteId, name },
    channel: where.channel,
    inputs: { orphan: group.id, siteName: name },
  });
}

const RECENT = 1000;
const NOT_LISTED = {
  code: 'flow.orphan_gone',
  message: 'the orphan is not listed',
  hint: 'It is no longer listed as ours. `/sse orphans` shows what is.',
  retryable: false,
};
