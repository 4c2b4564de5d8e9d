import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { FaultBook } from '../http/faults.ts';
import type { SimResponse } from '../http/server.ts';
import { cut, decorate, randomFrom, type StreamManners } from './chunks.ts';
import { isJson } from './json.ts';

export const STREAM_PATH = '/api-ws/v1/stream';

export interface StreamOptions {
  server: Server;
  faults: FaultBook;
  manners: StreamManners;
  seed: number;
  /** The answer that refuses a handshake; undefined lets it through. */
  refuse: (request: IncomingMessage) => SimResponse | undefined;
  /** Whether the channel names a device of this organisation. */
  knows: (channel: string) => boolean;
}

/** One command's output, in epoch ms. */
export interface OutputRecord {
  readonly channel: string;
  readonly startedAt: number;
  /** When the last piece was sent; undefined while the router still prints. */
  endedAt?: number;
}

/** Kept for whoever measures; older ones are forgotten. */
const MOST_OUTPUTS = 1000;

/** The command stream: output goes to whoever is subscribed at that moment and to nobody later. */
export function createStream(options: StreamOptions) {
  const { manners } = options;
  const random = randomFrom(options.seed);
  const sockets = new WebSocketServer({ noServer: true });
  const subscriptions = new Map<WebSocket, Set<string>>();
  const outputs: OutputRecord[] = [];
  let closed = false;

  options.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = new URL(request.url ?? '/', 'http://sim').pathname;
    const fault = options.faults.take('GET', path);
    if (fault !== undefined && fault.action.kind !== 'slow') {
      if (fault.action.kind === 'answer' || fault.action.kind === 'answer-after') {
        return refuse(socket, fault.action);
      }
      return socket.destroy();
    }
    if (path !== STREAM_PATH) return refuse(socket, { status: 404 });
    const refused = options.refuse(request);
    if (refused !== undefined) return refuse(socket, refused);
    const accept = (): void => sockets.handleUpgrade(request, socket, head, (ws) => welcome(ws));
    if (fault?.delayMs === undefined) accept();
    else setTimeout(accept, fault.delayMs);
  });

  function welcome(ws: WebSocket): void {
    subscriptions.set(ws, new Set());
    ws.on('close', () => subscriptions.delete(ws));
    ws.on('error', () => ws.terminate());
    ws.on('message', (data: Buffer) => receive(ws, data.toString('utf8')));
  }

  function receive(ws: WebSocket, raw: string): void {
    let message: unknown;
    try {
      message = JSON.parse(raw);
    } catch {
      message = undefined;
    }
    const channels = subscriptions.get(ws);
    if (!isJson(message) || channels === undefined) return;
    const { subscribe, unsubscribe } = message;
    if (typeof subscribe === 'string') {
      if (!options.knows(subscribe)) {
        return send(ws, { event: 'subscribe_failed', channel: subscribe, detail: 'channel not found' });
      }
      channels.add(subscribe);
      send(ws, { event: 'channel_subscribed', channel: subscribe });
    } else if (typeof unsubscribe === 'string') {
      channels.delete(unsubscribe);
      send(ws, { event: 'channel_unsubscribed', channel: unsubscribe });
    }
  }

  function emit(channel: string, session: string, raw: string): void {
    const data = { session, raw };
    const envelope = { event: 'data', channel, data };
    const encoded = random() < manners.doubleEncoded;
    const inner = random() < 0.5 ? data : envelope;
    const message = encoded ? { ...envelope, data: JSON.stringify(inner) } : envelope;
    for (const [ws, channels] of subscriptions) {
      if (channels.has(channel)) send(ws, message);
    }
  }

  /** Starts a command's output and returns its session at once. `plain` leaves out escape sequences. */
  function run(channel: string, output: () => string, plain = false): string {
    const session = randomUUID();
    const record: OutputRecord = { channel, startedAt: Date.now() };
    outputs.push(record);
    if (outputs.length > MOST_OUTPUTS) outputs.shift();
    void play(channel, session, output, plain).then(() => {
      record.endedAt = Date.now();
    });
    return session;
  }

  async function play(channel: string, session: string, output: () => string, plain: boolean): Promise<void> {
    await sleep(manners.startMs);
    const whole = output();
    const chunks = cut(manners.ansi && !plain ? decorate(whole, random) : whole, manners.maxChunk, random);
    const stranger = randomUUID();
    for (const chunk of chunks) {
      if (closed) return;
      if (manners.strangers && random() < 0.1) emit(channel, stranger, STRANGER_OUTPUT);
      emit(channel, session, chunk);
      // A pause now and then, not after each piece: long output would take minutes on a timer's resolution.
      if (manners.gapMs > 0 && random() < Math.min(1, 200 / chunks.length)) await sleep(manners.gapMs);
    }
  }

  return {
    run,
    outputs,
    /** Cuts every connection, as a restart of the service would. */
    dropAll(): void {
      for (const ws of subscriptions.keys()) ws.terminate();
    },
    connections: () => subscriptions.size,
    close(): void {
      closed = true;
      for (const ws of subscriptions.keys()) ws.terminate();
      sockets.close();
    },
  };
}

export type CommandStream = ReturnType<typeof createStream>;

/** What another person's command on the same device prints; it looks like routes on purpose. */
const STRANGER_OUTPUT =
  ' *> 198.18.0.0/15    192.0.2.1                0             0 64999 i\nTotal number of prefixes 1\n';

function send(ws: WebSocket, message: object): void {
  if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message));
}

function refuse(
  socket: Duplex,
  answer: { status: number; headers?: Record<string, string>; body?: unknown },
): void {
  const body =
    answer.body === undefined
      ? ''
      : typeof answer.body === 'string'
        ? answer.body
        : JSON.stringify(answer.body);
  const headers = Object.entries({ ...answer.headers, 'content-length': String(Buffer.byteLength(body)) });
  const lines = [
    `HTTP/1.1 ${answer.status} Refused`,
    ...headers.map(([k, v]) => `${k}: ${v}`),
    'connection: close',
    '',
    body,
  ];
  socket.end(lines.join('\r\n'));
}
