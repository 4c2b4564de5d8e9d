import { SlackError } from '../../integrations/slack/errors.ts';
import { isAllowed, tell, tellFailure, tellRefusal } from '../answer.ts';
import { isOpaqueId } from '../opaque-id.ts';
import { fleetCard, readFleetPage } from '../cards/fleet-card.ts';
import { statusCard } from '../cards/status-card.ts';
import type { CommandDeps } from '../deps.ts';
import type { Click } from '../payload.ts';
import { updateCard } from '../post-card.ts';
import { privately } from './command.ts';

/** The refusal of a button whose value is no site's ID: forged, or of another version. */
export function noSite(what: string) {
  const message = 'This button names no site that the bot knows. Nothing was done.';
  return { what, why: 'forged value', message };
}

/** Refresh on a status card: reads both sides again and draws the same message anew. */
export async function refresh(deps: CommandDeps, click: Click): Promise<void> {
  const verdict = await deps.access.may('anyone', click.actor);
  if (!(await isAllowed(deps, verdict, click, 'sse_refresh'))) return;
  if (!isOpaqueId(click.value)) return tellRefusal(deps, click, noSite('sse_refresh'));
  const status = await deps.flows.status(click.value);
  if (!status.ok) return tellFailure(deps, click, status.failure);
  const card = statusCard(status.value);
  const { channel, messageTs: ts, responseUrl } = click;
  if (click.isEphemeral && responseUrl) return deps.send.respond(responseUrl, privately(card), true);
  if (channel === undefined || ts === undefined) return tell(deps, click, privately(card));
  try {
    await updateCard(deps, { channel, ts }, card);
  } catch (error) {
    if (!(error instanceof SlackError) || error.kind !== 'rejected') throw error;
    await tell(deps, click, privately(card));
  }
}

/** How old a reading of the fleet may be for turning pages. */
const PAGE_MS = 60_000;

/** A page or another filter of the fleet; what was read within the last minute is good enough. */
export function turnFleet(deps: CommandDeps, click: Click): Promise<void> {
  return showFleet(deps, click, PAGE_MS);
}

export function refreshFleet(deps: CommandDeps, click: Click): Promise<void> {
  return showFleet(deps, click, 0);
}

async function showFleet(deps: CommandDeps, click: Click, maxAgeMs: number): Promise<void> {
  const verdict = await deps.access.may('anyone', click.actor);
  if (!(await isAllowed(deps, verdict, click, click.actionId))) return;
  const fleet = await deps.flows.fleet(maxAgeMs);
  if (!fleet.ok) return tellFailure(deps, click, fleet.failure);
  const card = fleetCard(fleet.value, readFleetPage(click.value));
  if (click.isEphemeral && click.responseUrl) return deps.send.respond(click.responseUrl, card, true);
  return tell(deps, click, card);
}
