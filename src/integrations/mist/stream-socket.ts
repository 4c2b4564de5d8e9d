import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import type { RemoteError } from '../../base/failure.ts';
import type { Secret } from '../../base/secret.ts';
import { connectionProblem, kindOfStatus, mistError, retryAfterMs } from './errors.ts';

export interface SocketOptions {
  readonly url: string;
  readonly token: Secret;
  readonly agent?: Agent;
  readonly handshakeMs: number;
  /** Interval of pings. */
  readonly pingMs: number;
  /** A ping that is not answered for so long means that the socket is dead. */
  readonly pongMs: number;
}

/** One open WebSocket that keeps itself alive. */
export interface StreamSocket {
  send(message: object): void;
  close(): void;
  readonly isOpen: boolean;
}

const LARGEST_MESSAGE = 32 * 1024 * 1024;

/** Where stream errors point; the stream has one address. */
export const STREAM_SITE = { method: 'WS', path: '/api-ws/v1/stream' } as const;

/**
 * Connects with `Authorization: Token`. `onMessage` gets each text; `onDown` is called once when an open socket ends, whoever
 * ended it. Throws `RemoteError`: 401, 403 and 429 of the handshake by their kind.
 */
export function openSocket(
  options: SocketOptions,
  onMessage: (text: string) => void,
  onDown: (error: RemoteError) => void,
): Promise<StreamSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<StreamSocket>();
  const socket = new WebSocket(options.url, {
    headers: { authorization: `Token ${options.token.reveal()}` },
    handshakeTimeout: options.handshakeMs,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    ...(options.agent !== undefined && { agent: options.agent }),
  });
  let failure: RemoteError | undefined;
  let ping: NodeJS.Timeout | undefined;
  let pong: NodeJS.Timeout | undefined;

  socket.on('open', () => {
    ping = setInterval(() => {
      socket.ping();
      pong ??= setTimeout(() => socket.terminate(), options.pongMs).unref();
    }, options.pingMs).unref();
    resolve({
      send: (message) => socket.send(JSON.stringify(message)),
      close: () => socket.close(),
      get isOpen() {
        return socket.readyState === WebSocket.OPEN;
      },
    });
  });
  socket.on('pong', () => {
    clearTimeout(pong);
    pong = undefined;
  });
  socket.on('message', (data) => onMessage(textOf(data)));
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0;
    const wait = retryAfterMs(response.headers['retry-after']);
    failure = mistError(kindOfStatus(status), STREAM_SITE, {
      what: `handshake answered ${status}`,
      status,
      ...(wait !== undefined && { retryAfterMs: wait }),
    });
    reject(failure);
    request.destroy();
  });
  socket.on('error', (error) => {
    const timedOut = error.message.includes('handshake has timed out');
    failure ??= mistError(timedOut ? 'timeout' : 'network', STREAM_SITE, { what: connectionProblem(error) });
    reject(failure);
  });
  socket.on('close', () => {
    clearInterval(ping);
    clearTimeout(pong);
    const error = failure ?? mistError('network', STREAM_SITE, { what: 'the stream was closed' });
    reject(error);
    onDown(error);
  });
  return promise;
}

function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}
