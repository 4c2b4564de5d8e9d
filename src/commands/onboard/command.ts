import { failureText, isAllowed, noteRefusal, tellFailure } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import { inTime } from '../in-time.ts';
import type { CommandCall } from '../payload.ts';
import { replaceLoading } from './submissions.ts';
import { loadingView, problemView, siteView } from './views.ts';

/** The trigger lives three seconds; what is not there by now is done without. */
const LOOKUP_MS = 1200;

/** `/sse onboard [site]`: opens step 1, with the site chosen where it was named and found in time. */
export async function onboardCommand(
  deps: CommandDeps,
  call: CommandCall,
  args: readonly string[],
): Promise<void> {
  const name = siteArgument(args);
  const began = performance.now();
  const asking = deps.access.may('operator', call.actor);
  const verdict = await inTime(asking, LOOKUP_MS);
  if (verdict === undefined) {
    const viewId = await deps.send.openView(call.triggerId, loadingView('Checking who you are…'));
    return replaceLoading(deps, viewId, async () => {
      const late = await asking;
      if (!late.allowed) {
        noteRefusal(deps, call.actor, 'onboard', late.reason);
        return problemView(late.message);
      }
      const found = name === undefined ? undefined : await deps.flows.findSite(name);
      if (found?.ok === false && !found.failure.retryable) return problemView(failureText(found.failure));
      return siteView(call.channel, found?.ok === true ? found.value : undefined);
    });
  }
  if (!(await isAllowed(deps, verdict, call, 'onboard'))) return;
  const leftMs = LOOKUP_MS - (performance.now() - began);
  const found = name === undefined ? undefined : await inTime(deps.flows.findSite(name), leftMs);
  if (found?.ok === false && !found.failure.retryable) {
    await tellFailure(deps, call, found.failure);
    return;
  }
  const site = found?.ok === true ? found.value : undefined;
  await deps.send.openView(call.triggerId, siteView(call.channel, site));
}
