import type { Agent } from 'node:http';
import type { RemoteError } from '../../base/failure.ts';
import type { Secret } from '../../base/secret.ts';
import { createAnsiStripper } from './ansi.ts';
import { mistError } from './errors.ts';
import { readStreamMessage } from './stream-message.ts';
import { openSocket, STREAM_SITE, type StreamSocket } from './stream-socket.ts';

export interface CommandStreamOptions {
  readonly url: string;
  readonly token: Secret;
  readonly agent?: Agent;
  readonly handshakeMs: number;
  /** From the command's answer to its first output. */
  readonly firstMessageMs: number;
  /** From the command's answer to its end, output or not. */
  readonly overallMs: number;
  /** How long an unused connection is kept. */
  readonly idleMs?: number;
  readonly pingMs?: number;
  /** A ping unanswered for so long means that the connection is dead. */
  readonly pongMs?: number;
}

export interface Command {
  readonly channel: string;
  /** Starts the command and returns its session; called once the channel is subscribed, so that no output is lost. */
  readonly start: () => Promise<string>;
  /** One piece of output, without ANSI escapes. */
  readonly onText: (text: string) => void;
  /** Silence after which the output counts as complete: Mist marks no end. */
  readonly silenceMs: number;
  /** Whether the output so far is complete; asked after each piece. */
  readonly isComplete?: () => boolean;
}

export interface CommandEnd {
  /** False where no text came at all: that is "unknown", not "empty". */
  readonly answered: boolean;
  /** `overall`: it was still printing when the time was up. */
  readonly by: 'complete' | 'silence' | 'first-message' | 'overall';
}

/** Runs commands whose output comes over Mist's WebSocket. */
export interface CommandStream {
  /** Runs one command; several may run at once, on one device or many. Throws `RemoteError`, also where the connection breaks meanwhile. */
  run(command: Command): Promise<CommandEnd>;
  /** Closes the connection for good; running commands fail, and so do later ones. */
  close(): Promise<void>;
}

interface Run {
  readonly channel: string;
  take(session: string, raw: string): void;
  fail(error: RemoteError): void;
}

interface Subscription {
  users: number;
  readonly ready: PromiseWithResolvers<void>;
}

/** What belongs to one socket and dies with it. */
interface Connection {
  readonly socket: StreamSocket;
  readonly subscriptions: Map<string, Subscription>;
  readonly runs: Set<Run>;
}

const IDLE_MS = 30_000;
const PING_MS = 60_000;
const PONG_MS = 45_000;
/** Characters of anybody's output on the same channel that may come while the command's answer is still awaited. */
const MOST_BUFFERED = 16_000_000;

/**
 * One WebSocket for all commands, opened on demand and closed when idle; a dead one is replaced by the next command. Output is
 * told apart by session, because a device's channel carries the commands of everybody. Source: Mist guide "WebSocket" and the
 * descriptions of `show_route` and `show_service_path`.
 */
