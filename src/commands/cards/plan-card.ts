import { approvalValue } from './approval-value.ts';
import type { KnownBlock } from '@slack/types';
import type { PlanLine, RequestView } from '../../flows/types.ts';
import { clamp, escapeMrkdwn, mention } from '../../integrations/slack/escape.ts';
import { LIMITS, textLength } from '../../integrations/slack/limits.ts';
import { buttons, context, facts, header, mrkdwn, preformatted, titledList, type Card } from './blocks.ts';
import { requestFallback } from './fallback.ts';
import { planFileName, requestName } from './request-name.ts';
import { preflightBlocks, preflightLine } from './preflight.ts';
import { windowBlocks, windowEnd } from './window-blocks.ts';
import { topologyBlocks } from './topology-blocks.ts';
import type { Picture } from '../pictures/shelf.ts';
import { verbWords } from './verb-words.ts';

/** Room for the other clients' own additions; Slack's figure is measured, not promised. */
const BUDGET = LIMITS.messageText - 1000;
/** Room for the difference to the plan before; what is cut stands in the evidence. */
const MAX_CHANGES = 1800;
const MAX_BLOCKS = LIMITS.messageBlocks - 2;

/**
 * What an approver decides on. What he must see (checks that did not pass, blast radius, digest, buttons) comes first and always fits;
 * the lines of the diff fill what is left, and the rest goes into a file in the thread with a note on the card.
 */
export function planCard(view: RequestView, picture?: Picture): Card {
  return composePlan(view, picture, {
    title: `Plan: ${verbWords(view.verb).plan} ${view.site.name}`,
    opening: [],
    closing: [context(planFooter(view)), actions(view)],
    overflowFile: planFileName(view, 'txt'),
  });
}

/** What differs between a plan that waits for a decision and one that is shown again. */
export interface PlanFrame {
  readonly title: string;
  /** Below the title; short. */
  readonly opening: readonly KnownBlock[];
  /** At the end, whatever else has to give way. */
  readonly closing: readonly KnownBlock[];
  /** The file in the thread that holds what does not fit. */
  readonly overflowFile: string;
}

/** A plan's blocks within Slack's limits. */
export function composePlan(view: RequestView, picture: Picture | undefined, frame: PlanFrame): Card {
  const before = [
    header(frame.title),
    ...frame.opening,
    mrkdwn(byline(view)),
    ...windowBlocks(view),
    ...frozenBlocks(view),
    ...changesBlocks(view),
    ...facts(view.facts),
    ...topologyBlocks(view.topology, picture),
  ];
  const checks = preflightBlocks(view.preflight);
  const after = [
    ...titledList('What it touches', view.blastRadius),
    ...titledList('Good to know', view.advice),
    ...frame.closing,
  ];
  const sides = SIDES.flatMap(({ side, title }) => diffBlocks(title, linesOf(view.plan, side)));
  const details: string[] = [];
  const fixed = fitFixed(view, { before, checks, after }, frame, details);
  const diff = fitDiff(sides, fixed, details, view, frame);
  return {
    text: requestFallback(view),
    blocks: [...fixed.before, ...fixed.checks, ...diff, ...fixed.after],
    details,
  };
}

interface Fixed {
  readonly before: readonly KnownBlock[];
  readonly checks: readonly KnownBlock[];
  readonly after: readonly KnownBlock[];
}

const SIDES = [
  { side: 'entra', title: 'Changes in Entra' },
  { side: 'mist', title: 'Changes in Mist' },
  { side: 'both', title: 'On both sides' },
] as const;

function linesOf(plan: readonly PlanLine[], side: PlanLine['side']): PlanLine[] {
  return plan.filter((line) => line.side === side);
}

function byline(view: RequestView): string {
  const change = view.ticket ? ` · change ${escapeMrkdwn(view.ticket)}` : '';
  const option = view.option !== undefined && view.verb === 'onboard' ? `, ${view.option}` : '';
  return `${mention(view.requester)} asks to ${verbWords(view.verb).asks} *${escapeMrkdwn(view.site.name)}*${option}${change}`;
}

function frozenBlocks({ frozen }: RequestView): KnownBlock[] {
  if (!frozen) return [];
  const why = frozen.reason === '' ? '' : `: ${escapeMrkdwn(frozen.reason)}`;
  return [
    mrkdwn(
      `*Frozen* by ${mention(frozen.by)}${why}. Nothing can be approved until an approver runs \`/sse freeze off\`.`,
    ),
  ];
}

/** What is different from the plan before, so that nobody has to compare two cards. */
function changesBlocks(view: RequestView): KnownBlock[] {
  const { changes = [], lastEditor, revision } = view;
  if (changes.length === 0) return [];
  const who = lastEditor === undefined ? '' : ` (${mention(lastEditor)} edited it and cannot approve it)`;
  const title = revision > 1 ? 'Changed in this revision' : 'What moved since the plan before';
  const text = changes.map((line) => clamp(line, 300)).join('\n');
  return [mrkdwn(`*${title}*${who}`), preformatted(clamp(text, MAX_CHANGES))];
}

