import { LogLevel, type Logger } from '@slack/bolt';
import type { Log } from '../../base/log.ts';

/**
 * The logger that Bolt and its clients get. Their debug messages hold whole envelopes and request bodies, so debug is
 * dropped for good, whatever the level of the log, and `getLevel` never says debug: some code asks before it writes.
 */
export function slackLogger(log: Log): Logger {
  function write(level: 'debug' | 'warn' | 'error', parts: readonly unknown[]): void {
    const detail = parts.filter((part) => typeof part === 'string').join(' ');
    const error = parts.find((part) => part instanceof Error);
    log[level]({ detail, ...(error && { err: error }) }, 'slack library');
  }
  return {
    debug() {},
    info: (...parts: unknown[]) => write('debug', parts),
    warn: (...parts: unknown[]) => write('warn', parts),
    error: (...parts: unknown[]) => write('error', parts),
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}
