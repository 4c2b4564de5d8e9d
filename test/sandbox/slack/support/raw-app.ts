import { WebSocket } from 'ws';
import type { JsonObject } from '../../../../sandbox/contracts/slack/check.ts';
import type { SlackSim } from '../../../../sandbox/slack/slack-sim.ts';
import { api } from './workspace.ts';

export interface RawEnvelope {
  envelope_id: string;
  type: string;
  accepts_response_payload: boolean;
  payload: JsonObject & { trigger_id: string; response_url: string };
}

/** What a listener answers: the ack's payload, or undefined for no acknowledgement at all. */
export type Listener = (envelope: RawEnvelope) => JsonObject | undefined | Promise<JsonObject | undefined>;

/** An app of a few lines, for what Bolt would never do. */
export class RawApp {
  readonly socket: WebSocket;
  readonly envelopes: RawEnvelope[] = [];
  readonly other: JsonObject[] = [];
  listener: Listener = () => ({});

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => void this.#receive(String(data)));
  }

  static async connect(sim: SlackSim, listener?: Listener): Promise<RawApp> {
    const opened = await api(sim, 'apps.connections.open', {}, sim.appToken);
    const app = new RawApp(new WebSocket(String(opened['url'])));
    if (listener) app.listener = listener;
    await new Promise((resolve, reject) => {
      app.socket.once('message', resolve);
      app.socket.once('error', reject);
    });
    return app;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async #receive(text: string): Promise<void> {
    const message = JSON.parse(text) as RawEnvelope & JsonObject;
    if (message.envelope_id === undefined) {
      this.other.push(message);
      return;
    }
    this.envelopes.push(message);
    const payload = await this.listener(message);
    if (payload) this.send({ envelope_id: message.envelope_id, payload });
  }
}
