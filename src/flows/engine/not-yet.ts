/** When a {@link NotYet} is to be asked again, and how long at most. */
export interface NotYetOptions {
  /** undefined = the usual poll interval. */
  readonly retryAfterMs?: number;
  /**
   * From the first `NotYet` with a deadline of this undo; once it has passed, the run asks a person and names what is left.
   * One without a deadline (a device that is offline) makes it begin anew. undefined = as long as it takes.
   */
  readonly deadlineMs?: number;
}

/**
 * Thrown by an `undo` that has to wait, for a device that is offline or a configuration that is not applied yet: the run is
 * parked and the undo called again. It counts as no failure. `message` is what the card shows.
 */
export class NotYet extends Error {
  override readonly name = 'NotYet';
  readonly retryAfterMs?: number;
  readonly deadlineMs?: number;

  constructor(progress: string, options: NotYetOptions = {}) {
    super(progress);
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.deadlineMs !== undefined) this.deadlineMs = options.deadlineMs;
  }
}
