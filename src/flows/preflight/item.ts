import type { Failure, Result } from '../../base/failure.ts';
import type { PreflightItem } from '../types.ts';

type Draft = Omit<PreflightItem, 'id' | 'what'>;

export const pass = (seen: string): Draft => ({ verdict: 'pass', seen, mend: '' });
export const warning = (seen: string, mend: string): Draft => ({ verdict: 'warning', seen, mend });
export const fail = (seen: string, mend: string): Draft => ({ verdict: 'fail', seen, mend });

/** What could not be read is neither a pass nor absent. */
export function unknown(failure: Failure): Draft {
  return { verdict: 'unknown', seen: `could not be read (${failure.code})`, mend: failure.hint };
}

/** One rule's answer about a reading that may be unknown. */
export function rule<T>(
  id: string,
  what: string,
  reading: Result<T>,
  judge: (value: T) => Draft,
): PreflightItem {
  return { id, what, ...(reading.ok ? judge(reading.value) : unknown(reading.failure)) };
}
