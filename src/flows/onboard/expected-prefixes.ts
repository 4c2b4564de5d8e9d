import { attempt, begin } from '../../base/attempt.ts';
import { PrefixSet } from '../../design/prefix-set.ts';
import { ok, type Result } from '../../base/failure.ts';
import { DEFAULT_ROUTE } from '../../design/design-site.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { FlowParts } from '../parts.ts';

/** Reads the prefixes of one traffic profile by its ID. */
export type PrefixesOf = (profileId: string) => Promise<Result<readonly string[] | undefined>>;

/**
 * Prefixes that Microsoft should announce for the design's profiles; undefined where a profile does not list them, a
 * failure where it could not be read, which is something else. `profileIds`: the design's profiles, where they are known from a plan.
 */
export async function expectedPrefixes(
  parts: Pick<FlowParts, 'entra'>,
  design: SiteDesign,
  profileIds?: readonly string[],
): Promise<Result<readonly string[] | undefined>> {
  if (profileIds) return prefixesOfProfiles(prefixReader(parts), design, profileIds);
  const profiles = await attempt(parts.entra.forwardingProfiles());
  if (!profiles.ok) return profiles;
  const wanted = design.profiles.flatMap((type) => profiles.value.find((p) => p.type === type)?.id ?? []);
  return prefixesOfProfiles(prefixReader(parts), design, wanted);
}

/** Begins to read the prefixes of these profiles at once; one that turns out to be another is read when it is asked for. */
export function readAhead(parts: Pick<FlowParts, 'entra'>, profileIds: readonly string[]): PrefixesOf {
  const read = prefixReader(parts);
  const begun = new Map(profileIds.map((id) => [id, begin(read(id))]));
  return (id) => begun.get(id) ?? read(id);
}

function prefixReader(parts: Pick<FlowParts, 'entra'>): PrefixesOf {
  return (id) => attempt(parts.entra.profilePrefixes(id));
}

/** The same as {@link expectedPrefixes} for profiles that are known by their IDs. */
export async function prefixesOfProfiles(
  prefixesOf: PrefixesOf,
  design: SiteDesign,
  profileIds: readonly string[],
): Promise<Result<readonly string[] | undefined>> {
  const lists = await Promise.all(profileIds.map(prefixesOf));
  const unread = lists.find((list) => !list.ok);
  if (unread) return unread;
  const all = lists.map((list) => (list.ok ? (list.value ?? []) : []));
  if (profileIds.length < design.profiles.length || all.some((list) => list.length === 0))
    return ok(undefined);
  // mssse-in refuses a default route in mode m365, so it is never expected there.
  const prefixes = [...new Set(all.flat())];
  return ok(design.mode === 'm365' ? prefixes.filter((p) => p !== DEFAULT_ROUTE) : prefixes);
}

/** Which expected prefixes no learned one covers. */
export function missingPrefixes(expected: readonly string[], learned: readonly string[]): readonly string[] {
  const known = new PrefixSet(learned);
  return expected.filter((prefix) => !known.covers(prefix));
}

/**
 * The received prefixes that the site's import policy lets in: an SSR shows what a neighbor sent before `mssse-in` has judged it.
 * The default route is refused as it is, own prefixes with everything longer.
 */
export function accepted(design: Pick<SiteDesign, 'refuse'>, received: readonly string[]): readonly string[] {
  const { prefixes } = design.refuse;
  const refused = new PrefixSet(prefixes.filter((prefix) => prefix !== DEFAULT_ROUTE));
  const noDefault = prefixes.includes(DEFAULT_ROUTE);
  return received.filter((prefix) => !refused.covers(prefix) && !(noDefault && prefix === DEFAULT_ROUTE));
}
