import { scrub } from '../base/redact.ts';
import type { FlowParts } from './parts.ts';
import type { Actor } from './types.ts';

const LONGEST = 200;
/** Letters and digits mixed at such a length are a key, not a name: IDs of ours and of Mist have dashes. */
const KEY_LIKE = /(?<![\w-])(?=[\w+/=]*\d)(?=[\w+/=]*[A-Za-z])[\w+/=]{20,}(?![\w-])/g;
const SAID_SECRET = /\b(psk|password|passwd|secret|token|key)(\s*[=:]\s*|\s+)\S+/gi;

/** What somebody typed, as it may be kept: nothing that looks like a key or a token, and not more than a line. */
export function commandText(typed: string): string {
  const text = scrub(typed.slice(0, 4 * LONGEST))
    .replace(SAID_SECRET, '$1$2[masked]')
    .replace(KEY_LIKE, '[masked]');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/**
 * Writes to the audit what somebody typed, before it is known whether he may: whoever is refused stands there as well, followed by the
 * refusal. Never throws: a command is not kept from its answer by a record that could not be written.
 */
export async function recordCommand(
  { store, clock, log }: Pick<FlowParts, 'store' | 'clock' | 'log'>,
  actor: Actor,
  typed: { readonly text: string; readonly channel: string },
): Promise<void> {
  try {
    await store.audit.append({
      at: clock.now(),
      actor: actor.user,
      action: 'command',
      data: { text: commandText(typed.text), channel: typed.channel, team: actor.teamId },
    });
  } catch (err) {
    log.error({ err }, 'a command could not be written to the audit');
  }
}
