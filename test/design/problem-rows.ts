import { expect, it } from 'vitest';
import { checkInputs } from '../../src/design/check-inputs.ts';
import type { InputDraft, InputField, InputSnapshot } from '../../src/design/input-draft.ts';
import type { InputProblem } from '../../src/design/types.ts';
import { draft, snapshot } from './site-form.ts';

/** One wrong answer and the only problem that it may lead to. */
export type Row = readonly [what: string, change: InputDraft, field: InputField, message: string];

/** The problems of a correct form after a change. */
export function problemsOf(
  change: InputDraft,
  start: InputDraft = draft,
  read: InputSnapshot = snapshot,
): readonly InputProblem[] {
  const checked = checkInputs({ ...start, ...change }, read);
  return 'problems' in checked ? checked.problems : [];
}

/** One test per row. */
export function check(rows: readonly Row[], start: InputDraft = draft): void {
  it.each(rows)('%s', (_, change, field, message) => {
    expect(problemsOf(change, start)).toEqual([{ field, message }]);
  });
}

/** The message for white space. */
export function spaces(text: string): string {
  return `"${text}" contains a space or an invisible character. Remove it.`;
}

/** The message for characters of other scripts. */
export function lookAlike(text: string): string {
  return `"${text}" contains characters that are not plain ASCII, although they may look so. Type the value again.`;
}
