import { globalDispatcher } from './global-dispatcher.ts';
import { NotPermitted, permitOfCall } from './send-permit.ts';

/** The part of undici's handler that is told of a connection right before the request is written to it. */
interface Handler {
  onConnect?(this: unknown, abort: (reason: Error) => void, ...rest: unknown[]): void;
}

interface Dispatcher {
  dispatch(options: unknown, handler: Handler): boolean;
}

/**
 * `fetch` for what changes the other side. Whether it may still be sent is asked when it is called, and again when a connection has been
 * made and the first byte is about to leave: a process may stand still between the two. What was not sent rejects with a cause of
 * {@link NotPermitted}, or throws it.
 */
export const fetchIfPermitted: typeof fetch = (input, init) => {
  const mayStill = permitOfCall();
  if (!mayStill) return fetch(input, init);
  if (!mayStill()) throw new NotPermitted('the lease is over');
  const through = globalDispatcher<Dispatcher>();
  // The first call of a process is a read.
  if (!through) return fetch(input, init);
  return fetch(input, { ...init, dispatcher: guarded(through, mayStill) } as RequestInit);
};

function guarded(through: Dispatcher, mayStill: () => boolean): Dispatcher {
  return {
    dispatch(options, handler) {
      const watched = Object.create(handler) as Handler;
      watched.onConnect = function (abort, ...rest) {
        handler.onConnect?.call(this, abort, ...rest);
        if (!mayStill()) abort(new NotPermitted('the lease is over'));
      };
      return through.dispatch(options, watched);
    },
  };
}
