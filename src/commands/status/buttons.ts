import { SlackError } from '../../integrations/slack/errors.ts';
import { isAllowed, tell, tellFailure } from '../answer.ts';
import { statusCard } from '../cards/status-card.ts';
import type { CommandDeps } from '../deps.ts';
import type { Click } from '../payload.ts';
import { privately } from './command.ts';

/** Refresh on a status card: reads both sides again and draws the same message anew. */
export async function refresh(deps: CommandDeps, click: Click): Promise<void> {
  const verdict = await deps.access.may('anyone', click.actor);
  if (!(await isAllowed(deps, verdict, click, 'sse_refresh'))) return;
  const status = await deps.flows.status(click.value);
  if (!status.ok) return tellFailure(deps, click, status.failure);
  const card = statusCard(status.value);
  const { channel, messageTs: ts, responseUrl } = click;
  if (click.isEphemeral && responseUrl) return deps.send.respond(responseUrl, privately(card), true);
  if (channel === undefined || ts === undefined) return tell(deps, click, card);
  try {
    await deps.send.update({ channel, ts }, card);
  } catch (error) {
    if (!(error instanceof SlackError) || error.kind !== 'rejected') throw error;
    await tell(deps, click, privately(card));
  }
}
