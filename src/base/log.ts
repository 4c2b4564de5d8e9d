import { pino, type DestinationStream, type Logger } from 'pino';
import { redact, scrub } from './redact.ts';

/** The log of one part of the bot. Messages are constant texts; what varies goes into the fields. */
export type Log = Logger;

export interface LogOptions {
  /** One of pino's levels. */
  readonly level: string;
  /** Default: stdout. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines on stdout. Every field at any depth passes {@link redact} first, at every level and in child loggers as
 * well, so a key, a token or a vendor's body handed in by mistake does not come out.
 */
export function createLog({ level, destination }: LogOptions): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: clean,
    },
    serializers: { err: redact },
    hooks: {
      logMethod(this: Logger, args: unknown[], method: (...args: unknown[]) => void) {
        const [first, ...rest] = args;
        // pino would copy an error's message to `msg` as it is.
        const fields = first instanceof Error ? { err: first } : first;
        const texts = first instanceof Error && rest.length === 0 ? [first.message] : rest;
        method.apply(this, [
          typeof fields === 'string' ? scrub(fields) : fields,
          ...texts.map((t) => redact(t)),
        ]);
      },
    },
  };
  return withCleanChildren(destination ? pino(options, destination) : pino(options));
}

/** pino does not format the fields of child loggers; they inherit this. */
function withCleanChildren(log: Log): Log {
  const { child } = log;
  log.child = function cleanChild(this: Log, bindings: Record<string, unknown>, options?: object) {
    return child.call(this, clean(bindings), options ?? {});
  } as Log['child'];
  return log;
}

function clean(fields: Record<string, unknown>): Record<string, unknown> {
  return redact(fields) as Record<string, unknown>;
}
