import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Secret } from '../../base/secret.ts';
import { isSigned, readDelivery, type MistEvent, type WebhookDelivery } from './webhook.ts';

/** Takes what Mist sends to `POST /webhooks/mist`. */
export interface WebhookReceiver {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Waits until what was taken has been worked off. */
  drain(): Promise<void>;
}

export interface WebhookReceiverOptions {
  readonly secret: Secret;
  /** Ours; events of others are refused. */
  readonly orgId: string;
  readonly now: () => number;
  /** What was told, after Mist has its answer. */
  readonly onEvents: (events: readonly MistEvent[]) => Promise<void>;
  readonly onRefused: (why: string) => void;
  /** Every delivery that was signed. */
  readonly onDelivery?: (delivery: WebhookDelivery) => void;
  readonly onError: (error: unknown) => void;
}

/** Far more than the events of a delivery need. */
const MOST_BYTES = 1024 * 1024;

/**
 * Refuses what is not Mist's before anything of it is read: another type, too large, not signed, not readable, of another organisation.
 * What is taken is answered at once and worked off afterwards: Mist says of no answer how long it waits for it.
 */
export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const { secret, orgId, now, onEvents, onRefused, onDelivery, onError } = options;
  const working = new Set<Promise<void>>();

  function take(body: Buffer, signature: unknown, refuse: (status: number, why: string) => void): boolean {
    if (!isSigned(body, signature, secret)) {
      refuse(401, signature === undefined ? 'not signed' : 'wrongly signed');
      return false;
    }
    const read = readDelivery(body, orgId, now());
    if (!read.ok) {
      refuse(400, read.failure);
      return false;
    }
    const { events, leftOut } = read.value;
    onDelivery?.(read.value);
    if (leftOut.foreign > 0 && events.length === 0) {
      refuse(403, 'of another organisation');
      return false;
    }
    if (leftOut.foreign > 0) onRefused('of another organisation');
    if (events.length > 0) {
      const work = onEvents(events)
        .catch(onError)
        .finally(() => working.delete(work));
      working.add(work);
    }
    return true;
  }

  return {
    handle(request, response) {
      const refuse = (status: number, why: string): void => {
        onRefused(why);
        // What is still on its way is not read.
        response.writeHead(status, { connection: 'close' }).end(() => request.destroy());
      };
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') return refuse(415, 'not sent as JSON');
      if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return refuse(413, 'too large');
      const chunks: Buffer[] = [];
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MOST_BYTES) chunks.push(chunk);
        else if (!response.headersSent) refuse(413, 'too large');
      });
      // A sender that hangs up has no answer to get.
      request.on('error', () => undefined);
      request.on('end', () => {
        if (response.headersSent) return;
        const isTaken = take(Buffer.concat(chunks), request.headers['x-mist-signature-v2'], refuse);
        if (isTaken) response.writeHead(200).end();
      });
    },
    async drain() {
      await Promise.allSettled(working);
    },
  };
}
