import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import { RemoteError } from '../../base/failure.ts';
import type { Actor } from '../../flows/types.ts';
import { slackCodeOf } from '../../integrations/slack/errors.ts';
import type { Verdict } from '../access.ts';
import { FAULT, failureText, noteRefusal } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import { problemView } from './views.ts';

/** So long a loading view stands at least: its acknowledgement and the update that follows travel different ways. */
const MIN_LOADING_MS = 150;

/** Resolves when a loading view that an acknowledgement brought may be replaced. */
export function loadingStood(): Promise<void> {
  return sleep(MIN_LOADING_MS);
}

/**
 * Puts a view in the place of the loading one; none where another delivery does. An unexpected error is shown there as well before it is thrown on: nothing else
 * would ever end the waiting.
 */
export async function replaceLoading(
  deps: CommandDeps,
  viewId: string,
  make: () => Promise<ModalView | undefined>,
): Promise<void> {
  try {
    const view = await make();
    if (view) await showInstead(deps, viewId, view);
  } catch (error) {
    const text = error instanceof RemoteError ? failureText(error) : FAULT;
    await showInstead(deps, viewId, problemView(text)).catch((err: unknown) =>
      deps.log.info({ err }, 'the modal could not say that something broke'),
    );
    throw error;
  }
}

/** Shows a view in the place of another one; a modal that was closed meanwhile is left closed. */
export async function showInstead(deps: CommandDeps, viewId: string, view: ModalView): Promise<void> {
  try {
    await deps.send.updateView(viewId, view);
  } catch (error) {
    if (slackCodeOf(error) !== 'not_found') throw error;
    deps.log.info({}, 'the modal was closed before its form was ready');
  }
}

/** Says in a modal that somebody may not, and to the log and the audit. */
export function refusedView(
  deps: CommandDeps,
  actor: Actor,
  verdict: Extract<Verdict, { allowed: false }>,
  what: string,
  requestId?: string,
): ModalView {
  noteRefusal(deps, actor, what, verdict.reason, requestId);
  return problemView(verdict.message);
}
