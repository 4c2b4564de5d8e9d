import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../base/log.ts';

/** A Socket Mode connection that is kept up until it is stopped. */
export interface Socket {
  /** Resolves with the first connection; goes on in the background afterwards. Rejects only when stopped before. */
  start(): Promise<void>;
  /** Waits until the connection is closed. */
  stop(): Promise<void>;
  live(): boolean;
}

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 10_000;
const HELLO_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 1500;

/**
 * Keeps one connection up. The client's own reconnecting is switched off: it waits five seconds after each of Slack's
 * routine disconnects, gives up for good after its retries, and reports both as unhandled rejections. `via` names a proxy on
 * the way.
 */
export function keepConnected(client: SocketModeReceiver['client'], log: Log, via?: string): Socket {
  let stopping = false;
  let loop: Promise<void> | undefined;
  const stopped = new AbortController();
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined);

  function live(): boolean {
    return !stopping && connected && client.websocket?.isActive() === true;
  }

  let connected = false;
  client.on('connected', () => {
    connected = true;
  });

  async function connect(): Promise<void> {
    const timer = setTimeout(() => void client.disconnect(), HELLO_TIMEOUT_MS);
    try {
      await client.start();
    } finally {
      clearTimeout(timer);
    }
  }

  async function run(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!stopping) {
      const disconnected = new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
      try {
        await connect();
        log.info({}, 'connected to Slack');
        first.resolve();
        pause = FIRST_PAUSE_MS;
        if (stopping) await client.disconnect();
        await disconnected;
        connected = false;
        if (!stopping) log.info({}, 'Slack closed the connection, connecting again');
      } catch (error) {
        connected = false;
        if (stopping) break;
        log.warn(
          { err: error, pauseMs: pause, ...(via && { proxy: via }) },
          'no connection to Slack, trying again',
        );
        await sleep(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, MAX_PAUSE_MS);
      }
    }
    first.reject(new Error('stopped before the first connection'));
  }

  return {
    start() {
      loop ??= run();
      return first.promise;
    },
    live,
    async stop() {
      stopping = true;
      stopped.abort();
      if (loop === undefined) return;
      void client.disconnect();
      // A peer that never answers the close frame is left after a moment: a second call cuts the connection.
      const force = setTimeout(() => void client.disconnect(), CLOSE_TIMEOUT_MS);
      await loop;
      clearTimeout(force);
    },
  };
}
