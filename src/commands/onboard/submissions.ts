import type { ModalView } from '@slack/types';
import { OPTIONS } from '../../design/types.ts';
import { escapeSentence } from '../../integrations/slack/escape.ts';
import { failureText, isAllowed, tell } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { Submission } from '../payload.ts';
import type { SubmissionAck } from '../submission-ack.ts';
import { isOpaqueId } from '../opaque-id.ts';
import { linksView } from './links-view.ts';
import { loadingStood, refusedView, replaceLoading } from './loading.ts';
import { loadingView, problemView } from './views.ts';

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
  if (!verdict.allowed) return refusedView(deps, actor, verdict, 'sse_onboard_site');
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