/** One change as text: what, then its lines before and after. */
export function diffText(line: PlanLine): string {
  const lines = [...line.before.map((one) => marked('-', one)), ...line.after.map((one) => marked('+', one))];
  return [line.what, ...lines.map((one) => `  ${one}`)].join('\n');
}

/** Lines may carry a mark of their own already, such as `!` for what somebody must know. */
function marked(mark: string, line: string): string {
  return /^[-+~!=] /.test(line) ? line : `${mark} ${line}`;
}

function diffBlocks(title: string, plan: readonly PlanLine[]): KnownBlock[] {
  if (plan.length === 0) return [];
  const blocks: KnownBlock[] = [mrkdwn(`*${title}*`)];
  let text = '';
  for (const line of plan.map(diffText)) {
    if (text !== '' && text.length + line.length + 1 > 2800) {
      blocks.push(preformatted(text));
      text = '';
    }
    text = text === '' ? line : `${text}\n${line}`;
  }
  return [...blocks, preformatted(text)];
}

/** Where even the checks and the blast radius are too long, their full text goes to the file. */
function fitFixed(view: RequestView, whole: Fixed, frame: PlanFrame, details: string[]): Fixed {
  const { before, checks, after } = whole;
  const size = textLength([...before, ...checks, ...after]);
  const count = before.length + checks.length + after.length;
  if (size <= BUDGET - 1500 && count <= MAX_BLOCKS - 4) return whole;
  const notable = view.preflight.filter((item) => item.verdict !== 'pass');
  details.push(
    `Checks\n${notable.map(preflightLine).join('\n')}`,
    `What it touches\n${view.blastRadius.join('\n')}`,
    `Good to know\n${view.advice.join('\n')}`,
    view.facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
  );
  return {
    before: before.slice(
      0,
      4 +
        frame.opening.length +
        windowBlocks(view).length +
        frozenBlocks(view).length +
        changesBlocks(view).length,
    ),
    checks: [
      ...checks.slice(0, 1),
      context(`All checks are in the file ${frame.overflowFile} in the thread.`),
    ],
    after: [
      ...titledList('What it touches', view.blastRadius).slice(0, 1),
      context(
        `All that it touches and what is good to know are in the file ${frame.overflowFile} in the thread.`,
      ),
      ...frame.closing,
    ],
  };
}

function fitDiff(
  sides: KnownBlock[],
  fixed: Fixed,
  details: string[],
  view: RequestView,
  frame: PlanFrame,
): KnownBlock[] {
  const others = [...fixed.before, ...fixed.checks, ...fixed.after];
  let room = BUDGET - textLength(others);
  let slots = MAX_BLOCKS - others.length;
  const kept: KnownBlock[] = [];
  for (const block of sides) {
    const size = textLength(block);
    if (size > room || slots <= 1) {
      details.push(`All changes\n${view.plan.map((line) => `[${line.side}] ${diffText(line)}`).join('\n')}`);
      return [
        ...kept,
        context(`The full list of changes is in the file ${frame.overflowFile} in the thread.`),
      ];
    }
    kept.push(block);
    room -= size;
    slots -= 1;
  }
  return kept;
}

/** mrkdwn: approvals, the request, what the approval is bound to and until when. */
export function planFooter(view: RequestView): string {
  const approvals = view.approvals.map((approval) => mention(approval.user));
  const so = approvals.length > 0 ? `Approved by ${approvals.join(', ')} · ` : '';
  const accepted = [...new Set((view.acceptances ?? []).map((one) => mention(one.user)))];
  const taken = accepted.length > 0 ? `What failed was accepted by ${accepted.join(', ')} · ` : '';
  const needed =
    view.approvalsNeeded > 1 ? `${approvals.length} of ${view.approvalsNeeded} approvals · ` : '';
  const revision = view.revision > 1 ? ` · revision ${view.revision}` : '';
  return `${so}${taken}${needed}${requestName(view)} · digest \`${escapeMrkdwn(view.digest.slice(0, 16))}\`${revision} · ${windowEnd(view)}`;
}

function actions(view: RequestView): KnownBlock {
  const value = view.id;
  const name = view.site.name;
  return buttons([
    ...(view.canApprove
      ? [
          {
            actionId: 'sse_approve',
            label: 'Approve',
            spoken: `Approve the plan for ${name}`,
            value: approvalValue(view),
            style: 'primary' as const,
          },
        ]
      : []),
    ...(view.toAccept && view.toAccept.length > 0
      ? [
          {
            actionId: 'sse_accept',
            label: 'Accept what failed',
            spoken: `Accept what failed in the plan for ${name}`,
            value: approvalValue(view),
          },
        ]
      : []),
    {
      actionId: 'sse_reject',
      label: 'Reject',
      spoken: `Reject the plan for ${name}`,
      value,
      style: 'danger',
    },
    ...(view.canEdit
      ? [{ actionId: 'sse_edit', label: 'Edit', spoken: `Edit the request for ${name}`, value }]
      : []),
    { actionId: 'sse_cancel', label: 'Cancel', spoken: `Cancel the request for ${name}`, value },
  ]);
}
