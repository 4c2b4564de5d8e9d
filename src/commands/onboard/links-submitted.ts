import { inTime } from '../../base/in-time.ts';
import type { InputProblem } from '../../design/types.ts';
import type { Actor, FormValues } from '../../flows/types.ts';
import { clamp } from '../../integrations/slack/escape.ts';
import { failureText, noteRefusal, tell, tellFailure, type Whereabouts } from '../answer.ts';
import type { CommandDeps } from '../deps.ts';
import type { Submission } from '../payload.ts';
import { ACK_WAIT_MS, type SubmissionAck } from '../submission-ack.ts';
import { linksView } from './links-view.ts';
import { loadingStood, replaceLoading, showInstead } from './loading.ts';
import { loadingView, problemView, readyView } from './views.ts';

const MAKING = 'Reading both sides and making the plan. Its card follows in the channel.';

/** What becomes of a submitted step 2. */
type Judgement =
  | { readonly kind: 'acceptable' }
  /** Stays open with these errors, by block ID. */
  | { readonly kind: 'open'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'closed'; readonly message: string };

/**
 * Step 2 was submitted: problems go to their fields; without any, both sides are read and the plan is made. Slack gives three seconds: where
 * it is slower itself in saying who somebody is, the form makes room for a note, and comes back with what was typed if it stays unknown.
 */
export async function linksSubmitted(
  deps: CommandDeps,
  submission: Submission,
  ack: SubmissionAck,
  isFirst: () => Promise<boolean>,
): Promise<void> {
  const values = withNetworkList(submission.values);
  const judging = judge(deps, submission, values);
  const judgement = await inTime(judging, ACK_WAIT_MS);
  switch (judgement?.kind) {
    case undefined:
      await ack({
        response_action: 'update',
        view: loadingView('Checking who you are and what was filled in…'),
      });
      return judgedLate(deps, { submission, values, judging, isFirst });
    case 'open':
      return ack({ response_action: 'errors', errors: judgement.errors });
    case 'closed':
      return ack({ response_action: 'update', view: problemView(judgement.message) });
    case 'acceptable':
      await ack({ response_action: 'clear' });
      if (await isFirst()) await makePlan(deps, submission, values);
  }
}

async function judge(deps: CommandDeps, submission: Submission, values: FormValues): Promise<Judgement> {
  const { actor, metadata, inputs } = submission;
  const [verdict, checked] = await Promise.all([
    deps.access.may('operator', actor),
    deps.flows.checkForm(metadata.draft ?? '', values),
  ]);
  if (!verdict.allowed) {
    noteRefusal(deps, actor, 'sse_onboard_links', verdict.reason);
    const [first] = inputs;
    // In a minute it may be known: what was filled in stays.
    return verdict.reason === 'unknown' && first !== undefined
      ? { kind: 'open', errors: { [first]: verdict.message } }
      : { kind: 'closed', message: verdict.message };
  }
  if (!checked.ok) {
    noteRefusal(deps, actor, 'sse_onboard_links', checked.failure.code);
    return { kind: 'closed', message: failureText(checked.failure) };
  }
  if (checked.value.length > 0) return { kind: 'open', errors: fieldErrors(checked.value, inputs) };
  return { kind: 'acceptable' };
}

/** The acknowledgement could not wait for the judgement: what it is stands in the modal as soon as it is known. */
async function judgedLate(
  deps: CommandDeps,
  late: {
    readonly submission: Submission;
    readonly values: FormValues;
    readonly judging: Promise<Judgement>;
    readonly isFirst: () => Promise<boolean>;
  },
): Promise<void> {
  const { submission, values, judging, isFirst } = late;
  const { viewId, actor, metadata } = submission;
  await replaceLoading(deps, viewId, async () => {
    const [judgement] = await Promise.all([judging, loadingStood()]);
    if (judgement.kind === 'closed') return problemView(judgement.message);
    if (judgement.kind === 'open') {
      const problems = Object.values(judgement.errors);
      await tell(deps, placeOf(submission), `Nothing was planned yet. ${problems.join(' ')}`);
      const form = await deps.flows.formWith(actor, metadata.draft ?? '', values);
      if (!form.ok) return problemView(failureText(form.failure));
      const notes = [...problems, ...form.value.notes];
      return linksView({ ...form.value, notes }, metadata.channel ?? '');
    }
    if (!(await isFirst())) return undefined;
    await showInstead(deps, viewId, loadingView(MAKING));
    const failure = await makePlan(deps, submission, values);
    return failure === undefined
      ? readyView('The plan is made. Its card is in the channel.')
      : problemView(failure);
  });
}

/** Makes the plan; says why where there is none. */
async function makePlan(
  deps: CommandDeps,
  submission: Submission,
  values: FormValues,
): Promise<string | undefined> {
  const { actor, metadata } = submission;
  const to = placeOf(submission);
  const [submitted] = await Promise.all([
    deps.flows.submitForm(actor, metadata.draft ?? '', values),
    tell(deps, to, MAKING),
  ]);
  if (submitted.ok) return undefined;
  noteRefusal(deps, actor, 'sse_onboard_links', submitted.failure.code);
  await tellFailure(deps, to, submitted.failure, 'There is no plan: ');
  return `There is no plan: ${failureText(submitted.failure)}`;
}

function placeOf({ actor, metadata }: { actor: Actor; metadata: Submission['metadata'] }): Whereabouts {
  return { actor, ...(metadata.channel && { channel: metadata.channel }) };
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
