import { AsyncLocalStorage } from 'node:async_hooks';

/** Which run a call is made for; for logs. */
export interface CallOwner {
  readonly runId: string;
  readonly requestId: string;
}

interface Permit {
  readonly mayStill: () => boolean;
  readonly owner: CallOwner | undefined;
}

const permits = new AsyncLocalStorage<Permit>();

/** A call that was not sent, because whoever works on it may have lost it to another process meanwhile. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

/** Does `work`; whatever it sends that changes something is sent only while `mayStill` says so. */
export function withSendPermit<T>(
  mayStill: () => boolean,
  work: () => Promise<T>,
  owner?: CallOwner,
): Promise<T> {
  return permits.run({ mayStill, owner }, work);
}

/** Whether this call belongs to a run, and not to somebody who waits for an answer. */
export function isWorkOfARun(): boolean {
  return permits.getStore() !== undefined;
}

/** The run that this call is made for; undefined where it is for somebody who waits for an answer, or for the bot itself. */
export function callOwner(): CallOwner | undefined {
  return permits.getStore()?.owner;
}

/**
 * Whether what changes the other side may still be sent, to be asked in the very moment of sending; undefined where nothing has to be
 * asked. A process that stood still after its last look at the database finds it out here.
 */
export function permitOfCall(): (() => boolean) | undefined {
  return permits.getStore()?.mayStill;
}
