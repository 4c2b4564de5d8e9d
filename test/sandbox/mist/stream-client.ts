import WebSocket from 'ws';
import type { MistSim } from '../../../sandbox/mist/mist-sim.ts';
import type { Body } from './fixtures.ts';
import { until } from './fixtures.ts';

/** A plain client of the command stream, as small as can be. */
export interface StreamClient {
  readonly messages: Body[];
  send(message: unknown): void;
  subscribe(channel: string): Promise<Body>;
  /** Everything that arrived for the session so far, put together, escape sequences removed. */
  text(session: string): string;
  closed(): boolean;
  close(): void;
}

export async function connect(sim: MistSim, token = sim.token): Promise<StreamClient> {
  const socket = new WebSocket(sim.wsUrl, { headers: { authorization: `Token ${token}` } });
  const messages: Body[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8')) as Body));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    messages,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async subscribe(channel) {
      socket.send(JSON.stringify({ subscribe: channel }));
      return until(() => messages.find((m) => m['event'] !== 'data' && m['channel'] === channel));
    },
    text: (session) => textOf(messages, session),
    closed: () => socket.readyState === WebSocket.CLOSED,
    close: () => socket.terminate(),
  };
}

function textOf(messages: Body[], session: string): string {
  const parts = messages
    .filter((message) => message['event'] === 'data')
    .map((message) => inner(message))
    .filter((data) => data['session'] === session)
    .map((data) => String(data['raw']));
  return parts.join('').replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

/** The innermost `{session, raw}`, through strings and envelopes. */
export function inner(message: Body): Body {
  let data: unknown = message['data'];
  if (typeof data === 'string') data = JSON.parse(data);
  const body = data as Body;
  return 'data' in body ? inner(body) : body;
}
