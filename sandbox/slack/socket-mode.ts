import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { checkSocketAck, type SocketAck } from '../contracts/slack/answers.ts';
import { describe } from '../contracts/slack/check.ts';
import type { Envelope, Transport, TransportAnswer } from './transport.ts';
import type { ViolationLog } from './violations.ts';

/** Slack allows an app this many connections at once. */
export const MAX_CONNECTIONS = 10;

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

interface SocketModeOptions {
  server: Server;
  origin: string;
  appId: string;
  pingMs: number;
  makeTicket: () => string;
  violations: ViolationLog;
  onChange: () => void;
}

/** Socket Mode: tickets, hello, envelopes to one connection each, acknowledgements, pings, disconnects. */
export class SocketMode implements Transport {
  readonly name = 'socket-mode';
  readonly #options: SocketModeOptions;
  readonly #tickets = new Set<string>();
  readonly #wss = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<WebSocket>();
  readonly #retiring = new WeakSet<WebSocket>();
  readonly #waiting = new Map<string, { envelope: Envelope; resolve: (answer: TransportAnswer) => void }>();
  readonly #done = new Set<string>();
  readonly #pinger: NodeJS.Timeout;
  #turn = 0;
  /** While true, upgrades are refused as if Slack were away. */
  refusing = false;

  constructor(options: SocketModeOptions) {
    this.#options = options;
    options.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#pinger = setInterval(() => {
      for (const socket of this.#live()) socket.ping();
    }, options.pingMs);
    this.#pinger.unref();
  }

  /** How many connections can take an envelope now. */
  get connections(): number {
    return this.#live().length;
  }

  /** The address for one connection; its ticket is good once. Undefined where the app has too many already. */
  open(): string | undefined {
    if (this.connections >= MAX_CONNECTIONS) return undefined;
    const ticket = this.#options.makeTicket();
    this.#tickets.add(ticket);
    const url = new URL('/link/', this.#options.origin.replace(/^http/, 'ws'));
    url.searchParams.set('ticket', ticket);
    url.searchParams.set('app_id', this.#options.appId);
    return url.href;
  }

  deliver(envelope: Envelope): Promise<TransportAnswer> {
    const live = this.#live();
    const socket = live[this.#turn++ % Math.max(live.length, 1)];
    if (!socket) return Promise.resolve({ kind: 'unreachable' });
    return new Promise((resolve) => {
      this.#waiting.set(envelope.id, { envelope, resolve });
      socket.send(
        JSON.stringify({
          envelope_id: envelope.id,
          type: envelope.type,
          accepts_response_payload: envelope.acceptsResponse,
          ...(envelope.type === 'events_api' && { retry_attempt: 0, retry_reason: '' }),
          payload: envelope.payload,
        }),
      );
    });
  }

  /** Asks connections to come again, as Slack does when it recycles a host; `count` = how many, default all. */
  disconnect(reason: DisconnectReason = 'refresh_requested', count = Number.POSITIVE_INFINITY): void {
    const debug_info = { host: 'applink-simulated' };
    for (const socket of this.#live().slice(0, count)) {
      this.#retiring.add(socket);
      socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info }));
    }
  }

  /** Cuts connections without a word. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Gives closing handshakes a moment, then cuts what is left. */
  async close(): Promise<void> {
    clearInterval(this.#pinger);
    const closed = [...this.#sockets].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets) socket.close(1000);
    const cut = setTimeout(() => this.drop(), 250);
    await Promise.all(closed);
    clearTimeout(cut);
    this.#wss.close();
  }

  #live(): WebSocket[] {
    const usable = (socket: WebSocket) => socket.readyState === WebSocket.OPEN && !this.#retiring.has(socket);
    return [...this.#sockets].filter(usable);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', this.#options.origin);
    const ticket = url.searchParams.get('ticket') ?? '';
    if (this.refusing || url.pathname !== '/link/' || !this.#tickets.delete(ticket)) {
      const status = this.refusing ? '503 Service Unavailable' : '401 Unauthorized';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#wss.handleUpgrade(request, socket, head, (ws) => this.#welcome(ws));
  }

  #welcome(ws: WebSocket): void {
    this.#sockets.add(ws);
    ws.on('message', (data) => this.#receive(String(data)));
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
      this.#sockets.delete(ws);
      this.#options.onChange();
    });
    ws.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.connections,
        connection_info: { app_id: this.#options.appId },
        debug_info: { host: 'applink-simulated', build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    ws.ping();
    this.#options.onChange();
  }

  #receive(text: string): void {
    const { violations } = this.#options;
    const message = parse(text);
    const problems = checkSocketAck(message);
    if (problems.length > 0) {
      violations.add('ack', 'socket-mode', problems.map(describe).join('; '));
      return;
    }
    const { envelope_id: id, payload = {} } = message as SocketAck;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!waiting) {
      const why = this.#done.has(id) ? 'acknowledged twice' : 'unknown envelope';
      violations.add('ack', 'socket-mode', `${why}: ${id}`);
      return;
    }
    this.#done.add(id);
    const { envelope, resolve } = waiting;
    if (!envelope.acceptsResponse && Object.keys(payload).length > 0) {
      const what = String(envelope.payload['type']);
      violations.add('ack', what, 'this envelope takes no response payload; Slack drops it');
    }
    resolve({ kind: 'ack', payload });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
