import type { KnownBlock } from '@slack/types';
import type { Failure } from '../../base/failure.ts';
import { OP } from '../../flows/onboard/outputs.ts';
import type { RequestView, StepView } from '../../flows/types.ts';
import { clamp, escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { mrkdwn, titledList } from './blocks.ts';

/** Long enough to name every object of the largest plan. */
const HINT_MAX = 2400;

/** `code flow.timeout, request ID 9f1c`: what a vendor's support and the log are searched for. mrkdwn. */
export function failureReference(failure: Failure): string {
  const request =
    failure.requestId === undefined ? '' : `, request ID ${escapeMrkdwn(clamp(failure.requestId, 100))}`;
  return `code ${escapeMrkdwn(clamp(failure.code, 100))}${request}`;
}

/** Why a run did not get where it should: what was said, and the failed step with its code. mrkdwn. */
export function whyLines(view: RequestView): string[] {
  const { failure } = view;
  const lines = saidOf(view).map((text) => escapeMrkdwn(clamp(text, HINT_MAX)));
  if (failure === undefined) return lines;
  const step = failedStep(view.steps, failure);
  const where = step === undefined ? '' : `Failed step: ${escapeMrkdwn(clamp(step.what, 300))}, `;
  return [...lines, `${where}${failureReference(failure)}`];
}

function saidOf({ reason, failure }: RequestView): string[] {
  const said = [reason, failure?.hint].filter((one): one is string => one !== undefined && one !== '');
  return [...new Set(said)];
}

/** The step that the run's failure comes from; where it cannot be told, the first one that failed. */
function failedStep(steps: readonly StepView[], { code, hint }: Failure): StepView | undefined {
  const broken = steps.filter((step) => step.failure !== undefined);
  return (
    broken.find(({ failure }) => failure?.code === code && failure.hint === hint) ??
    broken.find(({ state }) => state === 'failed') ??
    broken[0]
  );
}

/**
 * What stands on the two sides, each thing once: what the reason names in full is not said again. Says so, too, where nothing
 * does.
 */
export function standingBlocks(view: RequestView): KnownBlock[] {
  const said = saidOf(view);
  const left = [...new Set(view.left)].filter((one) => !said.some((text) => text.includes(one)));
  if (view.state === 'Needs decision') {
    return titledList('In place now', [...standingSentence(view.steps), ...left]);
  }
  if (left.length > 0) return titledList('Still in place', left);
  const isOver = view.state === 'Failed' || view.state === 'Rolled back';
  return isOver && view.left.length === 0 ? [mrkdwn('*Still in place:* nothing.')] : [];
}

/** For a run that stopped on its way forward: on which sides configuration stands, and whether traffic can use it. */
function standingSentence(steps: readonly StepView[]): string[] {
  // Once something was undone, only what is left behind is known.
  if (steps.some(({ state }) => state === 'undone' || state === 'undoing')) return [];
  const sides = [
    ...(isDone(steps, OP.network) ? ['Entra'] : []),
    ...(isDone(steps, OP.connectors) ? ['Mist'] : []),
  ];
  if (sides.length === 0) return [];
  const where = sides.length === 2 ? 'on both sides' : `in ${sides.join('')} only`;
  return [`Configuration stands ${where}. ${trafficSentence(steps)}`];
}

function trafficSentence(steps: readonly StepView[]): string {
  const cutover = steps.find(({ id }) => id === OP.policy)?.state ?? 'pending';
  if (cutover === 'done') return 'The cutover is done: traffic uses it.';
  if (cutover === 'pending' || cutover === 'skipped') {
    return 'No traffic uses it: the cutover has not been done.';
  }
  return 'The cutover was begun: traffic may use it.';
}

function isDone(steps: readonly StepView[], id: string): boolean {
  return steps.some((step) => step.id === id && step.state === 'done');
}
