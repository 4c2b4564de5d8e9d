import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import { RemoteError } from '../../base/failure.ts';
import { OPTIONS, type InputProblem } from '../../design/types.ts';
import type { FormValues } from '../../flows/types.ts';
import { slackCodeOf } from '../../integrations/slack/errors.ts';
import { clamp, escapeSentence } from '../../integrations/slack/escape.ts';
import { FAULT, failureText, isAllowed, noteRefusal, tell, tellFailure } from '../answer.ts';
import { inTime } from '../access.ts';
import type { CommandDeps } from '../deps.ts';
import type { Submission } from '../payload.ts';
import type { SubmissionAck } from '../submission-ack.ts';
import { isOpaqueId } from '../opaque-id.ts';
import { linksView } from './links-view.ts';
import { loadingView, problemView } from './views.ts';

/** So long a loading view stands at least: its acknowledgement and the update that follows travel different ways. */
const MIN_LOADING_MS = 150;

/** Step 1 was submitted: acknowledges with a loading view, reads both sides, and fills in step 2. */
export async function siteSubmitted(
  deps: CommandDeps,
  submission: Submission,
  ack: SubmissionAck,
  isFirst: () => Promise<boolean>,
): Promise<void> {
  await ack({ response_action: 'update', view: loadingView('Reading the site from Mist and Entra…') });
  const stood = sleep(MIN_LOADING_MS);
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

/** A modal that was closed meanwhile is left closed. */
async function showInstead(deps: CommandDeps, viewId: string, view: ModalView): Promise<void> {
  try {
    await deps.send.updateView(viewId, view);
  } catch (error) {
    if (slackCodeOf(error) !== 'not_found') throw error;
    deps.log.info({}, 'the modal was closed before its form was ready');
  }
}

/** Step 2 was submitted: problems go to their fields; without any, both sides are read and the plan is made. */
export async function linksSubmitted(
  deps: CommandDeps,
  submission: Submission,
  ack: SubmissionAck,
  isFirst: () => Promise<boolean>,
): Promise<void> {
  const { actor, metadata, inputs } = submission;
  const draft = metadata.draft ?? '';
  const values = withNetworkList(submission.values);
  const [verdict, checked] = await Promise.all([
    inTime(deps.access.may('operator', actor)),
    deps.flows.checkForm(draft, values),
  ]);
  if (!verdict.allowed) {
    noteRefusal(deps, actor, 'sse_onboard_links', verdict.reason);
    const [first] = inputs;
    // In a minute it may be known: what was filled in stays.
    if (verdict.reason === 'unknown' && first !== undefined)
      return ack({ response_action: 'errors', errors: { [first]: verdict.message } });
    return ack({ response_action: 'update', view: problemView(verdict.message) });
  }
  if (!checked.ok) {
    noteRefusal(deps, actor, 'sse_onboard_links', checked.failure.code);
    return ack({ response_action: 'update', view: problemView(failureText(checked.failure)) });
  }
  if (checked.value.length > 0) {
    return ack({ response_action: 'errors', errors: fieldErrors(checked.value, inputs) });
  }
  await ack({ response_action: 'clear' });
  if (!(await isFirst())) return;
  const to = { actor, ...(metadata.channel && { channel: metadata.channel }) };
  const [submitted] = await Promise.all([
    deps.flows.submitForm(actor, draft, values),
    tell(deps, to, 'Reading both sides and making the plan. Its card follows in the channel.'),
  ]);
  if (submitted.ok) return;
  noteRefusal(deps, actor, 'sse_onboard_links', submitted.failure.code);
  await tellFailure(deps, to, submitted.failure, 'There is no plan: ');
}

/** Errors by block ID; a problem of a field that this view does not have stands at the first one. */
export function fieldErrors(
  problems: readonly InputProblem[],
  inputs: readonly string[],
): Record<string, string> {
  const errors: Record<string, string> = {};
  const [first = 'region'] = inputs;
  for (const { field, message } of problems) {
    const known = inputs.includes(field);
    const block = known ? field : first;
    const text = known ? message : `${field}: ${message}`;
    const before = errors[block];
    errors[block] = clamp(before === undefined ? text : `${before} ${text}`, 500);
  }
  return errors;
}

/** Where a site has no networks to choose from, their names are typed, with `;` between them. */
function withNetworkList(values: FormValues): FormValues {
  const { networks } = values;
  if (typeof networks !== 'string') return values;
  return {
    ...values,
    networks: networks
      .split(';')
      .map((name) => name.trim())
      .filter(Boolean),
  };
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
