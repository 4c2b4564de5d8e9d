import { DEFAULT_IKE_ID, IKE_PROPOSALS } from './ike-proposals.ts';
import { parseAsn } from './asn-rules.ts';
import { readPrefix } from './addressing.ts';
import { isBlank, lookAlikeProblem, quote, spaceProblem } from './field-text.ts';
import type { InputDraft, InputSnapshot, TextField } from './input-draft.ts';
import { MAX_TICKET_LENGTH } from './limits.ts';
import type { ProblemList } from './problem-list.ts';
import { REGIONS } from './regions.ts';
import { BANDWIDTHS, MODES, OPTIONS, ZONE_TOPOLOGIES } from './types.ts';
import type { Bandwidth, Option, TrafficMode, ZoneTopology } from './types.ts';

interface Choice<T extends string> {
  readonly field: TextField;
  /** The thing to choose, for messages. */
  readonly noun: string;
  readonly values: readonly T[];
  /** Taken when nothing was entered; without it that is a problem. */
  readonly fallback?: T;
}

function checkChoice<T extends string>(
  choice: Choice<T>,
  draft: InputDraft,
  problems: ProblemList,
): T | undefined {
  const { field, noun, values, fallback } = choice;
  const text = draft[field];
  if (isBlank(text)) {
    if (fallback === undefined) problems.report(field, `Choose ${noun}.`);
    return fallback;
  }
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  const listed = values.length <= 8 ? ` One of: ${values.join(', ')}.` : '';
  problems.report(field, spaceProblem(text) ?? `${quote(text)} is not ${noun}.${listed}`);
  return undefined;
}

/** The option typed, else that of the snapshot. */
export function checkOption(
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): Option | undefined {
  return checkChoice(
    { field: 'option', noun: 'an option', values: OPTIONS, fallback: snapshot.option },
    draft,
    problems,
  );
}

/** Graph's region id. */
export function checkRegion(draft: InputDraft, problems: ProblemList): string | undefined {
  const values = REGIONS.map((region) => region.id);
  return checkChoice({ field: 'region', noun: 'a region that Microsoft offers', values }, draft, problems);
}

/** The bandwidth class of each link. */
export function checkBandwidth(draft: InputDraft, problems: ProblemList): Bandwidth | undefined {
  return checkChoice({ field: 'bandwidth', noun: 'a bandwidth', values: BANDWIDTHS }, draft, problems);
}

/** Which traffic goes into the tunnel. */
export function checkMode(draft: InputDraft, problems: ProblemList): TrafficMode | undefined {
  return checkChoice({ field: 'mode', noun: 'a traffic mode', values: MODES }, draft, problems);
}

/** The guide's topology when nothing was entered. */
export function checkZoneTopology(draft: InputDraft, problems: ProblemList): ZoneTopology | undefined {
  const choice = {
    field: 'zone_topology',
    noun: 'a zone topology',
    values: ZONE_TOPOLOGIES,
    fallback: 'single-tunnel',
  } as const;
  return checkChoice<ZoneTopology>(choice, draft, problems);
}

/** The guide's proposal when nothing was entered. */
export function checkIke(draft: InputDraft, problems: ProblemList): string | undefined {
  const values = IKE_PROPOSALS.map((proposal) => proposal.id);
  const noun = 'an IKE policy that both vendors accept';
  return checkChoice({ field: 'ike', noun, values, fallback: DEFAULT_IKE_ID }, draft, problems);
}

/** The device's ASN. */
export function checkDeviceAsn(draft: InputDraft, problems: ProblemList): number | undefined {
  const text = draft.device_asn;
  if (isBlank(text)) {
    problems.report('device_asn', "Enter the router's ASN, usually 65000.");
    return undefined;
  }
  const unreadable = spaceProblem(text) ?? lookAlikeProblem(text);
  const parsed = unreadable === undefined ? parseAsn(text) : { ok: false as const, message: unreadable };
  if (parsed.ok) return parsed.asn;
  problems.report('device_asn', parsed.message);
  return undefined;
}

/** The chosen networks without repetitions; all of them must be on the device and have an IPv4 prefix. */
export function checkNetworks(
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): readonly string[] | undefined {
  const chosen = [...new Set(draft.networks ?? [])].filter((name) => name !== '');
  if (chosen.length === 0) {
    problems.report('networks', 'Choose at least one network.');
    return undefined;
  }
  const unknown = chosen.filter((name) => !snapshot.networks.some((network) => network.name === name));
  if (unknown.length > 0) {
    const list = unknown.slice(0, 5).map(quote).join(', ');
    const trimmed = unknown.some((name) => snapshot.networks.some((network) => network.name === name.trim()));
    const hint = trimmed ? ' Remove the spaces around the name.' : '';
    problems.report('networks', `Not a network of ${snapshot.device.name}: ${list}.${hint}`);
    return undefined;
  }
  const unreadable = snapshot.networks.find(
    (network) => chosen.includes(network.name) && readPrefix(network.prefix) === undefined,
  );
  if (unreadable !== undefined) {
    problems.report(
      'networks',
      `Network ${quote(unreadable.name)} has no IPv4 prefix in Mist, so it cannot be announced.`,
    );
    return undefined;
  }
  return chosen;
}

/** The change number without surrounding ASCII spaces; `undefined` when there is none or when it has a problem. */
export function checkTicket(draft: InputDraft, problems: ProblemList): string | undefined {
  const text = draft.ticket?.replace(/^ +| +$/g, '');
  if (isBlank(text)) return undefined;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) {
    problems.report(
      'ticket',
      'The change number contains line breaks, tabs or other invisible characters. Remove them.',
    );
    return undefined;
  }
  if ([...text].length > MAX_TICKET_LENGTH) {
    problems.report('ticket', `The change number is longer than ${MAX_TICKET_LENGTH} characters.`);
    return undefined;
  }
  return text;
}
