import { createHash } from 'node:crypto';
import type { CardState, RequestView } from '../../flows/types.ts';
import type { Card } from './blocks.ts';

/** What a posted card shows, as one short text for the card's row: equal texts need no edit. */
export interface Drawn {
  readonly state: string;
  readonly revision: number;
  readonly hash: string;
  /** An earlier message of the same request may stand in the channel. */
  readonly again: boolean;
  /** The thread was told that this revision is about to expire. */
  readonly reminded?: boolean;
  /** The thread was told that this revision is approved and waits for its change window. */
  readonly waits?: boolean;
}

/** In the card's row while a post is under way: found later without a message, nobody knows whether there is one. */
export const POSTING = 'posting';

export function drawnOf(view: RequestView, card: Card, again: boolean): Drawn {
  const hash = createHash('sha256')
    .update(JSON.stringify([card.text, card.blocks]))
    .digest('base64url')
    .slice(0, 22);
  return {
    state: view.state,
    revision: view.revision,
    hash,
    again,
    ...(view.remindedAt !== undefined && { reminded: true }),
    ...(view.window?.isApproved && { waits: true }),
  };
}

export function writeDrawn({ state, revision, hash, again, reminded, waits }: Drawn): string {
  return `${state}|${revision}|${hash}${again ? '|again' : ''}${reminded ? '|reminded' : ''}${waits ? '|waits' : ''}`;
}

/** undefined for what another version wrote: then the card is simply drawn anew. */
export function readDrawn(text: string | undefined): Drawn | undefined {
  const match = /^([A-Z][a-z ]+)\|(\d+)\|([\w-]+)(\|again)?(\|reminded)?(\|waits)?$/.exec(text ?? '');
  const [, state, revision, hash, again, reminded, waits] = match ?? [];
  if (state === undefined || revision === undefined || hash === undefined) return undefined;
  return {
    state,
    revision: Number(revision),
    hash,
    again: again !== undefined,
    ...(reminded !== undefined && { reminded: true }),
    ...(waits !== undefined && { waits: true }),
  };
}

export function stateBefore(drawn: Drawn | undefined): CardState | undefined {
  return drawn?.state as CardState | undefined;
}
