import { DiskError, isDatabaseError } from '../../../db/database-error.ts';
import { isFailure } from '../../../db/failure-text.ts';
import type { Failure } from '../../base/failure.ts';
import { isRateLimit } from './deadline.ts';

/** A thrown error as the engine decides by it. */
export interface Trouble {
  readonly failure: Failure;
  /** The call may have taken effect. */
  readonly uncertain: boolean;
  readonly rateLimited: boolean;
  readonly retryAfterMs?: number;
  /** For the log: where an unexpected error came from. Frames only, since its message may quote a body. */
  readonly frames?: readonly string[];
}

/**
 * What an operation threw. A failure (of a vendor, of the store) keeps its own words; a database that cannot write is retried;
 * everything else is a fault of ours, final, of which only the name is kept.
 */
export function troubleOf(error: unknown, verb: string): Trouble {
  if (isFailure(error)) {
    const retryAfterMs = numberOf(error, 'retryAfterMs');
    return {
      failure: error,
      uncertain: 'uncertain' in error && error.uncertain === true,
      rateLimited: isRateLimit(error),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
  const refused = databaseFailure(error, verb);
  if (refused) return { failure: refused, uncertain: true, rateLimited: false };
  return {
    failure: bugFailure(`unexpected ${nameOf(error)} during ${verb}`),
    // Nobody knows how far it came.
    uncertain: true,
    rateLimited: false,
    frames: framesOf(error),
  };
}

/** What the database refused, in words for people; undefined for every other error. */
export function databaseFailure(error: unknown, during: string): Failure | undefined {
  if (!isDatabaseError(error)) return undefined;
  return {
    code: 'store.unavailable',
    message: `the database refused a statement during ${during}: ${error.code}`,
    hint:
      error instanceof DiskError
        ? 'The disk of the database refused what was written; the bot does nothing more until it is started again, and what was decided just before may count then: look at the card before you decide again. Check the disk first.'
        : 'The bot cannot use its database just now; check that it can be reached, is not locked and has space left.',
    retryable: true,
  };
}

/** A fault of the bot itself. */
export function bugFailure(message: string): Failure {
  return {
    code: 'flow.bug',
    message,
    hint: 'This is a fault of the bot, not of your site; its log has the place. Please report it.',
    retryable: false,
  };
}

/** An error's class name, if it is only a name. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : 'Error';
}

/** The stack without its first lines, which repeat the message. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const message = String(error.message);
  const stack = String(error.stack ?? '');
  const start = stack.indexOf(message);
  const tail = start < 0 ? '' : stack.slice(start + message.length);
  return tail
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .+:\d+:\d+\)?$/.test(line));
}

function numberOf(value: object, key: string): number | undefined {
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : undefined;
}
