import { failed, ok, RemoteError, type Failure, type Result } from './failure.ts';

/** Any error as a {@link Failure}. What we did not expect becomes `flow.bug`; its message is withheld, since it may quote a body. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RemoteError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return {
    code: 'flow.bug',
    message: `unexpected ${name}`,
    hint: 'This is a fault of the bot; the log has the place. Nothing more was sent.',
    retryable: false,
    cause: error,
  };
}

/** Awaits `work`; a vendor's failure becomes a value, everything else is thrown on. */
export async function attempt<T>(work: Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work);
  } catch (error) {
    if (error instanceof RemoteError) return failed(error);
    throw error;
  }
}

/** Work that is begun before anybody knows whether it is needed: its error is whoever's who awaits it, and nobody's otherwise. */
export function begin<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
