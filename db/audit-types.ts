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
  /** How long the chain is: the number of the last row, and of the last that was pruned (0 = none was). */
  length(): Promise<{ readonly last: number; readonly pruned: number }>;
  /**
   * Removes rows older than this from the beginning of the chain, leaves a checkpoint that the rest follows from, and says so in
   * the chain. The number of rows that were removed.
   */
  prune(before: number, now: number): Promise<number>;
}
