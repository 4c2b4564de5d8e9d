import { createHash } from 'node:crypto';
import { at, text } from './payload.ts';

/**
 * The same for one command, click or submission however often and through whichever process it arrives, another one for the next.
 * Slack makes a trigger for each; what was done by whom stands beside it, so that nothing depends on that alone. Source: Slack "Interaction
 * payloads" and "Slash commands". Everything here is the same in each delivery of one act.
 */
export function deliveryKey(body: unknown): string {
  const kind = text(body, 'type') || text(body, 'command');
  const trigger = text(body, 'trigger_id');
  const view = at(body, 'view');
  const command = ['user_id', 'command', 'text', 'channel_id'].map((field) => text(body, field));
  const user = text(at(body, 'user'), 'id');
  const filledIn = ['id', 'hash', 'callback_id'].map((field) => text(view, field));
  const what = [trigger, user, command, at(body, 'actions'), filledIn, at(view, 'state')];
  return createHash('sha256')
    .update(JSON.stringify([kind, ...(trigger === '' && view === undefined ? [body] : what)]))
    .digest('hex');
}
