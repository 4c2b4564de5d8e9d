import { isAllowed, tell, tellFailure } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument, splitWindow } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { answerPosted } from '../posted.ts';

/** `/sse offboard <site> [at <time>]`: puts the plan up at once, without a modal; another person approves it. */
export async function offboardCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('operator', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'offboard'))) return;
  const { words, window } = splitWindow(args);
  const name = siteArgument(words);
  if (name === undefined) return tell(deps, call, 'Which site? Type /sse offboard and its name.');
  const site = await deps.flows.findSite(name);
  if (!site.ok) return tellFailure(deps, call, site.failure);
  const posted = await deps.flows.offboard(call.actor, {
    site: site.value,
    channel: call.channel,
    ...(window !== undefined && { window }),
  });
  await answerPosted(deps, call, posted, 'The plan is up for approval.');
}
