import { randomBytes } from 'node:crypto';
import { RemoteError } from '../base/failure.ts';
import { inTime } from '../base/in-time.ts';
import { databaseFailure } from '../flows/engine/trouble.ts';
import { FAULT, tell, tellFailure, type Whereabouts } from './answer.ts';
import type { CommandDeps } from './deps.ts';
import { readClick, readCommand, readSubmission } from './payload.ts';

/** The one place where an error of a handler ends: logged once, and answered. */
export interface Boundary {
  /** Runs a handler; makes sure that Slack gets exactly one acknowledgement, whatever happens. */
  run<A extends unknown[]>(
    kind: string,
    ack: (...args: A) => Promise<void>,
    work: (ack: (...args: A | []) => Promise<void>) => Promise<void>,
  ): Promise<void>;
  /** For Bolt's `app.error` with extended arguments. */
  onError(args: { readonly error: Error; readonly body: unknown }): Promise<void>;
  /** Waits for the handlers that are still at work, at most so long. */
  drain(timeoutMs: number): Promise<void>;
}

export function createBoundary(deps: CommandDeps): Boundary {
  const running = new Set<Promise<void>>();

  async function runOne<A extends unknown[]>(
    kind: string,
    ack: (...args: A) => Promise<void>,
    work: (ack: (...args: A | []) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const started = performance.now();
    let acked = false;
    const ackOnce = async (...args: A | []): Promise<void> => {
      if (acked) return;
      acked = true;
      await ack(...(args as A));
      deps.onAck?.(kind, performance.now() - started);
      // Of many at once all are acknowledged before the first begins its work, which may hold this thread for a moment.
      await new Promise((resolve) => setImmediate(resolve));
    };
    try {
      await work(ackOnce);
    } finally {
      // An unacknowledged click shows Slack's own error, which says nothing.
      await ackOnce();
    }
  }

  return {
    run(kind, ack, work) {
      const task = runOne(kind, ack, work);
      running.add(task);
      const settle = () => running.delete(task);
      task.then(settle, settle);
      return task;
    },
    async onError({ error: thrown, body }) {
      // Bolt puts what broke into an error of its own, whose stack says nothing.
      const original = 'original' in thrown ? thrown.original : undefined;
      const error = original instanceof Error ? original : thrown;
      const reference = randomBytes(4).toString('hex');
      deps.log.error({ err: error, reference }, 'a command or click failed');
      const to = whereabouts(body);
      const failure = error instanceof RemoteError ? error : databaseFailure(error, 'a command or click');
      if (failure) await tellFailure(deps, to, failure);
      else await tell(deps, to, `${FAULT} The bot's log has the details under ${reference}.`);
    },
    async drain(timeoutMs) {
      await inTime(Promise.allSettled(running), timeoutMs);
    },
  };
}

function whereabouts(body: unknown): Whereabouts {
  const command = readCommand(body);
  if (command.channel !== '') return command;
  const { channel } = readSubmission(body).metadata;
  return { ...(channel && { channel }), ...readClick(body) };
}
