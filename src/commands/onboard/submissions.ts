import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import { RemoteError } from '../../base/failure.ts';
import { OPTIONS } from '../../design/types.ts';
import { slackCodeOf } from '../../integrations/slack/errors.ts';
import { escapeSentence } from '../../integrations/slack/escape.ts';
import { FAULT, failureText, isAllowed, noteRefusal, tell } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { Submission } from '../payload.ts';
import type { SubmissionAck } from '../submission-ack.ts';
import { isOpaqueId } from '../opaque-id.ts';
import { linksView } from './links-view.ts';
import { loadingView, problemView } from './views.ts';

/** So long a loading view stands at least: its acknowledgement and the update that follows travel different ways. */
const MIN_LOADING_MS = 150;

/** Resolves when a loading view that an acknowledgement brought may be replaced. */
export function loadingStood(): Promise<void> {
  return sleep(MIN_LOADING_MS);
}

/** Step 1 was submitted: acknowledges with a loading view, reads both sides, and fills in step 2. */
export async function siteSubmitted(
  deps: CommandDeps,
  submission: Submission,
  ack: SubmissionAck,
  isFirst: () => Promise<boolean>,
): Promise<void> {
  await ack({ response_action: 'update', view: loadingView('Reading the site from Mist and Entra…') });
  const stood = loadingStood();
  await replaceLoading(deps, submission.viewId, async () => {
    try {
      return (await isFirst()) ? await formFor(deps, submission) : undefined;
    } finally {
      await stood;
    }
  });
}

async function formFor(deps: CommandDeps, { actor, values, metadata }: Submission): Promise<ModalView> {
  const verdict = await deps.access.may('operator', actor);
  if (!verdict.allowed) {
    noteRefusal(deps, actor, 'sse_onboard_site', verdict.reason);
    return problemView(verdict.message);
  }
  const option = OPTIONS.find((one) => one === values['option']);
  const siteId = values['site'];
  if (option === undefined || typeof siteId !== 'string' || !isOpaqueId(siteId)) {
    return problemView('Choose a site and a redundancy model: run /sse onboard again.');
  }
  const channel = metadata.channel ?? '';
  const form = await deps.flows.openForm(actor, { siteId, option, channel });
  if (!form.ok) return problemView(failureText(form.failure));
  return linksView(form.value, channel);
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

/** The reason was given: rejects the plan. */
export async function rejectSubmitted(
  deps: CommandDeps,
  { actor, metadata, values }: Submission,
  ack: SubmissionAck,
  isFirst: () => Promise<boolean>,
): Promise<void> {
  const request = metadata.request ?? '';
  const reason = typeof values['reason'] === 'string' ? values['reason'] : '';
  if (reason === '') {
    return ack({
      response_action: 'errors',
      errors: { reason: 'Say why, so that the requester can mend it.' },
    });
  }
  await ack({ response_action: 'clear' });
  if (!(await isFirst())) return;
  const to = { actor, ...(metadata.channel && { channel: metadata.channel }) };
  const verdict = await deps.access.may('approver', actor);
  if (!(await isAllowed(deps, verdict, to, 'sse_reject', request))) return;
  const answer = await deps.flows.reject(actor, request, reason);
  await tell(deps, to, { text: escapeSentence(answer.message) });
}
