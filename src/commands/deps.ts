import type { Log } from '../base/log.ts';
import type { Actor, Flows } from '../flows/types.ts';
import type { SlackSend } from '../integrations/slack/send.ts';
import type { Access } from './access.ts';

/** What every command, submission and click is handled with. */
export interface CommandDeps {
  readonly flows: Flows;
  readonly send: SlackSend;
  readonly access: Access;
  readonly log: Log;
  /** How long until Slack got its acknowledgement; for metrics. */
  readonly onAck?: (kind: string, ms: number) => void;
  /** Somebody was refused; for the audit. */
  readonly onRefused?: (refusal: Refusal) => void;
}

export interface Refusal {
  readonly actor: Actor;
  /** Verb, button or modal. */
  readonly what: string;
  readonly requestId?: string;
  /** Why, in one word of {@link RefusalReason} or of the guard that refused. */
  readonly why?: string;
  /** Of refused requests: how many of this kind since the last record. */
  readonly count?: number;
}
