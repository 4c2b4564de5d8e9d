import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../contracts/slack/check.ts';
import type { DeliveryOutcome, Envelope, EnvelopeRecord, EnvelopeType, Transport } from './transport.ts';

/** Sends envelopes over the transport in use, limits the wait, and keeps a record of each. Nothing is sent twice by itself. */
export class Deliveries {
  readonly records: EnvelopeRecord[] = [];
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #timers = new Set<() => void>();

  constructor(transport: Transport, timeoutMs: number) {
    this.#transport = transport;
    this.#timeoutMs = timeoutMs;
  }

  send(type: EnvelopeType, payload: JsonObject, acceptsResponse: boolean): Promise<DeliveryOutcome> {
    return this.#deliver({ id: randomUUID(), type, payload: structuredClone(payload), acceptsResponse });
  }

  /** Sends an envelope once more, as where its acknowledgement was lost on the way. */
  repeat({ id, type, payload, acceptsResponse }: EnvelopeRecord): Promise<DeliveryOutcome> {
    return this.#deliver({ id, type, payload, acceptsResponse });
  }

  async #deliver(envelope: Envelope): Promise<DeliveryOutcome> {
    const { type, payload, acceptsResponse } = envelope;
    const what = String(payload['command'] ?? payload['type']);
    const at = Date.now();
    const record: EnvelopeRecord = {
      id: envelope.id,
      type,
      what,
      at,
      payload,
      acceptsResponse,
      outcome: 'pending',
    };
    this.records.push(record);
    const answered = this.#transport.deliver(envelope).then((answer): DeliveryOutcome => {
      if (answer.kind === 'unreachable') return { outcome: 'dispatch_failed' };
      record.ackMs = Date.now() - at;
      record.answer = answer.payload;
      return { outcome: 'acked', payload: answer.payload };
    });
    const result = await Promise.race([answered, this.#timeout()]);
    record.outcome = result.outcome;
    return result;
  }

  /** Ends every wait as if its time were over. */
  close(): void {
    for (const end of this.#timers) end();
  }

  #timeout(): Promise<DeliveryOutcome> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#timers.delete(end);
        resolve({ outcome: 'operation_timeout' });
      };
      const timer = setTimeout(end, this.#timeoutMs);
      timer.unref();
      this.#timers.add(end);
    });
  }
}
