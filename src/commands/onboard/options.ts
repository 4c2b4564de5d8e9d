import type { PlainTextOption } from '@slack/types';
import { inTime } from '../../base/in-time.ts';
import { LIMITS } from '../../integrations/slack/limits.ts';
import type { ChoiceList } from '../../flows/types.ts';
import type { CommandDeps } from '../deps.ts';
import type { Suggestion } from '../payload.ts';
import { option } from './elements.ts';

/** Blocks of step 2 whose options come from a list of the form. */
const LISTS = {
  device: 'devices',
  link1_wan: 'wans',
  link2_wan: 'wans',
  region: 'regions',
  bandwidth: 'bandwidths',
  networks: 'networks',
  ike: 'ikes',
} as const satisfies Record<string, ChoiceList>;

/** Slack drops options that come after three seconds; the list that is still being read serves the next keystroke. */
const ANSWER_WITHIN_MS = 2_000;

/** Options of the external selects of both steps. Only who may use the form gets any; a failed or slow search is an empty list. */
export async function onboardOptions(
  deps: CommandDeps,
  suggestion: Suggestion,
): Promise<readonly PlainTextOption[]> {
  const found = await inTime(optionsFor(deps, suggestion), ANSWER_WITHIN_MS);
  if (found !== undefined) return found;
  deps.log.warn({ block: suggestion.blockId.slice(0, 80) }, 'options are slower than Slack waits');
  return [];
}

async function optionsFor(
  deps: CommandDeps,
  { actor, blockId, query, metadata }: Suggestion,
): Promise<readonly PlainTextOption[]> {
  const verdict = await deps.access.may('operator', actor);
  if (!verdict.allowed) return [];
  if (blockId !== 'site') {
    const list = Object.hasOwn(LISTS, blockId) ? LISTS[blockId as keyof typeof LISTS] : undefined;
    if (list === undefined || metadata.draft === undefined) return [];
    return (await deps.flows.formChoices(metadata.draft, list, query, LIMITS.options)).map(option);
  }
  const found = await deps.flows.searchSites(query, LIMITS.options);
  if (!found.ok) {
    deps.log.warn({ code: found.failure.code }, 'site search failed');
    return [];
  }
  return found.value.slice(0, LIMITS.options).map((site) => option({ value: site.id, label: site.name }));
}
