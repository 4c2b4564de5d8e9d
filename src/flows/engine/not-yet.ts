/**
 * Thrown by an `undo` that has to wait, for a device that is offline or a configuration that is not applied yet: the run is
 * parked and the undo called again. It counts as no failure and has no deadline. `message` is what the card shows.
 */
export class NotYet extends Error {
  override readonly name = 'NotYet';
  /** undefined = the usual poll interval. */
  readonly retryAfterMs?: number;

  constructor(progress: string, retryAfterMs?: number) {
    super(progress);
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}
