import type { World } from '../../sandbox/world.ts';

/** One call to Entra or Mist as the simulator saw it; times in epoch ms. */
export interface VendorCall {
  readonly system: 'entra' | 'mist';
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  /** When it arrived. */
  readonly at: number;
  /** Until it was answered; for a command on a router until its output over the stream was complete. */
  readonly ms: number;
}

/** Every call to both vendors from `since` on, in order of arrival. Slack is no vendor here. */
export function vendorCalls(world: World, since = 0): VendorCall[] {
  const outputs = [...world.mist.outputs];
  /** A command is not answered by its session, but by what comes over the stream afterwards. */
  const untilPrinted = ({ path, at, ms }: { path: string; at: number; ms: number }): number => {
    const channel = /\/api\/v1(\/sites\/[^/]+\/devices\/[^/]+)\/(?:show_\w+|ping|service_ping)$/.exec(
      path,
    )?.[1];
    const index = outputs.findIndex(
      (one) => one.channel === `${channel}/cmd` && one.startedAt >= at && one.startedAt <= at + ms,
    );
    const [output] = index === -1 ? [] : outputs.splice(index, 1);
    return Math.max(ms, (output?.endedAt ?? at) - at);
  };
  return (['entra', 'mist'] as const)
    .flatMap((system) =>
      world[system].calls.map(({ method, path, query, requestBody, at, ms }) => ({
        system,
        method,
        path,
        query,
        body: requestBody,
        at,
        ms: untilPrinted({ path, at, ms }),
      })),
    )
    .filter((call) => call.at >= since)
    .toSorted((a, b) => a.at - b.at);
}

/** Commands on a router are POSTs that only read. */
export function isWrite({ method, path }: Pick<VendorCall, 'method' | 'path'>): boolean {
  return method !== 'GET' && !/oauth2|\/(show_\w+|service_ping|ping)$/.test(path);
}

/** `mist GET /sites/…/devices/…`: without version and with IDs cut out. */
export function callText({ system, method, path, body }: VendorCall): string {
  const short = path
    .replace(/^\/(api\/v1|beta\/networkAccess)/, '')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '…');
  const asked = /\/show_/.test(path) ? / ?"(?:neighbor|service_name)":"([^"]+)"/.exec(body)?.[1] : undefined;
  return `${system} ${method} ${short}${asked === undefined ? '' : ` (${asked})`}`;
}

/** When the call was answered. */
export function endOf({ at, ms }: VendorCall): number {
  return at + ms;
}
