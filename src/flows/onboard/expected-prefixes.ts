import { attempt } from '../../base/attempt.ts';
import { PrefixSet } from '../../design/prefix-set.ts';
import { ok, type Result } from '../../base/failure.ts';
import { DEFAULT_ROUTE } from '../../design/design-site.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { ForwardingProfile } from '../../integrations/entra/types.ts';
import type { FlowParts } from '../parts.ts';

/**
 * Prefixes that Microsoft should announce for the design's profiles; undefined where a profile does not list them, a
 * failure where it could not be read, which is something else.
 */
export async function expectedPrefixes(
  parts: Pick<FlowParts, 'entra'>,
  design: SiteDesign,
  known?: readonly ForwardingProfile[],
): Promise<Result<readonly string[] | undefined>> {
  const profiles = known ? ok(known) : await attempt(parts.entra.forwardingProfiles());
  if (!profiles.ok) return profiles;
  const wanted = design.profiles.flatMap((type) => profiles.value.find((p) => p.type === type) ?? []);
  const lists = await Promise.all(wanted.map((profile) => attempt(parts.entra.profilePrefixes(profile.id))));
  const unread = lists.find((list) => !list.ok);
  if (unread) return unread;
  const all = lists.map((list) => (list.ok ? (list.value ?? []) : []));
  if (wanted.length < design.profiles.length || all.some((list) => list.length === 0)) return ok(undefined);
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
