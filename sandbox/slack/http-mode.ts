import { createHmac } from 'node:crypto';
import type { JsonObject } from '../contracts/slack/check.ts';
import type { Envelope, Transport, TransportAnswer } from './transport.ts';
import type { ViolationLog } from './violations.ts';

export interface HttpModeOptions {
  /** The app's request URL for commands, interactivity, options and events. */
  readonly requestUrl: string;
  readonly signingSecret: string;
  /** A call that is not answered by then is over. */
  readonly timeoutMs: number;
  readonly violations: ViolationLog;
  /** Epoch ms, for the signatures. */
  readonly clock: () => number;
}

/** Slack sends an event again that was not taken: at once, after a minute, after five. Here the times are short. */
const RETRY_PAUSES_MS = [0, 100, 500];

/**
 * The other way in: signed HTTP requests to the app, in the forms that docs.slack.dev gives for slash commands (a form), interactivity
 * (a form with `payload`) and events (JSON).
 */
export class HttpMode implements Transport {
  readonly name = 'http';
  readonly #options: HttpModeOptions;

  constructor(options: HttpModeOptions) {
    this.#options = options;
  }

  async deliver(envelope: Envelope): Promise<TransportAnswer> {
    const first = await this.#send(envelope, {});
    if (first.kind === 'ack' || envelope.type !== 'events_api') return first;
    for (const [at, pause] of RETRY_PAUSES_MS.entries()) {
      await new Promise((resolve) => setTimeout(resolve, pause).unref());
      const again = await this.#send(envelope, {
        'x-slack-retry-num': String(at + 1),
        'x-slack-retry-reason': 'http_error',
      });
      if (again.kind === 'ack') return again;
    }
    return first;
  }

  async #send(envelope: Envelope, more: Readonly<Record<string, string>>): Promise<TransportAnswer> {
    const { requestUrl, timeoutMs, violations } = this.#options;
    const { type, body } = written(envelope);
    let response: Response;
    let text: string;
    try {
      response = await fetch(requestUrl, {
        method: 'POST',
        body,
        headers: { 'content-type': type, ...this.#signature(body), ...more },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch {
      return { kind: 'unreachable' };
    }
    if (!response.ok) {
      violations.add('ack', 'http', `${envelope.type} was answered with HTTP ${response.status}`);
      return { kind: 'unreachable' };
    }
    const payload = read(text);
    if (!envelope.acceptsResponse && Object.keys(payload).length > 0) {
      violations.add('ack', String(envelope.payload['type']), 'takes no response; Slack drops it');
    }
    return { kind: 'ack', payload };
  }

  #signature(body: string): Record<string, string> {
    const { signingSecret, clock } = this.#options;
    const timestamp = String(Math.floor(clock() / 1000));
    const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
  }
}

const FORM = 'application/x-www-form-urlencoded';

function written({ type, payload }: Envelope): { type: string; body: string } {
  switch (type) {
    case 'slash_commands': {
      const fields = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
      return { type: FORM, body: new URLSearchParams(fields).toString() };
    }
    case 'interactive':
      return { type: FORM, body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() };
    case 'events_api':
      return { type: 'application/json', body: JSON.stringify(payload) };
  }
}

/** Plain text in answer to a command is shown like `{text}`. */
function read(text: string): JsonObject {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : { text };
  } catch {
    return { text };
  }
}
