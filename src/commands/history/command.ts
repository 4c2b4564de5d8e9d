import { isAllowed, tell, tellFailure } from '../answer.ts';
import { historyCard } from '../cards/history-card.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';

/** `/sse history [site]`: who asked, who decided, what was changed when, and how it ended; for the asker alone, who turns its pages. */
export async function historyCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('anyone', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'history'))) return;
  const site = siteArgument(args);
  const page = await deps.flows.history(site === undefined ? {} : { site });
  if (!page.ok) return tellFailure(deps, call, page.failure);
  await tell(deps, call, historyCard(page.value));
}
