import type { Result } from '../../base/failure.ts';
import type { PrefixSnapshot } from '../registry/prefix-snapshot.ts';
import type { PreflightItem } from '../types.ts';
import { pass, rule, warning } from './item.ts';

const MINUTE = 60_000;
/** It is taken every hour; three misses in a row are worth a word. */
const OLD_MS = 3 * 60 * MINUTE;

/** How old the picture of the organisation's prefixes is, against which the peering ranges were checked. */
export function snapshotRule(snapshot: Result<PrefixSnapshot>, now: number): PreflightItem {
  return rule('mist.snapshot', "The organisation's prefixes", snapshot, ({ at, prefixes, unresolved }) => {
    const age = ageOf(now - at);
    const open = unresolved === 0 ? '' : `, ${unresolved} that are variables of other sites not among them`;
    const seen = `${prefixes.length} prefixes of networks and templates, read ${age}${open}`;
    return now - at < OLD_MS
      ? pass(seen)
      : warning(seen, 'Mist could not be read since. What was added meanwhile is not known.');
  });
}

/** `just now`, `12 min ago`, `3 h ago`. */
export function ageOf(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return 'just now';
  return minutes < 120 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}
