import type { RequestRow } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import { momentWords } from '../../design/window-words.ts';
import type { Look, Operation } from '../engine/types.ts';
import { lastRetry } from '../last-retry.ts';
import type { FlowParts } from '../parts.ts';
import { windowOf } from './window-of.ts';

/** Code of a run that had changed nothing when its change window closed. */
export const WINDOW_CLOSED = 'flow.window_closed';

/**
 * What keeps a run from its first write: its window is not open yet (a bot of a version that knows no windows has begun it), or closed
 * while a vendor could not be read or no bot was there. undefined where it may go on.
 */
export function outsideWindow(request: RequestRow, now: number, zone: string): Look | undefined {
  const window = windowOf(request);
  if (!window) return undefined;
  if (now < window.opensAt) {
    return { state: 'waiting', progress: `Its change window opens ${momentWords(window.opensAt, zone)}` };
  }
  if (now < window.closesAt) return undefined;
  return { state: 'refused', failure: closed(window.closesAt, zone) };
}

/**
 * The last wait before the cutover, which moves traffic only inside the change window: where the window has closed meanwhile, somebody is
 * asked instead, and who then chooses Retry wants it now.
 */
export function cutoverInWindow(parts: Pick<FlowParts, 'settings' | 'store'>, wait: Operation): Operation {
  return {
    ...wait,
    async look(context): Promise<Look> {
      const look = await wait.look(context);
      if (look.state !== 'done') return look;
      const request = await parts.store.requests.get(context.run.requestId);
      const window = request && windowOf(request);
      if (!window || context.now() < window.closesAt) return look;
      if (((await lastRetry(context)) ?? 0) >= window.closesAt) return look;
      return { state: 'refused', failure: beforeCutover(window.closesAt, parts.settings.timeZone) };
    },
  };
}

function closed(closesAt: number, zone: string): Failure {
  return {
    code: WINDOW_CLOSED,
    message: 'the change window closed before anything was written',
    hint: `The change window closed ${momentWords(closesAt, zone)}, before anything could be written. Nothing was changed; ask again with another window.`,
    retryable: false,
  };
}

function beforeCutover(closesAt: number, zone: string): Failure {
  return {
    code: 'flow.window_over',
    message: 'the change window closed before the cutover',
    hint: `Tunnels, neighbors and routes are up, but the change window closed ${momentWords(closesAt, zone)}. No traffic was moved. Retry cuts over now, Roll back takes everything out, Keep leaves it without traffic.`,
    retryable: true,
  };
}
