import type { KnownBlock } from '@slack/types';
import type { RequestView, StepView } from '../../flows/types.ts';
import { clamp, escapeMrkdwn, localTime, mention } from '../../integrations/slack/escape.ts';
import { buttons, context, facts, header, mrkdwn, mrkdwnList, span, type Card } from './blocks.ts';
import { requestFallback } from './fallback.ts';
import { requestName } from './request-name.ts';
import { topologyBlocks } from './topology-blocks.ts';
import type { Picture } from '../pictures/shelf.ts';
import { failureReference, standingBlocks, whyLines } from './trouble.ts';

const STEP_WORDS: Record<StepView['state'], string> = {
  pending: 'to do',
  doing: 'working',
  waiting: 'waiting',
  done: 'done',
  failed: 'FAILED',
  undoing: 'undoing',
  undone: 'undone',
  skipped: 'skipped',
};

/** A run that goes on, or that waits for a decision: its steps with their state and times. */
export function runCard(view: RequestView, picture?: Picture): Card {
  const decision = view.state === 'Needs decision';
  return {
    text: requestFallback(view),
    blocks: [
      header(`${view.state}: ${view.site.name}`),
      mrkdwn(byline(view)),
      ...(decision ? [...decisionBlocks(view), ...topologyBlocks(view.topology, picture)] : []),
      ...(view.stopBy === undefined
        ? []
        : [mrkdwn(`Stopping after the step that is going on, asked by ${mention(view.stopBy)}.`)]),
      ...stepBlocks(view.steps),
      ...(decision ? [decisionButtons(view)] : []),
      context(runFooter(view)),
    ],
    details: [],
  };
}

/** Steps as lines: state, time, what, and what is being waited for. */
export function stepBlocks(steps: readonly StepView[]): KnownBlock[] {
  return mrkdwnList('Steps', steps.map(stepLine));
}

const GOING = new Set<StepView['state']>(['doing', 'waiting', 'undoing']);

function stepLine(step: StepView): string {
  const going = GOING.has(step.state);
  // A step that was undone keeps the failure that turned the run back.
  const failure = going || step.state === 'done' ? undefined : step.failure;
  const detail = going ? step.progress : failure?.hint;
  const what = detail ? `${step.what}: ${detail}` : step.what;
  const reference = failure === undefined ? '' : ` (${failureReference(failure)})`;
  const until = going && step.until !== undefined ? ` until ${localTime(step.until)}` : '';
  return `${STEP_WORDS[step.state]}${stepTime(step, going)} – ${escapeMrkdwn(clamp(what, 600))}${until}${reference}`;
}

/** A running step shows since when and not how long: the card is drawn again only when something changes. */
function stepTime(step: StepView, going: boolean): string {
  if (step.startedAt === undefined) return '';
  if (going) return ` since ${localTime(step.startedAt)}`;
  return step.endedAt === undefined ? '' : `, ${span(step.endedAt - step.startedAt)}`;
}

export function byline(view: RequestView): string {
  const change = view.ticket ? ` · change ${escapeMrkdwn(view.ticket)}` : '';
  const approvers = [...new Set(view.approvals.map((approval) => approval.user))].map(mention);
  const approved = approvers.length > 0 ? ` · approved by ${approvers.join(', ')}` : '';
  const what = view.verb === 'onboard' ? (view.option ?? 'onboard') : view.verb;
  return `*${escapeMrkdwn(view.site.name)}*, ${what} · asked by ${mention(view.requester)}${approved}${change}`;
}

export function runFooter(view: RequestView): string {
  const digest = `${requestName(view)} · digest \`${escapeMrkdwn(view.digest.slice(0, 16))}\``;
  if (view.startedAt === undefined) return digest;
  if (view.endedAt === undefined) return `started ${localTime(view.startedAt)} · ${digest}`;
  return `started ${localTime(view.startedAt)} · took ${span(view.endedAt - view.startedAt)} · ${digest}`;
}

function decisionBlocks(view: RequestView): KnownBlock[] {
  return [
    ...mrkdwnList('What is wrong', whyLines(view)),
    ...(view.statusLine ? facts([['Now', view.statusLine]]) : []),
    ...standingBlocks(view),
    mrkdwn(choices(view)),
  ];
}

function choices({ verb, canRollBack }: RequestView): string {
  if (verb === 'onboard') {
    return '*Retry* waits and checks once more. *Roll back* removes what was made, on both sides. *Keep* leaves everything as it is.';
  }
  const back = canRollBack
    ? ' *Roll back* puts back what was taken away.'
    : ' It cannot be rolled back any more: what is gone cannot be made again as it was.';
  return `*Retry* goes on where it stopped.${back} *Keep* leaves everything as it is.`;
}

function decisionButtons(view: RequestView): KnownBlock {
  const value = view.id;
  const name = view.site.name;
  return buttons([
    { actionId: 'sse_retry', label: 'Retry', spoken: `Retry ${name}`, value, style: 'primary' },
    ...(view.canRollBack
      ? [
          {
            actionId: 'sse_rollback',
            label: 'Roll back',
            spoken: `Roll back ${name}`,
            value,
            style: 'danger' as const,
          },
        ]
      : []),
    { actionId: 'sse_keep', label: 'Keep', spoken: `Keep ${name} as it is`, value },
  ]);
}
