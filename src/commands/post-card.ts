import { SlackError } from '../integrations/slack/errors.ts';
import type { MessageRef } from '../integrations/slack/send.ts';
import type { Card } from './cards/blocks.ts';
import { hasTable, withoutTables } from './cards/without-tables.ts';
import type { CommandDeps } from './deps.ts';

/** Posts a card; where Slack refuses its blocks, the same with its table as lines. Throws {@link SlackError}. */
export function postCard(
  deps: Pick<CommandDeps, 'send' | 'log'>,
  to: { readonly channel: string; readonly threadTs?: string },
  card: Card,
): Promise<MessageRef> {
  return sendCard(deps, card, (one) => deps.send.post(to, one));
}

/** Draws a posted card anew, with the same fallback. */
export function updateCard(
  deps: Pick<CommandDeps, 'send' | 'log'>,
  at: MessageRef,
  card: Card,
): Promise<void> {
  return sendCard(deps, card, (one) => deps.send.update(at, one));
}

async function sendCard<T>(
  deps: Pick<CommandDeps, 'log'>,
  card: Card,
  send: (card: Card) => Promise<T>,
): Promise<T> {
  try {
    return await send(card);
  } catch (error) {
    const refused = error instanceof SlackError && error.slackCode?.startsWith('invalid_blocks') === true;
    if (!refused || !hasTable(card)) throw error;
    deps.log.info({ err: error }, 'Slack refused a table; the card is sent without it');
    return send(withoutTables(card));
  }
}
