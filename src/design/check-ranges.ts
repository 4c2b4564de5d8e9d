import { overlaps, parseCidr, PEERING_PREFIX_LENGTH } from './addressing.ts';
import { whyReservedForBgp } from './bgp-addresses.ts';
import type { CheckedLink } from './check-links.ts';
import { isBlank, lookAlikeProblem, quote, spaceProblem } from './field-text.ts';
import type { InputDraft, InputSnapshot } from './input-draft.ts';
import type { ProblemList } from './problem-list.ts';
import type { Zone } from './types.ts';

/** The ranges in canonical form; what could not be read is absent and has been reported. */
export interface CheckedRanges {
  readonly rangeA?: string;
  readonly rangeB?: string;
}

/** Reads range A and, with two zones, range B. The links' addresses must not lie in them. */
export function checkRanges(
  zones: Zone,
  links: readonly CheckedLink[],
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): CheckedRanges {
  const rangeA = checkRange('range_a', links, draft, snapshot, problems);
  if (zones === 1) {
    if (!isBlank(draft.range_b)) {
      problems.report(
        'range_b',
        'This option has no zone redundancy. Leave this empty or choose a zone-redundant option.',
      );
    }
    return rangeA === undefined ? {} : { rangeA };
  }
  const rangeB = checkRange('range_b', links, draft, snapshot, problems);
  if (rangeA !== undefined && rangeB !== undefined && overlaps(rangeA, rangeB)) {
    problems.report('range_b', `${rangeB} overlaps range A (${rangeA}). Choose another /29 for zone 2.`);
  }
  return { ...(rangeA === undefined ? {} : { rangeA }), ...(rangeB === undefined ? {} : { rangeB }) };
}

function checkRange(
  field: 'range_a' | 'range_b',
  links: readonly CheckedLink[],
  draft: InputDraft,
  snapshot: InputSnapshot,
  problems: ProblemList,
): string | undefined {
  const text = draft[field];
  if (isBlank(text)) {
    const purpose = field === 'range_a' ? 'for the BGP addresses' : "for Microsoft's BGP addresses in zone 2";
    problems.report(
      field,
      `Enter a /29 ${purpose}, for example 10.99.${field === 'range_a' ? 99 : 100}.0/29.`,
    );
    return undefined;
  }
  const problem = syntaxProblem(text) ?? whyUnusable(text, links, snapshot);
  if (problem === undefined) return text;
  problems.report(field, problem);
  return undefined;
}

function syntaxProblem(text: string): string | undefined {
  const unreadable = spaceProblem(text) ?? lookAlikeProblem(text);
  if (unreadable !== undefined) return unreadable;
  const parsed = parseCidr(text);
  if (!parsed.ok && parsed.reason === 'host-bits')
    return `${text} is not the start of its network. Did you mean ${parsed.network}?`;
  if (!parsed.ok) return `${quote(text)} is not a range such as 10.99.99.0/29.`;
  if (parsed.prefixLength !== PEERING_PREFIX_LENGTH) {
    return `${text} is a /${parsed.prefixLength}. Enter a /${PEERING_PREFIX_LENGTH}, for example 10.99.99.0/29.`;
  }
  return undefined;
}

function whyUnusable(
  range: string,
  links: readonly CheckedLink[],
  snapshot: InputSnapshot,
): string | undefined {
  const reserved = whyReservedForBgp(range);
  if (reserved !== undefined) return `${reserved}. Choose another /29.`;
  const lan = snapshot.networks.find((network) => overlaps(network.prefix, range));
  if (lan !== undefined)
    return `${range} overlaps network ${quote(lan.name)} (${lan.prefix}), so BGP would never come up. Choose another /29.`;
  const wan = snapshot.wans.find((port) => port.ip !== undefined && overlaps(port.ip, range));
  if (wan !== undefined)
    return `${range} contains the address of WAN port ${quote(wan.name)} (${wan.ip}). Choose another /29.`;
  const link = links.find(
    (candidate) => candidate.publicIp !== undefined && overlaps(candidate.publicIp, range),
  );
  if (link !== undefined)
    return `${range} contains the public address of link ${link.index} (${link.publicIp}). Choose another /29.`;
  const taken = snapshot.takenRanges.find((candidate) => overlaps(candidate.cidr, range));
  if (taken !== undefined)
    return `${range} overlaps ${taken.cidr}, which ${taken.usedBy} uses. Choose another /29.`;
  return undefined;
}
