import type { Decision, RequestRow } from '../../../db/types.ts';
import type { PreflightItem } from '../types.ts';
import { OVERLAY_RULE } from './overlay-rules.ts';

/** Rules whose answer the plan itself is made from: unread, there is nothing that could be approved. */
const ESSENTIAL = /^(entra\.(profile\.|prefixes\.unread$|network\.name$)|mist\.(policy\.linked|names)$)/;

/** Failures that an approver may accept; what was seen is what he accepts. */
const ACCEPTABLE: ReadonlySet<string> = new Set([OVERLAY_RULE]);

/** What was accepted: by rule, exactly what was seen then. */
export type Accepted = ReadonlyMap<string, string>;

/** What keeps a plan from being approved: every fail that is not accepted, and an essential rule that could not be read. */
export function blockers(
  preflight: readonly PreflightItem[],
  accepted: Accepted = new Map(),
): readonly PreflightItem[] {
  return preflight.filter(
    (item) =>
      (item.verdict === 'fail' && !isAccepted(item, accepted)) ||
      (item.verdict === 'unknown' && ESSENTIAL.test(item.id)),
  );
}

/** What is left to be accepted; empty where something else is in the way as well, which no acceptance helps. */
export function acceptable(
  preflight: readonly PreflightItem[],
  accepted: Accepted,
): readonly PreflightItem[] {
  const blocking = blockers(preflight, accepted);
  return blocking.every((item) => item.verdict === 'fail' && ACCEPTABLE.has(item.id)) ? blocking : [];
}

/** What has been accepted of a request as it stands: an acceptance holds for its revision, its plan and the list that was shown. */
export function acceptedOf(
  request: Pick<RequestRow, 'revision' | 'digest' | 'preflight'>,
  decisions: readonly Decision[],
): Accepted {
  const isIt = acceptancesOf(request, decisions).length > 0;
  if (!isIt) return new Map();
  const preflight = request.preflight as unknown as readonly PreflightItem[];
  return new Map(
    preflight
      .filter((item) => item.verdict === 'fail' && ACCEPTABLE.has(item.id))
      .map((item) => [item.id, item.seen]),
  );
}

/** The acceptances that count for a request as it stands. */
export function acceptancesOf(
  request: Pick<RequestRow, 'revision' | 'digest'>,
  decisions: readonly Decision[],
): readonly Decision[] {
  return decisions.filter(
    (d) => d.action === 'accept' && d.revision === request.revision && d.digest === request.digest,
  );
}

function isAccepted(item: PreflightItem, accepted: Accepted): boolean {
  return ACCEPTABLE.has(item.id) && accepted.get(item.id) === item.seen;
}
