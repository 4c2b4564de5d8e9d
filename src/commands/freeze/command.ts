import { escapeSentence } from '../../integrations/slack/escape.ts';
import { isAllowed, tell } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { CommandCall } from '../payload.ts';

/** `/sse freeze on|off [reason]`, for approvers: no change starts anywhere while it is on. */
export async function freezeCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('approver', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'freeze'))) return;
  const [word = '', ...reason] = args;
  const way = word.toLowerCase();
  if (way !== 'on' && way !== 'off') {
    return tell(deps, call, 'Type /sse freeze on and the reason, or /sse freeze off.');
  }
  const answer = await deps.flows.freeze(call.actor, way === 'on', reason.join(' '));
  await tell(deps, call, { text: escapeSentence(answer.message) });
}
