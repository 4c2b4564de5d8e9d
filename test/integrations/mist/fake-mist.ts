import { WebSocketServer, type WebSocket } from 'ws';
import type { RemoteError } from '../../../src/base/failure.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createMist, type MistOptions } from '../../../src/integrations/mist/client.ts';
import type { Mist } from '../../../src/integrations/mist/types.ts';
import {
  startSimServer,
  type SimRequest,
  type SimResponse,
  type SimServer,
} from '../../../sandbox/http/server.ts';

export const ORG = '09600000-0000-4000-8000-000000000001';
export const SITE = '51e00000-0000-4000-8000-000000000001';
export const DEVICE = '00000000-0000-0000-1000-020001c04668';
export const TOKEN = 'token-that-nobody-may-print';

/** A real server whose answers a test writes itself, with a client on it. */
export interface FakeMist {
  readonly server: SimServer;
  readonly mist: Mist;
  readonly events: { method: string; path: string; status: number; ms: number; attempt: number }[];
  close(): Promise<void>;
}

export async function startFakeMist(
  handle: (request: SimRequest) => SimResponse | Promise<SimResponse>,
  options: Partial<MistOptions> = {},
): Promise<FakeMist> {
  const server = await startSimServer({ handle });
  const events: FakeMist['events'] = [];
  const mist = createMist({
    baseUrl: server.origin,
    token: new Secret(TOKEN),
    orgId: ORG,
    timeoutMs: 15_000,
    // As long as a process may stand still on a busy machine.
    silenceMs: 250,
    firstMessageMs: 10_000,
    overallMs: 20_000,
    onCall: (event) => events.push(event),
    ...options,
  });
  return {
    server,
    mist,
    events,
    async close() {
      await mist.close();
      await server.close();
    },
  };
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<RemoteError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: unknown) => error as RemoteError,
  );
}

/** A command stream whose every message a test writes itself. */
export interface FakeStream {
  readonly sockets: WebSocket[];
  /** What clients sent, in order. */
  readonly received: { subscribe?: string; unsubscribe?: string }[];
  readonly headers: (string | undefined)[];
  /** Default: confirm at once. */
  onSubscribe: (socket: WebSocket, channel: string) => void;
  say(message: object | string): void;
  close(): void;
}

export function addFakeStream(server: SimServer): FakeStream {
  const sockets = new WebSocketServer({ server: server.server, path: '/api-ws/v1/stream' });
  const stream: FakeStream = {
    sockets: [],
    received: [],
    headers: [],
    onSubscribe: (socket, channel) => socket.send(JSON.stringify({ event: 'channel_subscribed', channel })),
    say(message) {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      for (const socket of stream.sockets) if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close() {
      for (const socket of stream.sockets) socket.terminate();
      sockets.close();
    },
  };
  sockets.on('connection', (socket, request) => {
    stream.sockets.push(socket);
    stream.headers.push(request.headers.authorization);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { subscribe?: string; unsubscribe?: string };
      stream.received.push(message);
      if (message.subscribe !== undefined) stream.onSubscribe(socket, message.subscribe);
    });
  });
  return stream;
}

export const CHANNEL = `/sites/${SITE}/devices/${DEVICE}/cmd`;

export function dataMessage(session: string, raw: string): object {
  return { event: 'data', channel: CHANNEL, data: { session, raw } };
}
