import type { KnownBlock } from '@slack/types';
import type { RequestView } from '../../flows/types.ts';
import { escapeMrkdwn, escapeSentence, localTime, mention } from '../../integrations/slack/escape.ts';
import { mrkdwn } from './blocks.ts';

/** When an open plan may begin, in the installation's zone and in the reader's, and whether it only waits for that. Nothing without a window. */
export function windowBlocks(view: RequestView): KnownBlock[] {
  const { window } = view;
  if (window === undefined || view.state !== 'Plan') return [];
  const times = `${escapeMrkdwn(window.words)}; for you from ${localTime(window.opensAt)} to ${localTime(window.closesAt)}`;
  if (!window.isApproved) return [mrkdwn(`*Change window*: ${times}. It starts in it, once it is approved.`)];
  return [
    mrkdwn(`*Approved, starts at ${escapeMrkdwn(window.opens)}*. Change window: ${times}.${waits(view)}`),
  ];
}

/** mrkdwn: until when a plan can be decided. */
export function windowEnd({ window, expiresAt }: RequestView): string {
  return window === undefined
    ? `expires ${localTime(expiresAt)}`
    : `never starts after ${localTime(expiresAt)}`;
}

/** Told once in the thread, when the last approval is there before its window. mrkdwn. */
export function windowNote(view: RequestView): string | undefined {
  const { window } = view;
  if (window?.isApproved !== true) return undefined;
  const users = [...new Set(view.approvals.map((approval) => approval.user))].map(mention).join(', ');
  return `Approved by ${users}. The change of ${escapeMrkdwn(view.site.name)} starts ${escapeMrkdwn(window.opens)} (for you ${localTime(window.opensAt)}); until then Cancel and Reject stop it.`;
}

function waits({ reason }: RequestView): string {
  return reason === undefined ? '' : ` *It is time, but it waits*: ${escapeSentence(reason)}`;
}
