import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '../../base/failure.ts';
import type { SiteRef } from '../../flows/types.ts';
import { isAllowed, tellFailure } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { siteArgument } from '../grammar.ts';
import type { CommandCall } from '../payload.ts';
import { siteView } from './views.ts';

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
  const verdict = await deps.access.may('operator', call.actor);
  if (!(await isAllowed(deps, verdict, call, 'onboard'))) return;
  const leftMs = Math.max(0, LOOKUP_MS - (performance.now() - began));
  const found = name === undefined ? undefined : await inTime(deps.flows.findSite(name), leftMs);
  if (found?.ok === false && !found.failure.retryable) {
    await tellFailure(deps, call, found.failure);
    return;
  }
  const site = found?.ok === true ? found.value : undefined;
  await deps.send.openView(call.triggerId, siteView(call.channel, site));
}

async function inTime(
  lookup: Promise<Result<SiteRef>>,
  leftMs: number,
): Promise<Result<SiteRef> | undefined> {
  const timer = new AbortController();
  const late = sleep(leftMs, undefined, { signal: timer.signal }).catch(() => undefined);
  // A lookup that fails after its time is of no interest any more.
  lookup.catch(() => undefined);
  try {
    return await Promise.race([lookup, late]);
  } finally {
    timer.abort();
  }
}
