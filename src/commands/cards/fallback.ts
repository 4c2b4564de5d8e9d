import type { RequestView } from '../../flows/types.ts';
import { escapeMrkdwn } from '../../integrations/slack/escape.ts';

/**
 * The card as one line of text: state and site first, and where the site is up the status line at the end, as in
 * `Verified Lyon: tunnels 1/1, BGP 1/1, routes 25`. Escaped for mrkdwn.
 */
export function requestFallback(view: RequestView): string {
  const { state, site, statusLine } = view;
  const line = statusLine === undefined ? undefined : withName(site.name, statusLine);
  if (line !== undefined && (state === 'Onboarded' || state === 'Verified' || state === 'Changed')) {
    return escapeMrkdwn(`${state} ${line}`);
  }
  const text = `${state} ${site.name}: ${summary(view)}`;
  return escapeMrkdwn(line === undefined ? text : `${withStop(text)} ${line}`);
}

function withName(site: string, line: string): string {
  return line.startsWith(`${site}:`) ? line : `${site}: ${line}`;
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What happened or is wanted, in a few words. */
function summary(view: RequestView): string {
  switch (view.state) {
    case 'Plan':
      return planSummary(view);
    case 'Running':
      return runSummary(view);
    case 'Onboarded':
    case 'Verified':
      return view.outcome[0] ?? 'the site is up';
    case 'Changed':
      return view.reason ?? view.outcome[0] ?? 'done';
    case 'Offboarded':
      return 'removed from both sides, nothing is left';
    case 'Needs decision':
      return view.reason ?? view.failure?.hint ?? 'retry, roll back or keep';
    case 'Failed':
      return view.failure?.hint ?? view.reason ?? 'nothing was left behind';
    case 'Rolled back':
      return view.failure?.hint ?? view.reason ?? 'everything that was done is undone';
    case 'Rejected':
    case 'Expired':
    case 'Cancelled':
    case 'Void':
      return view.reason ?? DEFAULT_REASON[view.state];
  }
}

const DEFAULT_REASON = {
  Rejected: 'nothing was changed',
  Expired: 'nobody decided in time, nothing was changed',
  Cancelled: 'nothing was changed',
  Void: 'the plan no longer fits what is live',
} as const;

function planSummary(view: RequestView): string {
  if (view.window?.isApproved) return approvedSummary(view, view.window.opens);
  const failed = view.preflight.filter((item) => item.verdict === 'fail').length;
  if (failed > 0 && view.toAccept && view.toAccept.length > 0)
    return `${failed} of ${view.preflight.length} checks failed, an approver may accept it`;
  if (failed > 0 && !view.canApprove)
    return `${failed} of ${view.preflight.length} checks failed, it cannot be approved as it is`;
  if (view.frozen) return 'changes are frozen, it cannot be approved now';
  const changes = view.plan.length === 1 ? '1 change' : `${view.plan.length} changes`;
  if (!view.canApprove) return `${changes}, it cannot be approved as it is`;
  const got = new Set(view.approvals.map((approval) => approval.user)).size;
  return view.approvalsNeeded > 1
    ? `${changes}, ${got} of ${view.approvalsNeeded} approvals`
    : `${changes}, waiting for approval`;
}

function approvedSummary(view: RequestView, opens: string): string {
  if (view.reason !== undefined) return `approved, its window is open, but it waits. ${view.reason}`;
  return view.frozen
    ? `approved, starts ${opens} unless changes are still frozen`
    : `approved, starts ${opens}`;
}

function runSummary(view: RequestView): string {
  const undoing = view.steps.some((step) => step.state === 'undoing' || step.state === 'undone');
  const done = view.steps.filter((step) => step.state === 'done' || step.state === 'skipped').length;
  const now = view.steps.find((step) => ['doing', 'waiting', 'undoing'].includes(step.state));
  const stopping = view.stopBy === undefined ? '' : 'stopping, ';
  const progress = undoing
    ? 'rolling back'
    : `step ${Math.min(done + 1, view.steps.length)} of ${view.steps.length}`;
  return now ? `${stopping}${progress}, ${now.what}` : `${stopping}${progress}`;
}
