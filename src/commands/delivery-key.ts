import { createHash } from 'node:crypto';
import { at, text } from './payload.ts';

/**
 * The same for one command, click or submission however often and through whichever process it arrives, another one for the next.
 * Slack makes a trigger for each; a submission without one is told by its view, that view's hash and what was filled in. Source: Slack
 * "Interaction payloads" and "Slash commands".
 */
export function deliveryKey(body: unknown): string {
  const kind = text(body, 'type') || text(body, 'command');
  const trigger = text(body, 'trigger_id');
  const view = at(body, 'view');
  const what =
    trigger !== ''
      ? ['trigger', trigger]
      : view !== undefined
        ? ['view', text(view, 'id'), text(view, 'hash'), at(view, 'state')]
        : ['body', body];
  return createHash('sha256')
    .update(JSON.stringify([kind, ...what]))
    .digest('hex');
}
