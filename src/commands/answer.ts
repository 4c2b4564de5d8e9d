import type { Failure } from '../base/failure.ts';
import type { Actor } from '../flows/types.ts';
import { SlackError } from '../integrations/slack/errors.ts';
import { escapeMrkdwn, escapeSentence } from '../integrations/slack/escape.ts';
import type { Message } from '../integrations/slack/limits.ts';
import type { Verdict } from './access.ts';
import type { CommandDeps } from './deps.ts';

/** Where one person can be reached, best way first. */
export interface Whereabouts {
  readonly actor: Actor;
  readonly responseUrl?: string;
  readonly channel?: string;
}

/**
 * Tells one person something, for his eyes only: through the response URL, else as an ephemeral message, else as a
 * direct one. Plain text is escaped. Never throws: an answer that cannot be delivered is logged.
 */
export async function tell(
  deps: Pick<CommandDeps, 'send' | 'log'>,
  to: Whereabouts,
  answer: string | Message,
): Promise<void> {
  const message = typeof answer === 'string' ? { text: escapeMrkdwn(answer) } : answer;
  const { actor, responseUrl, channel } = to;
  const ways: (() => Promise<void>)[] = [];
  if (responseUrl) ways.push(() => deps.send.respond(responseUrl, message));
  if (channel) ways.push(() => deps.send.ephemeral({ channel, user: actor.user }, message));
  if (actor.user) ways.push(() => deps.send.direct(actor.user, message));
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      deps.log.info({ err: error }, 'answer not delivered this way');
      // A lost answer may have arrived; telling somebody twice is better than not at all.
    }
  }
  deps.log.warn({ user: actor.user }, 'answer not delivered');
}

/** For whoever did what broke unexpectedly. */
export const FAULT = 'That did not work, through a fault of the bot. Nothing is known to have changed.';

/** A failure for a person: what to do, and the vendor's request ID where there is one. */
export function failureText(failure: Failure): string {
  return failure.requestId ? `${failure.hint} (request ID ${failure.requestId})` : failure.hint;
}

/** Tells one person why something did not work. Hints may mention a person, who is then shown by name. */
export function tellFailure(
  deps: Pick<CommandDeps, 'send' | 'log'>,
  to: Whereabouts,
  failure: Failure,
  opening = '',
): Promise<void> {
  return tell(deps, to, { text: escapeSentence(`${opening}${failureText(failure)}`) });
}

/** Tells somebody that he may not, and says so to the audit. True where he may. */
export async function isAllowed(
  deps: CommandDeps,
  verdict: Verdict,
  to: Whereabouts,
  what: string,
  requestId?: string,
): Promise<boolean> {
  if (verdict.allowed) return true;
  await tellRefusal(deps, to, { what, why: verdict.reason, message: verdict.message, requestId });
  return false;
}

/** Tells somebody that nothing was done and why, and says so to the log and to the audit. */
export async function tellRefusal(
  deps: CommandDeps,
  to: Whereabouts,
  refusal: {
    readonly what: string;
    readonly why: string;
    readonly message: string;
    readonly requestId?: string | undefined;
  },
): Promise<void> {
  noteRefusal(deps, to.actor, refusal.what, refusal.why, refusal.requestId);
  await tell(deps, to, refusal.message);
}

/** Says to the log and to the audit that somebody was refused, and why. */
export function noteRefusal(
  deps: CommandDeps,
  actor: Actor,
  what: string,
  why: string,
  requestId?: string,
): void {
  deps.log.warn({ user: actor.user, team: actor.teamId, what, why, requestId }, 'refused');
  deps.onRefused?.({ actor, what, why, ...(requestId !== undefined && { requestId }) });
}
