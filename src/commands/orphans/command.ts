import { isUnreachable } from '../../integrations/slack/errors.ts';
import { isAllowed, tell } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { CommandCall } from '../payload.ts';
import { orphansCard } from './orphans-card.ts';

/** `/sse orphans`: what is ours and belongs to no connected site, in the channel where it was asked. */
export async function orphansCommand(deps: CommandDeps, call: CommandCall): Promise<void> {
  const verdict = await deps.access.may('operator', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'orphans'))) return;
  const card = orphansCard(await deps.flows.orphans());
  try {
    await deps.send.post({ channel: call.channel }, card);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    await tell(deps, call, card);
  }
}
