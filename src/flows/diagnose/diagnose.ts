import { crossCheck, crossCheckForCauses } from '../../design/cross-checks/cross-check.ts';
import { CHECKS } from '../../design/cross-checks/catalogue.ts';
import type { Finding } from '../../design/cross-checks/types.ts';
import { waitingCause, type Explained } from './from-findings.ts';
import { neighborCauses, noRoutesCauses } from './neighbor-causes.ts';
import {
  contradictionCauses,
  halfBuiltCauses,
  packetCauses,
  routerCauses,
  trafficCauses,
  unreportedCauses,
} from './site-causes.ts';
import { sitePairs, type SitePairs } from './site-pairs.ts';
import { symptomsOf } from './symptoms.ts';
import { tunnelCauses } from './tunnel-causes.ts';
import type { Cause, Evidence, Findings, Likelihood, Symptom } from './types.ts';

/**
 * Why a site does not work, from symptoms and both configurations. A cause explains something that is seen; what differs and explains
 * nothing yet is marked as waiting. What the evidence cannot decide is said as such, never guessed. Pure; never throws.
 */
export function diagnose(evidence: Evidence): Findings {
  const pairs = sitePairs(evidence);
  const symptoms = symptomsOf(evidence, pairs);
  // Without a remote network the router's side is judged when there is something to connect it to.
  const check = evidence.inEntra === 'none' ? crossCheck : crossCheckForCauses;
  const findings = check(evidence.views).filter((found) => !followsFromNoConnector(found, pairs));
  // Without a remote network there is nothing to compare with, and nothing that a session could be set up with.
  const explained =
    evidence.inEntra === 'none'
      ? []
      : symptoms.map((symptom) => causesOf(evidence, symptom, symptoms, pairs, findings));
  const causes = unique([
    ...routerCauses(evidence, symptoms),
    ...halfBuiltCauses(evidence, pairs),
    ...explained.flatMap((one) => one.causes),
    ...packetCauses(evidence),
    ...contradictionCauses(symptoms),
  ]);
  const named = new Set(causes.map(({ id }) => id));
  const ahead = findings.filter((found) => breaksLater(found) && !named.has(found.id)).map(aheadOf);
  return {
    symptoms,
    causes: unique([...causes, ...ahead].map((cause) => derivedOrNot(cause, findings, pairs))).toSorted(
      byWeight,
    ),
    cannotTell: distinct(explained.flatMap((one) => one.cannotTell)),
    notes: findings.flatMap(({ verdict, message }) => (verdict === 'warning' ? [message] : [])),
  };
}

function causesOf(
  evidence: Evidence,
  symptom: Symptom,
  all: readonly Symptom[],
  pairs: SitePairs,
  findings: readonly Finding[],
): Explained {
  const none: Explained = { causes: [], cannotTell: [] };
  const caseOf = (name: string) => pairs.cases.find(({ connector }) => connector.name === name);
  switch (symptom.kind) {
    case 'tunnel-down': {
      const one = caseOf(symptom.connector);
      return one ? tunnelCauses(evidence, symptom, one, pairs, findings) : none;
    }
    case 'neighbor-down':
    case 'neighbor-unreported': {
      const one = caseOf(symptom.connector);
      return one ? neighborCauses(evidence, symptom, one, findings) : none;
    }
    case 'no-routes': {
      const one = caseOf(symptom.connector);
      return one ? noRoutesCauses(evidence, symptom, one, findings) : none;
    }
    case 'tunnel-unreported': {
      const trouble = all.some(({ kind }) => kind === 'config-not-applied');
      return { causes: unreportedCauses(symptom.connector, trouble), cannotTell: [] };
    }
    case 'stray-traffic':
      return trafficCauses(symptom.seen, findings);
    case 'router-offline':
    case 'config-not-applied':
    case 'contradiction':
      return none;
  }
}

/**
 * Where a connector has no BGP group of its own (X18), no neighbor has Microsoft's addresses (X06), and fewer are there than needed
 * (X23): that follows, and is not the cause.
 */
function derivedOrNot(cause: Cause, findings: readonly Finding[], { cases }: SitePairs): Cause {
  if (cause.id !== 'X06' && cause.id !== 'X23') return cause;
  const unbound = cases.some(
    ({ connector, link }) =>
      link !== undefined &&
      (cause.subject === link.name || cause.subject.startsWith(`${link.name},`)) &&
      findings.some(
        ({ id, verdict, subject }) => id === 'X18' && verdict === 'fail' && subject === connector.name,
      ),
  );
  if (!unbound) return cause;
  return { ...cause, likelihood: 'possible', waiting: true };
}

/** A link without any connector has no neighbors and no WAN port either: one cause, not four. */
function followsFromNoConnector({ id, subject }: Finding, { linksWithoutConnector }: SitePairs): boolean {
  if (id === 'X24') return linksWithoutConnector.length > 0;
  if (id !== 'X06' && id !== 'X23') return false;
  return linksWithoutConnector.some(({ name }) => subject === name || subject.startsWith(`${name},`));
}

/** Differences that nothing shows yet: the first rekey, the failure of a zone, or traffic that nobody sent will. */
function breaksLater({ id, verdict }: Finding): boolean {
  return verdict === 'fail' && WHY_LATER[CHECKS[id].effect] !== undefined;
}

const WHY_LATER: Readonly<Record<string, string | undefined>> = {
  'dies-at-rekey': 'Everything works until the first rekey, then the tunnel is gone',
  'less-redundant': 'Everything looks healthy, and one failure cuts the site',
  traffic: 'Sessions stand, and the traffic takes another way or none',
  'bgp-down': 'It differs, and shows when the session is set up anew',
  'ike-authentication': 'It differs, and shows when the tunnel is set up anew',
  'ike-proposal': 'It differs, and shows when the tunnel is set up anew',
  'ike-silent': 'It differs, and shows when the tunnel is set up anew',
};

function aheadOf(found: Finding): Cause {
  return waitingCause(found, WHY_LATER[CHECKS[found.id].effect] ?? '');
}

const WEIGHT: Readonly<Record<Likelihood, number>> = { 'almost certain': 0, likely: 1, possible: 2 };

function byWeight(a: Cause, b: Cause): number {
  return weight(a) - weight(b);
}

/** What explains something seen comes before what waits, whatever its likelihood but "possible". */
function weight({ likelihood, waiting }: Cause): number {
  return WEIGHT[likelihood] + (waiting ? 1.5 : 0);
}

/** One cause per check or kind, subject and sentence; the likelier one, with the evidence of both. */
function unique(causes: readonly Cause[]): Cause[] {
  const found = new Map<string, Cause>();
  for (const cause of causes) {
    const key = `${cause.id} ${cause.what}`;
    const known = found.get(key);
    if (!known) {
      found.set(key, cause);
      continue;
    }
    const [better, other] = weight(cause) < weight(known) ? [cause, known] : [known, cause];
    found.set(key, { ...better, evidence: [...new Set([...better.evidence, ...other.evidence])] });
  }
  return [...found.values()];
}

function distinct(list: Findings['cannotTell']): Findings['cannotTell'] {
  return [...new Map(list.map((one) => [`${one.ids.join()} ${one.subject}`, one])).values()];
}
