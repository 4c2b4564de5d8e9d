import { escapeMrkdwn } from '../../integrations/slack/escape.ts';
import type { RequestView } from '../../flows/types.ts';

const SHOWN = 8;

/** As much of a request's ID as a person types after `/sse plan`; several requests that begin alike are told apart there. */
export function shortId(id: string): string {
  return id.slice(0, SHOWN);
}

/** mrkdwn: how a card names its request. */
export function requestName(view: Pick<RequestView, 'id'>): string {
  return `request \`${escapeMrkdwn(shortId(view.id))}\``;
}

/** Name of a file with this plan, such as `plan-1a2b3c4d-2.txt`. */
export function planFileName(view: Pick<RequestView, 'id' | 'revision'>, extension: string): string {
  return `plan-${shortId(view.id).replace(/[^\w-]/g, '_')}-${view.revision}.${extension}`;
}
