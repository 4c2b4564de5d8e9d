import { isObject } from './json.ts';

/** A message of the command stream, unwrapped. */
export type StreamMessage =
  | { readonly kind: 'subscribed' | 'unsubscribed'; readonly channel: string }
  | { readonly kind: 'refused'; readonly channel: string }
  | { readonly kind: 'data'; readonly channel: string; readonly session: string; readonly raw: string }
  | { readonly kind: 'other' };

/** A data message is an envelope in a string in an envelope at most; more would be no message of Mist's. */
const DEEPEST = 4;

/**
 * Reads one message of Mist's WebSocket. `data` is an object, or a JSON string of one, or of a second envelope whose channel
 * may be written otherwise: the outer channel counts. Anything else is `other`. Source: Mist guide "WebSocket", and the
 * vendor's samples of `ping` and `release_dhcp`.
 */
export function readStreamMessage(text: string): StreamMessage {
  const envelope = parse(text);
  if (!isObject(envelope)) return { kind: 'other' };
  const channel = typeof envelope['channel'] === 'string' ? envelope['channel'] : '';
  if (envelope['event'] === 'channel_subscribed') return { kind: 'subscribed', channel };
  if (envelope['event'] === 'channel_unsubscribed') return { kind: 'unsubscribed', channel };
  if (envelope['event'] === 'subscribe_failed') return { kind: 'refused', channel };
  let data = envelope['data'];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    if (typeof data === 'string') data = parse(data);
    else if (isObject(data) && data['session'] === undefined && data['data'] !== undefined)
      data = data['data'];
    else break;
  }
  if (!isObject(data)) return { kind: 'other' };
  const { session, raw } = data;
  if (typeof session !== 'string' || typeof raw !== 'string') return { kind: 'other' };
  return { kind: 'data', channel, session, raw };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
