import type { Failure } from '../../base/failure.ts';

/** Objects of ours that belong to no connected site and would go together. */
export interface Orphan {
  /** Opaque; the value of its button. */
  readonly id: string;
  readonly side: 'entra' | 'mist';
  readonly site: string;
  /** Each object in words. */
  readonly what: readonly string[];
  /** Present where it cannot be removed now. */
  readonly whyNotRemovable?: string;
}

/** What `/sse orphans` shows; every list may be empty, and `unread` says how far that can be believed. */
export interface OrphanReport {
  readonly orphans: readonly Orphan[];
  /** Listed by the ledger and gone; noted so just now. */
  readonly gone: readonly string[];
  /** What a connected site has lost. */
  readonly missing: readonly string[];
  readonly unread: readonly Failure[];
}
