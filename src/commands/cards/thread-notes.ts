import type { CardState, RequestView } from '../../flows/types.ts';
import { escapeMrkdwn, localTime, mention } from '../../integrations/slack/escape.ts';

/** What is worth telling in the thread when a card goes from one state to another; nothing for a mere step forward. mrkdwn. */
export function threadNote(view: RequestView, before: CardState | undefined): string | undefined {
  if (before === undefined || before === view.state) return undefined;
  const site = escapeMrkdwn(view.site.name);
  const who = mention(view.requester);
  const why = view.reason ?? view.failure?.hint;
  const because = why ? ` ${escapeMrkdwn(why)}` : '';
  switch (view.state) {
    case 'Plan':
      return undefined;
    case 'Running':
      return before === 'Plan'
        ? `Approved by ${approvers(view)}. The change of ${site} has started.`
        : undefined;
    case 'Onboarded':
      // Straight from a decision it can only have been kept, and then the reason says how it stands.
      return before === 'Needs decision' && why
        ? `${who} ${site} was kept as it is.${because}`
        : `${who} ${site} is connected and carries traffic.${lineOf(view)}`;
    case 'Verified':
      return `${who} ${site} passed the second look.${lineOf(view)}`;
    case 'Changed':
      return `${who} ${site} was changed.${because}${lineOf(view)}`;
    case 'Offboarded':
      return `${who} ${site} is removed from both sides; nothing is left.`;
    case 'Needs decision':
      return `${who} ${site} needs a decision: ${view.canRollBack ? 'Retry, Roll back or Keep' : 'Retry or Keep'}.${because}`;
    case 'Rolled back':
      return `${who} ${site} was rolled back.${because}`;
    case 'Failed':
      return `${who} The change of ${site} failed; ${view.left.length === 0 ? 'nothing was left behind' : 'its card names what was left behind'}.${because}`;
    case 'Rejected':
      return `${who} The plan for ${site} was rejected.${because}`;
    case 'Expired':
      return why
        ? `${who} The plan for ${site} expired.${because}`
        : `${who} The plan for ${site} expired before it was approved.`;
    case 'Cancelled':
      return `${who} The request for ${site} was cancelled.${because}`;
    case 'Void':
      return `${who} The plan for ${site} no longer fits what is live, so its approval is void.${because}`;
  }
}

/** Once before a plan expires, to whoever asked: nobody else is called. mrkdwn. */
export function reminderNote(view: RequestView): string {
  const got = new Set(view.approvals.map((approval) => approval.user)).size;
  return `${mention(view.requester)} The plan for ${escapeMrkdwn(view.site.name)} still waits (${got} of ${view.approvalsNeeded} approvals) and ${due(view)}.`;
}

function due({ window, expiresAt }: RequestView): string {
  return window ? `its change window is ${escapeMrkdwn(window.words)}` : `expires ${localTime(expiresAt)}`;
}

function approvers(view: RequestView): string {
  const users = [...new Set(view.approvals.map((approval) => approval.user))];
  return users.length > 0 ? users.map(mention).join(', ') : 'an approver';
}

function lineOf(view: RequestView): string {
  return view.statusLine ? ` ${escapeMrkdwn(view.statusLine)}` : '';
}
