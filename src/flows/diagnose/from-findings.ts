import { CHECKS, type CheckId } from '../../design/cross-checks/catalogue.ts';
import type { Finding } from '../../design/cross-checks/types.ts';
import type { CannotTell, Cause } from './types.ts';
import { undecidable } from './cannot-tell.ts';

/** What explains one symptom among the cross-checks' findings. */
export interface Explained {
  readonly causes: readonly Cause[];
  readonly cannotTell: readonly CannotTell[];
}

/**
 * Causes of one symptom. A value that differs and can cause it is almost certain where it is the only one, else likely. Where none
 * differs, a value that could not be compared is what is left: likely if it is the only one, else none of them can be told from the
 * others. `able` lists the checks that can cause the symptom.
 */
export function explain(
  symptom: string,
  able: readonly CheckId[],
  findings: readonly Finding[],
  subject: string,
): Explained {
  const wrong = distinct(findings.filter(({ id, verdict }) => verdict === 'fail' && able.includes(id)));
  const unread = distinct(findings.filter(({ id, verdict }) => verdict === 'unknown' && able.includes(id)));
  const certain = wrong.length === 1 ? 'almost certain' : 'likely';
  const causes = [
    ...wrong.map((one) => causeOf(one, certain, symptom)),
    ...unread.map((one) => ({
      ...causeOf(one, wrong.length === 0 && unread.length === 1 ? 'likely' : 'possible', symptom),
      what: `${CHECKS[one.id].title} may differ: it could not be compared`,
      subject: one.subject === 'site' ? subject : one.subject,
    })),
  ];
  const open = wrong.length === 0 && unread.length > 1 ? undecidable(unread.map(({ id }) => id)) : undefined;
  return {
    causes,
    cannotTell: open
      ? [{ ids: unread.map(({ id }) => id), subject, because: open.because, how: open.how }]
      : [],
  };
}

/** A difference as a cause; `symptom` is what it explains. */
export function causeOf(found: Finding, likelihood: Cause['likelihood'], symptom: string): Cause {
  const values = [
    ...(found.entra === undefined ? [] : [`Entra ${found.entra}`]),
    ...(found.mist === undefined ? [] : [`Mist ${found.mist}`]),
  ];
  return {
    id: found.id,
    subject: found.subject,
    likelihood,
    what: found.message,
    evidence: [symptom, ...(values.length > 0 ? [`${CHECKS[found.id].title}: ${values.join(', ')}`] : [])],
    mend: found.mend,
  };
}

/** A difference that does not explain what is seen, but breaks something once that is mended, or later. */
export function waitingCause(found: Finding, why: string): Cause {
  return { ...causeOf(found, 'likely', why), waiting: true };
}

/** One of each check and message: several neighbors of one link may repeat it. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [`${one.id} ${one.message}`, one])).values()];
}
