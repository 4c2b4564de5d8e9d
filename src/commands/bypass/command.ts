import { isAllowed, tell, tellFailure } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument, splitWindow } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { answerPosted } from '../posted.ts';

/**
 * `/sse bypass <site>`: traffic leaves the tunnels at once, without a second person. With `off` behind it: puts up the plan that
 * sends it in again, in a change window where one is named.
 */
export async function bypassCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const verdict = await deps.access.may('operator', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'bypass'))) return;
  const { words, window } = splitWindow(args);
  const word = words.length > 1 ? words.at(-1)?.toLowerCase() : undefined;
  const hasWord = word === 'on' || word === 'off';
  const name = siteArgument(hasWord ? words.slice(0, -1) : words);
  if (name === undefined) return tell(deps, call, 'Which site? Type /sse bypass and its name.');
  const site = await deps.flows.findSite(name);
  if (!site.ok) return tellFailure(deps, call, site.failure);
  const where = { site: site.value, channel: call.channel };
  if (word === 'off') {
    const posted = await deps.flows.bypassOff(call.actor, {
      ...where,
      ...(window !== undefined && { window }),
    });
    return answerPosted(deps, call, posted, 'The plan that ends the bypass is up for approval.');
  }
  if (window !== undefined) return tell(deps, call, AT_ONCE);
  await answerPosted(deps, call, await deps.flows.bypass(call.actor, where), 'The bypass has started.');
}

const AT_ONCE =
  'A bypass starts at once and has no change window. Only its end has one: /sse bypass <site> off at 22:00.';