export function createCommandStream(options: CommandStreamOptions): CommandStream {
  let opening: Promise<Connection> | undefined;
  let current: Connection | undefined;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  async function connect(): Promise<Connection> {
    if (closed) throw ended();
    clearTimeout(idle);
    if (current !== undefined && current.socket.isOpen) return current;
    opening ??= open().finally(() => {
      opening = undefined;
    });
    return opening;
  }

  async function open(): Promise<Connection> {
    const subscriptions = new Map<string, Subscription>();
    const runs = new Set<Run>();
    const socket = await openSocket(
      {
        url: options.url,
        token: options.token,
        handshakeMs: options.handshakeMs,
        pingMs: options.pingMs ?? PING_MS,
        pongMs: options.pongMs ?? PONG_MS,
        ...(options.agent !== undefined && { agent: options.agent }),
      },
      (text) => dispatch(text, subscriptions, runs),
      (error) => {
        if (current?.runs === runs) current = undefined;
        for (const { ready } of subscriptions.values()) ready.reject(error);
        for (const run of runs) run.fail(error);
      },
    );
    current = { socket, subscriptions, runs };
    return current;
  }

  async function subscribe(connection: Connection, channel: string): Promise<void> {
    let subscription = connection.subscriptions.get(channel);
    if (subscription === undefined) {
      subscription = { users: 0, ready: Promise.withResolvers() };
      // Nobody may be waiting when the connection breaks.
      subscription.ready.promise.catch(() => undefined);
      connection.subscriptions.set(channel, subscription);
      connection.socket.send({ subscribe: channel });
    }
    subscription.users += 1;
    await within(
      options.handshakeMs,
      subscription.ready.promise,
      'the subscription was not confirmed in time',
    );
  }

  function release(connection: Connection, channel: string): void {
    const subscription = connection.subscriptions.get(channel);
    if (subscription !== undefined) {
      subscription.users -= 1;
      if (subscription.users <= 0) {
        connection.subscriptions.delete(channel);
        if (connection.socket.isOpen) connection.socket.send({ unsubscribe: channel });
      }
    }
    if (connection.subscriptions.size > 0 || connection !== current) return;
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (connection.subscriptions.size === 0) connection.socket.close();
    }, options.idleMs ?? IDLE_MS).unref();
  }

  return {
    async run(command) {
      const connection = await connect();
      const { channel } = command;
      try {
        await subscribe(connection, channel);
        return await collect(command, connection.runs, options);
      } finally {
        release(connection, channel);
      }
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      const connection = current ?? (await opening?.catch(() => undefined));
      // Not only when the other side has confirmed the close.
      for (const run of connection?.runs ?? []) run.fail(ended());
      connection?.socket.close();
      current = undefined;
    },
  };
}

function ended(): RemoteError {
  return mistError('network', STREAM_SITE, { what: 'the client was closed' });
}

function dispatch(text: string, subscriptions: Map<string, Subscription>, runs: Set<Run>): void {
  const message = readStreamMessage(text);
  if (message.kind === 'subscribed') subscriptions.get(message.channel)?.ready.resolve();
  if (message.kind === 'refused') {
    const error = mistError('rejected', STREAM_SITE, { what: 'the subscription of a device was refused' });
    subscriptions.get(message.channel)?.ready.reject(error);
  }
  if (message.kind !== 'data') return;
  for (const run of runs) if (run.channel === message.channel) run.take(message.session, message.raw);
}

async function collect(command: Command, runs: Set<Run>, options: CommandStreamOptions): Promise<CommandEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandEnd>();
  const strip = createAnsiStripper();
  let session: string | undefined;
  let buffered: [session: string, raw: string][] = [];
  let bufferedLength = 0;
  let answered = false;
  let ended = false;
  let first: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined;
  let overall: NodeJS.Timeout | undefined;

  function end(by: CommandEnd['by']): void {
    ended = true;
    resolve({ answered, by });
  }

  function show(raw: string): void {
    if (ended) return;
    const text = strip(raw);
    // Colours and blanks alone are no answer: an empty listing says so in words.
    if (!answered && text.trim() === '') return;
    answered = true;
    command.onText(text);
    if (command.isComplete?.() === true) return end('complete');
    if (silence === undefined) {
      clearTimeout(first);
      silence = setTimeout(() => end('silence'), command.silenceMs);
    } else silence.refresh();
  }

  const run: Run = {
    channel: command.channel,
    take(from, raw) {
      if (session === undefined) {
        bufferedLength += raw.length;
        if (bufferedLength <= MOST_BUFFERED) buffered.push([from, raw]);
        else
          run.fail(
            mistError('bad-response', STREAM_SITE, {
              what: 'more output than can be kept before the answer',
            }),
          );
      } else if (from === session) show(raw);
    },
    fail(error) {
      ended = true;
      reject(error);
    },
  };
  promise.catch(() => undefined);
  runs.add(run);
  try {
    session = await command.start();
    overall = setTimeout(() => end('overall'), options.overallMs);
    first = setTimeout(() => end('first-message'), options.firstMessageMs);
    const early = buffered;
    buffered = [];
    for (const [from, raw] of early) if (from === session) show(raw);
    return await promise;
  } finally {
    ended = true;
    runs.delete(run);
    clearTimeout(first);
    clearTimeout(silence);
    clearTimeout(overall);
  }
}

async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(mistError('timeout', STREAM_SITE, { what })), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
