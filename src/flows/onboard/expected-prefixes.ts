import { attempt } from '../../base/attempt.ts';
import { contains } from '../../design/addressing.ts';
import { ok } from '../../base/failure.ts';
import { DEFAULT_ROUTE } from '../../design/design-site.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { ForwardingProfile } from '../../integrations/entra/types.ts';
import type { FlowParts } from '../parts.ts';

/** Prefixes that Microsoft should announce for the design's profiles; undefined where a profile does not say. */
export async function expectedPrefixes(
  parts: Pick<FlowParts, 'entra'>,
  design: SiteDesign,
  known?: readonly ForwardingProfile[],
): Promise<readonly string[] | undefined> {
  const profiles = known ? ok(known) : await attempt(parts.entra.forwardingProfiles());
  if (!profiles.ok) return undefined;
  const wanted = design.profiles.map((type) => profiles.value.find((p) => p.type === type));
  const lists = await Promise.all(
    wanted.map(async (profile) => {
      if (!profile) return undefined;
      const answer = await attempt(parts.entra.profilePrefixes(profile.id));
      return answer.ok ? answer.value : undefined;
    }),
  );
  if (lists.some((l) => l === undefined || l.length === 0)) return undefined;
  const all = lists.flatMap((l) => l ?? []);
  // mssse-in refuses a default route in mode m365, so it is never expected there.
  return [...new Set(design.mode === 'm365' ? all.filter((p) => p !== '0.0.0.0/0') : all)];
}

/** Which expected prefixes no learned one covers. */
export function missingPrefixes(expected: readonly string[], learned: readonly string[]): readonly string[] {
  const exact = new Set(learned);
  return expected.filter((e) => !exact.has(e) && !learned.some((l) => contains(l, e)));
}

/**
 * The received prefixes that the site's import policy lets in: an SSR shows what a neighbor sent before `mssse-in` has judged it.
 * The default route is refused as it is, own prefixes with everything longer.
 */
export function accepted(design: Pick<SiteDesign, 'refuse'>, received: readonly string[]): readonly string[] {
  return received.filter(
    (prefix) =>
      !design.refuse.prefixes.some((refused) =>
        refused === DEFAULT_ROUTE ? prefix === DEFAULT_ROUTE : contains(refused, prefix),
      ),
  );
}
