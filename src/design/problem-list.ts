import type { InputField } from './input-draft.ts';
import type { InputProblem } from './types.ts';

/** Collects problems; a field keeps the first one it gets, because a modal shows one error per block. */
export interface ProblemList {
  report(field: InputField, message: string): void;
  all(): readonly InputProblem[];
}

/** An empty list. */
export function createProblemList(): ProblemList {
  const problems = new Map<InputField, string>();
  return {
    report(field, message) {
      if (!problems.has(field)) problems.set(field, message);
    },
    all: () => [...problems].map(([field, message]) => ({ field, message })),
  };
}
