import type { SiteStatus } from '../../flows/types.ts';
import { isUnreachable } from '../../integrations/slack/errors.ts';
import { isAllowed, tell, tellFailure } from '../answer.ts';
import { paragraph, type Card } from '../cards/blocks.ts';
import { fleetCard } from '../cards/fleet-card.ts';
import { statusCard } from '../cards/status-card.ts';
import { withoutTables } from '../cards/without-tables.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { postCard } from '../post-card.ts';

export const HOW_TO_INVITE =
  'The bot is not a member of this channel, so only you see this. Invite it with /invite and its name.';

/** `/sse status [site]`: a card in the channel for one site, an answer to the asker alone for all of them. */
export async function statusCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('anyone', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'status'))) return;
  const name = siteArgument(args);
  if (name === undefined) return tellFleet(deps, call);
  const site = await deps.flows.findSite(name);
  if (!site.ok) return tellFailure(deps, call, site.failure);
  const status = await deps.flows.status(site.value.id);
  if (!status.ok) return tellFailure(deps, call, status.failure);
  await postStatus(deps, call, status.value);
}

async function postStatus(deps: CommandDeps, call: CommandCall, status: SiteStatus): Promise<void> {
  const card = statusCard(status);
  try {
    await postCard(deps, { channel: call.channel }, card);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    await tell(deps, call, privately(card));
  }
}

/** The card for one person's eyes, with how everybody could see it. No table: Slack says of none of these ways that it takes one. */
export function privately(withTable: Card): Card {
  const card = withoutTables(withTable);
  return { ...card, blocks: [...card.blocks, paragraph(HOW_TO_INVITE)] };
}

async function tellFleet(deps: CommandDeps, call: CommandCall): Promise<void> {
  const fleet = await deps.flows.fleet();
  if (!fleet.ok) return tellFailure(deps, call, fleet.failure);
  if (fleet.value.sites.length === 0) {
    return tell(deps, call, 'This bot has not connected any site yet. Start with /sse onboard.');
  }
  await tell(deps, call, fleetCard(fleet.value, { filter: 'all', page: 0 }));
}
