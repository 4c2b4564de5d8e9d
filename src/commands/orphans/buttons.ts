import { isAllowed } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { Click } from '../payload.ts';
import { answerPosted } from '../posted.ts';

/** Plan removal: puts up a plan card of its own; nothing is removed by the click. */
export async function removeOrphan(deps: CommandDeps, click: Click): Promise<void> {
  const verdict = await deps.access.may('operator', click.actor);
  if (!(await isAllowed(deps, verdict, click, 'sse_orphan_remove'))) return;
  const where = { orphanId: click.value, channel: click.channel ?? '' };
  const posted = await deps.flows.removeOrphan(click.actor, where);
  await answerPosted(deps, click, posted, 'The plan that removes it is up for approval.');
}
