import { AsyncLocalStorage } from 'node:async_hooks';

const permits = new AsyncLocalStorage<() => boolean>();

/** A call that was not sent, because whoever works on it may have lost it to another process meanwhile. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

/** Does `work`; whatever it sends that changes something is sent only while `mayStill` says so. */
export function withSendPermit<T>(mayStill: () => boolean, work: () => Promise<T>): Promise<T> {
  return permits.run(mayStill, work);
}

/** Whether this call belongs to a run, and not to somebody who waits for an answer. */
export function isWorkOfARun(): boolean {
  return permits.getStore() !== undefined;
}

/**
 * To be called by a client in the very moment in which it sends something that changes the other side. Throws {@link NotPermitted}; without
 * a permit around it, everything may be sent. A process that stood still after its last look at the database finds it out here.
 */
export function assertMaySend(): void {
  if (permits.getStore()?.() === false) throw new NotPermitted('the lease is over');
}
