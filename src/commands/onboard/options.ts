import type { PlainTextOption } from '@slack/types';
import { LIMITS } from '../../integrations/slack/limits.ts';
import type { CommandDeps } from '../deps.ts';
import type { Suggestion } from '../payload.ts';
import { option } from './elements.ts';

/** Options of the external selects of both steps. Nobody from outside gets any; a failed search is an empty list. */
export async function onboardOptions(
  deps: CommandDeps,
  { actor, blockId, query, metadata }: Suggestion,
): Promise<readonly PlainTextOption[]> {
  const verdict = await deps.access.may('anyone', actor);
  if (!verdict.allowed) return [];
  if (blockId !== 'site') {
    return deps.choices.find(metadata.draft ?? '', blockId, query).map(option);
  }
  const found = await deps.flows.searchSites(query, LIMITS.options);
  if (!found.ok) {
    deps.log.warn({ code: found.failure.code }, 'site search failed');
    return [];
  }
  return found.value.slice(0, LIMITS.options).map((site) => option({ value: site.id, label: site.name }));
}
