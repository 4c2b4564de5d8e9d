import type { Refusal } from '../commands/deps.ts';

/** A request over HTTP that nobody of ours sent: what was asked for, and why it was refused. */
export type NoteRefusedRequest = (what: string, why: string) => void;

export interface RefusedRequestsOptions {
  readonly onRefused: (refusal: Refusal) => void;
  readonly now?: () => number;
}

const QUIET_MS = 60_000;

/**
 * Refused requests for the audit. Whoever sends them needs no right for it, so they must not fill the audit: of one kind the first
 * stands there at once, and then one record a minute with how many there were.
 */
export function createRefusedRequests({
  onRefused,
  now = Date.now,
}: RefusedRequestsOptions): NoteRefusedRequest {
  const last = new Map<string, { at: number; unsaid: number }>();
  return (what, why) => {
    const key = `${what} ${why}`;
    const before = last.get(key);
    if (before && now() - before.at < QUIET_MS) {
      before.unsaid += 1;
      return;
    }
    last.set(key, { at: now(), unsaid: 0 });
    onRefused({ actor: { user: 'unknown', teamId: '' }, what, why, count: (before?.unsaid ?? 0) + 1 });
  };
}
