import type { Result } from '../../base/failure.ts';
import { ok } from '../../base/failure.ts';
import { readConfiguredSite } from '../live/site-views.ts';
import type { FlowParts } from '../parts.ts';
import type { SiteRef } from '../types.ts';
import { diagnose } from './diagnose.ts';
import { readEvidence } from './read-evidence.ts';
import { changeBeforeFall, timelineOf, type TimelineEntry } from './timeline.ts';
import type { CannotTell, Cause, Evidence, Findings, Symptom } from './types.ts';

/** Why a site does not work, ready to be shown. Holds no key. */
export interface SiteDiagnosis {
  readonly site: SiteRef;
  readonly atMs: number;
  /** The most likely cause in one sentence, or that nothing is wrong, or that it cannot be told. */
  readonly headline: string;
  readonly symptoms: readonly string[];
  readonly causes: readonly Cause[];
  readonly cannotTell: readonly CannotTell[];
  readonly notes: readonly string[];
  readonly timeline: readonly TimelineEntry[];
  /** What could not be read; each with why. */
  readonly unread: readonly string[];
}

/** Reads both sides of any site, asks the router, and says why it does not work. The failure says that there is nothing to diagnose. */
export async function diagnoseSite(parts: FlowParts, siteId: string): Promise<Result<SiteDiagnosis>> {
  const known = await readConfiguredSite(parts, siteId);
  if (!known.ok) return known;
  const evidence = await readEvidence(parts, known.value);
  return ok(describe(known.value.site, evidence));
}

/** A diagnosis in sentences. Pure. */
export function describe(site: SiteRef, evidence: Evidence): SiteDiagnosis {
  const found = diagnose(evidence);
  const unread = unreadOf(evidence);
  const change = changeBeforeFall(evidence);
  const causes =
    change && found.symptoms.length > 0
      ? found.causes.map((cause, at) =>
          // A change of configuration speaks for a value, not for a cable or a gateway.
          at === 0 && /^X\d/.test(cause.id) ? withChange(cause, change.afterMs) : cause,
        )
      : found.causes;
  return {
    site,
    atMs: evidence.now,
    headline: headlineOf(found, unread.length),
    symptoms: found.symptoms.map(symptomText),
    causes,
    cannotTell: found.cannotTell,
    notes: [...new Set(found.notes)],
    timeline: timelineOf(evidence),
    unread,
  };
}

function withChange(cause: Cause, afterMs: number): Cause {
  const minutes = Math.max(1, Math.round(afterMs / 60_000));
  return {
    ...cause,
    evidence: [...cause.evidence, `The configuration was changed in Mist ${minutes} min before the fall`],
  };
}

function headlineOf({ causes, cannotTell, symptoms }: Findings, unread: number): string {
  const now = causes.filter(({ waiting }) => waiting === undefined);
  const [first] = now;
  if (first && first.likelihood !== 'possible') {
    const word = first.likelihood === 'almost certain' ? 'Almost certain' : 'Likely';
    return `${word}: ${first.what}.`;
  }
  const [open] = cannotTell;
  if (open) return `Cannot tell: ${open.because}.`;
  if (first) return `Possible: ${first.what}.`;
  const [later] = causes.filter(({ likelihood }) => likelihood !== 'possible');
  if (symptoms.length === 0 && later) return `Everything stands, and will not: ${later.what}.`;
  if (symptoms.length > 0) return 'Something is wrong, and nothing that was read explains it.';
  if (unread > 0)
    return 'Nothing wrong was found, but not everything could be read: that is not "all is well".';
  return 'Nothing is wrong as far as both vendors and the router tell.';
}

function symptomText(symptom: Symptom): string {
  switch (symptom.kind) {
    case 'router-offline':
      return 'the router does not report to Mist';
    case 'config-not-applied':
      return symptom.how === 'failed'
        ? 'the router refused its last configuration'
        : 'a saved configuration is not running yet';
    case 'tunnel-down':
      return `${symptom.connector} is down: ${symptom.words || 'no reason given'}${symptom.atRekey ? ', since a rekey was due' : ''}`;
    case 'tunnel-unreported':
      return `${symptom.connector} is not reported by Mist`;
    case 'neighbor-down':
      return `neighbor ${symptom.address} is ${symptom.state} over ${symptom.connector}, which is up`;
    case 'neighbor-unreported':
      return `neighbor ${symptom.address} is not reported by Mist`;
    case 'no-routes':
      return `neighbor ${symptom.address} is established, and nothing is learned from it`;
    case 'stray-traffic':
      return `no session is down, and ${symptom.seen}`;
    case 'contradiction':
      return symptom.text;
  }
}

function unreadOf({
  views,
  device,
  tunnels,
  peers,
  events,
  health,
  path,
  pings,
  inEntra,
}: Evidence): string[] {
  const parts: (readonly [string, { readonly read: boolean; readonly why?: string } | undefined])[] = [
    ['Entra configuration', inEntra === 'none' ? undefined : views.entra],
    ['router in Mist', device],
    ['tunnels in Mist', tunnels],
    ['BGP neighbors in Mist', peers],
    ['events in Mist', events],
    ['Entra health log', inEntra === 'none' ? undefined : health],
    ['path of the traffic', path],
  ];
  const silent = (pings ?? []).filter(({ small }) => small === undefined).map(({ address }) => address);
  const missing = parts.flatMap(([what, part]) =>
    part && !part.read ? [{ what, why: part.why ?? '?' }] : [],
  );
  const byReason = Map.groupBy(missing, ({ why }) => why);
  return [
    ...[...byReason].map(([why, all]) => `${all.map(({ what }) => what).join(', ')}: ${why}`),
    ...(silent.length > 0 ? [`ping from the router to ${silent.join(', ')}: no readable answer`] : []),
  ];
}
