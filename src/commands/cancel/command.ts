import { escapeSentence } from '../../integrations/slack/escape.ts';
import { isAllowed, tell, tellFailure } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';

/**
 * `/sse cancel <request>`: on a plan what its button does; a run stops at its next safe point and its card asks what to do with it.
 * The request is named by its ID, a unique beginning of it, or its site.
 */
export async function cancelCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const name = siteArgument(args);
  const basic = await deps.access.may('anyone', call.actor);
  if (!(await isAllowed(deps, basic, call, 'cancel'))) return;
  if (name === undefined) {
    return tell(deps, call, 'Which request? Type /sse cancel and its ID, the beginning of it, or its site.');
  }
  const found = await deps.flows.findRequest(name);
  if (!found.ok) return tellFailure(deps, call, found.failure);
  const { id, requester, isRunning } = found.value;
  const verdict = await deps.access.mayAlso([requester], 'approver', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'cancel', id))) return;
  const answer = isRunning
    ? await deps.flows.stopRun(call.actor, id)
    : await deps.flows.cancel(call.actor, id);
  await tell(deps, call, { text: escapeSentence(answer.message) });
}
