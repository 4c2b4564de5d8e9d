import type { ModalView } from '@slack/types';
import { ok, type Result } from '../../base/failure.ts';
import { inTime } from '../../base/in-time.ts';
import type { SiteRef } from '../../flows/types.ts';
import { failureText, isAllowed, tellFailure } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { refusedView, replaceLoading } from './loading.ts';
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
      if (!late.allowed) return refusedView(deps, call.actor, late, 'onboard');
      const view = stepOne(call, name === undefined ? undefined : await deps.flows.findSite(name));
      return view.ok ? view.value : problemView(failureText(view.failure));
    });
  }
  if (!(await isAllowed(deps, verdict, call, 'onboard'))) return;
  const leftMs = LOOKUP_MS - (performance.now() - began);
  const found = name === undefined ? undefined : await inTime(deps.flows.findSite(name), leftMs);
  const view = stepOne(call, found);
  if (view.ok) await deps.send.openView(call.triggerId, view.value);
  else await tellFailure(deps, call, view.failure);
}

/** Step 1 with the site that was found; a failure where no waiting would find the one that was named. */
function stepOne({ channel }: CommandCall, found: Result<SiteRef> | undefined): Result<ModalView> {
  if (found?.ok === false && !found.failure.retryable) return found;
  return ok(siteView(channel, found?.ok === true ? found.value : undefined));
}
