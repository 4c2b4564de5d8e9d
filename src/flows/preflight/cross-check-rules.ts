import { CHECK_IDS, CHECKS, type CheckId } from '../../design/cross-checks/catalogue.ts';
import { crossCheck } from '../../design/cross-checks/cross-check.ts';
import type { Finding, SiteViews } from '../../design/cross-checks/types.ts';
import type { PreflightItem } from '../types.ts';

/** Worst first. */
const ORDER = ['fail', 'unknown', 'warning', 'pass'] as const satisfies readonly Finding['verdict'][];
/** Messages of one check that a card shows; more of the same say nothing new. */
const SHOWN = 3;

/**
 * One item for each cross-check that has something to say of the planned site. Where the views differ (Mist may combine keys in two
 * ways) the worst verdict counts: what is written must be right under all of them.
 */
export function crossCheckRules(views: readonly SiteViews[]): PreflightItem[] {
  const findings = views.flatMap((view) => crossCheck(view));
  return CHECK_IDS.flatMap((id) => {
    const own = findings.filter((finding) => finding.id === id);
    return own.length === 0 ? [] : [itemOf(id, own)];
  });
}

/** The worst of several findings of one check, as preflight says it. */
export function itemOf(id: CheckId, findings: readonly Finding[]): PreflightItem {
  const verdict = ORDER.find((candidate) => findings.some((f) => f.verdict === candidate)) ?? 'unknown';
  const worst = findings.filter((finding) => finding.verdict === verdict);
  const texts = [...new Set(worst.map(verdict === 'pass' ? sidesOf : (f) => f.message))];
  const more = texts.length > SHOWN ? `; and ${texts.length - SHOWN} more` : '';
  return {
    id,
    verdict,
    what: CHECKS[id].title,
    seen: texts.slice(0, SHOWN).join('; ') + more,
    mend: verdict === 'pass' ? '' : (worst[0]?.mend ?? ''),
  };
}

function sidesOf({ design, entra, mist }: Finding): string {
  const sides = { design, Entra: entra, Mist: mist };
  const said = Object.entries(sides).filter(([, value]) => value !== undefined);
  const [first] = said;
  if (first !== undefined && said.every(([, value]) => value === first[1])) return first[1] ?? '';
  return said.map(([side, value]) => `${side}: ${value ?? ''}`).join(', ');
}
