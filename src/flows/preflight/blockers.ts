import type { PreflightItem } from '../types.ts';

/** Rules whose answer the plan itself is made from: unread, there is nothing that could be approved. */
const ESSENTIAL = /^(entra\.(profile\.|prefixes\.unread$|network\.name$)|mist\.policy\.linked$)/;

/** What keeps a plan from being approved: every fail, and an essential rule that could not be read. */
export function blockers(preflight: readonly PreflightItem[]): readonly PreflightItem[] {
  return preflight.filter(
    (item) => item.verdict === 'fail' || (item.verdict === 'unknown' && ESSENTIAL.test(item.id)),
  );
}
