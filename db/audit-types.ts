import type { AuditEntry } from './audit-hash.ts';
import type { Json } from './json.ts';

export interface AuditRow {
  readonly seq: number;
  readonly at: number;
  /** Slack user id, or `bot`. */
  readonly actor: string;
  readonly action: string;
  readonly requestId?: string;
  readonly data: Json;
  readonly previous: string;
  readonly hash: string;
}

/** A row as it stands in the chain, with the text that its hash covers. */
export interface AuditLink extends AuditEntry {
  readonly hash: string;
}

export interface AuditStore {
  append(entry: {
    readonly at: number;
    readonly actor: string;
    readonly action: string;
    readonly requestId?: string;
    readonly data?: Json;
  }): Promise<void>;
  /** The first row whose hash does not follow from its predecessor; undefined = the chain holds. */
  firstBroken(): Promise<number | undefined>;
  of(requestId: string): Promise<readonly AuditRow[]>;
  /** The rows of a request with their exact texts, for whoever verifies their hashes elsewhere. */
  chain(requestId: string): Promise<readonly AuditLink[]>;
  /** The hash of one row; undefined where there is none (any more). */
  hashAt(seq: number): Promise<string | undefined>;
  /** The last row's number and hash: whoever keeps them elsewhere notices a chain that was written anew. */
  head(): Promise<{ readonly seq: number; readonly hash: string }>;
  /** How long the chain is: the number of the last row, and of the last that was pruned (0 = none was). */
  length(): Promise<{ readonly last: number; readonly pruned: number }>;
  /**
   * Removes rows older than this from the beginning of the chain, leaves a checkpoint that the rest follows from, and says so in
   * the chain. The number of rows that were removed.
   */
  prune(before: number, now: number): Promise<number>;
}
