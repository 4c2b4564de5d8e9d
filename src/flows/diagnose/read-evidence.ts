import { attempt } from '../../base/attempt.ts';
import type { Result } from '../../base/failure.ts';
import { contains } from '../../design/addressing.ts';
import { looksLikeMicrosoft } from '../../design/cross-checks/microsoft-connectors.ts';
import type { MistView, Part } from '../../design/cross-checks/views.ts';
import type { ConfiguredSite } from '../live/site-views.ts';
import type { FlowParts } from '../parts.ts';
import { sessionsOf } from '../status/read-status.ts';
import type { Evidence, PingEvidence } from './types.ts';

const WINDOW_MS = 24 * 3_600_000;
const RECORDS = 200;
const EVENT_TYPES = [
  'GW_TUNNEL_UP',
  'GW_TUNNEL_DOWN',
  'GW_BGP_NEIGHBOR_UP',
  'GW_BGP_NEIGHBOR_DOWN',
  'GW_CONFIGURED',
  'GW_RECONFIGURED',
  'GW_CONFIG_CHANGED_BY_USER',
  'GW_CONFIG_FAILED',
  'GW_CONFIG_LOCK_FAILED',
  'GW_CONFIG_REVERTED',
  'GW_CONNECTED',
  'GW_DISCONNECTED',
] as const;
const PINGS = 3;
/** With the ICMP and IP headers a packet of 1,380 bytes, Microsoft's MTU for remote networks (Entra "Operate remote networks"). */
const LARGE = 1352;
/** A router that is asked for many addresses at once answers none in time. */
const MOST_PINGED = 4;

/** Reads what both vendors report of a configured site, then asks the router itself where it is reachable. Never fails as a whole. */
export async function readEvidence(parts: FlowParts, known: ConfiguredSite): Promise<Evidence> {
  const { mist, entra, clock } = parts;
  const { site, device, network } = known;
  const now = clock.now();
  const sinceMs = now - WINDOW_MS;
  const [report, events, health] = await Promise.all([
    attempt(mist.deviceReport(site.id, device.id)),
    attempt(mist.deviceEvents(site.id, { mac: device.mac, types: EVENT_TYPES, sinceMs })),
    network
      ? attempt(entra.healthEvents({ remoteNetworkId: network.id, sinceMs, limit: RECORDS }))
      : undefined,
  ]);
  const { tunnels, peers } = await sessionsOf(parts, site.id, report);
  const evidence: Evidence = {
    now,
    views: known.views,
    inEntra: known.inEntra,
    device: partOf(report),
    tunnels: partOf(tunnels),
    peers: partOf(peers),
    events: partOf(events),
    health: health ? partOf(health) : unread('it is not known which remote network is the site’s'),
  };
  return report.ok && report.value.connected ? { ...evidence, ...(await askRouter(parts, known)) } : evidence;
}

/** The path of Microsoft's traffic, and pings of two sizes to each of its BGP addresses. */
async function askRouter(
  { mist }: FlowParts,
  { site, device, mist: view }: ConfiguredSite,
): Promise<Pick<Evidence, 'path' | 'pings'>> {
  const application = applicationOf(view);
  const addresses = view.connectors
    .filter(looksLikeMicrosoft)
    .flatMap(({ group }) => group?.neighbors.filter(({ disabled }) => !disabled) ?? [])
    .map(({ address }) => address)
    .slice(0, MOST_PINGED);
  const received = async (host: string, size?: number): Promise<boolean | undefined> => {
    const query = { host, count: PINGS, ...(size !== undefined && { size }) };
    const answer = await attempt(mist.ping(site.id, device.id, query));
    return answer.ok && answer.value.received !== undefined ? answer.value.received > 0 : undefined;
  };
  const [path, ...pings] = await Promise.all([
    application === undefined
      ? undefined
      : attempt(mist.servicePath(site.id, device.id, { serviceName: application })),
    ...addresses.map(async (address): Promise<PingEvidence> => {
      const [small, large] = await Promise.all([received(address), received(address, LARGE)]);
      return { address, small, large };
    }),
  ]);
  return { ...(path && { path: pathOf(path) }), pings };
}

function pathOf(
  answer: Result<{ readonly rows?: readonly { readonly interface: string }[] }>,
): Part<readonly string[]> {
  if (!answer.ok) return unread(answer.failure.hint);
  const { rows } = answer.value;
  if (!rows) return unread('the router did not answer readably');
  return part([...new Set(rows.map((row) => row.interface))]);
}

/** The application of the first rule that follows learned routes for most of the internet. */
function applicationOf({ rules }: MistView): string | undefined {
  const own = rules.find(({ name }) => name === 'microsoft-sse');
  const wide = rules.find(
    ({ action, steered, addresses }) =>
      action === 'allow' &&
      !steered &&
      ['0.0.0.0/1', '128.0.0.0/1'].every((half) => addresses.some((address) => contains(address, half))),
  );
  return (own ?? wide)?.applications[0];
}

function part<T>(value: T): Part<T> {
  return { read: true, value };
}

function unread(why: string): { readonly read: false; readonly why: string } {
  return { read: false, why };
}

function partOf<T>(answer: Result<T>): Part<T> {
  return answer.ok ? part(answer.value) : unread(answer.failure.hint);
}
