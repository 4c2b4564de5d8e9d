import type { Json, RequestRow } from '../../../db/types.ts';
import type { Plan } from './types.ts';
import { windowTimes } from '../window/window-of.ts';

/** Raised when the file's members change their meaning. */
const FORMAT = 'sse-plan/1';

/**
 * A stored plan for machines: everything that the approval is bound to, with what preflight said when it was made. Plain data; keys of
 * ours are symbolic IDs, everybody else's are masked. Times are ISO 8601 in UTC.
 */
export function planFile(request: RequestRow): Json {
  const plan = request.plan as unknown as Plan;
  return {
    format: FORMAT,
    request: {
      id: request.id,
      verb: request.verb,
      state: request.state,
      revision: request.revision,
      site: { id: request.siteId, name: request.siteName },
      requester: request.requester,
      createdAt: new Date(request.createdAt).toISOString(),
      expiresAt: new Date(request.expiresAt).toISOString(),
      window: windowTimes(request),
    },
    digest: request.digest,
    planVersion: request.planVersion,
    design: request.design,
    operations: plan.operations.map((operation, index) => ({
      order: index + 1,
      id: operation.id,
      kind: operation.kind,
      side: operation.side,
      what: operation.what,
      needs: operation.needs,
      params: operation.params,
      // A wait changes nothing; a plan that an older version made has its lines only.
      before: operation.values?.before ?? null,
      after: operation.values?.after ?? null,
      lines: { before: operation.before, after: operation.after },
    })),
    locks: plan.locks,
    blastRadius: plan.blastRadius,
    advice: plan.advice,
    preflight: request.preflight,
  };
}
