import type { Selectable } from 'kysely';
import { failureFromText } from './failure-text.ts';
import { fromText, present } from './rows.ts';
import type { RunsTable, StepsTable } from './tables.ts';
import type { RunRow, StepRow } from './types.ts';

/** A run as flows see it. */
export function toRun(row: Selectable<RunsTable>): RunRow {
  const { failure, unwinding, lockKeys: _keys, journalSeq: _seq, ...rest } = row;
  return {
    ...present(rest),
    ...(failure !== null && { failure: failureFromText(failure) }),
    ...(unwinding === 1 && { unwinding: true }),
  };
}

/** A step as flows see it. */
export function toStep(row: Selectable<StepsTable>): StepRow {
  const { intended, uncertain, output, failure, pausedMs, ...rest } = row;
  return {
    ...present(rest),
    intended: intended === 1,
    ...(uncertain === 1 && { uncertain: true }),
    ...(pausedMs > 0 && { pausedMs }),
    ...(output !== null && { output: fromText(output) }),
    ...(failure !== null && { failure: failureFromText(failure) }),
  };
}
