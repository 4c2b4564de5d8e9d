import type { AllMiddlewareArgs, AnyMiddlewareArgs, Middleware } from '@slack/bolt';

const MAX_SEEN = 5000;

/**
 * Middleware that lets every event through once. Slack sends an event again, up to three times and marked with `X-Slack-Retry-Num`, when its
 * answer was late or lost (Slack "Events API", error handling); a first try that never arrived is not known here and goes through.
 * Kept in memory: what events lead to is drawing, which may happen twice; whatever decides something is guarded by rows.
 */
export function onceEach(): Middleware<AnyMiddlewareArgs> {
  const seen = new Set<string>();
  return async ({ body, next }: AnyMiddlewareArgs & AllMiddlewareArgs) => {
    const id: unknown = 'event_id' in body ? body.event_id : undefined;
    if (typeof id === 'string') {
      if (seen.has(id)) return;
      seen.add(id);
      const oldest = seen.values().next();
      if (seen.size > MAX_SEEN && !oldest.done) seen.delete(oldest.value);
    }
    await next();
  };
}
