import { callOwner } from '../base/send-permit.ts';
import type { Log } from '../base/log.ts';
import type { EntraCall } from '../integrations/entra/options.ts';
import type { CallEvent } from '../integrations/mist/http.ts';
import type { Metrics } from '../metrics.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { VendorWarnings } from './vendor-warnings.ts';

/** One attempt of a call, as either vendor's client tells it; `status` 0 = no answer. */
export type WatchedCall = EntraCall | CallEvent;

export interface CallWatchParts {
  readonly metrics: Metrics;
  readonly clocks: ClockWatch;
  readonly log: Log;
  readonly warnings: Pick<VendorWarnings, 'saw'>;
}

/** Counts every attempt, holds our clock against the vendor's, and writes it to the log with the run it belongs to. */
export function createCallWatch(
  system: 'entra' | 'mist',
  { metrics, clocks, log, warnings }: CallWatchParts,
): (call: WatchedCall) => void {
  return ({ method, path, status, ms, attempt, requestId, dateMs }) => {
    // The path holds IDs and is no label: one per verb is enough to see what fails.
    metrics.remoteCall({ system, method, outcome: status === 0 ? 'no answer' : String(status), ms });
    warnings.saw(system, status);
    if (dateMs !== undefined) clocks.saw(system, { dateMs, atMs: Date.now(), ms });
    const fields = {
      ...callOwner(),
      system,
      method,
      path,
      status,
      ms: Math.round(ms),
      attempt,
      ...(requestId !== undefined && { vendorRequestId: requestId }),
    };
    // Reads are many; what may have changed something is worth a line each.
    if (method === 'GET') log.debug(fields, 'a remote call');
    else log.info(fields, 'a remote call that may change something');
  };
}
