import { Address4 } from 'ip-address';
import type { Connector, Neighbor } from './running-config.ts';
import type { BgpPeerState, GatewayInstance } from './views.ts';

/** Whether a BGP session can come up, and with which gateway; else the state in which the router hangs. */
export type SessionCheck =
  | { readonly ok: true; readonly instance: GatewayInstance }
  | { readonly ok: false; readonly state: 'idle' | 'active' | 'connect' };

export interface SessionContext {
  /** The connector that the group names, where it exists. */
  readonly connector: Connector | undefined;
  /** The gateway at the other end of that connector's tunnel; undefined while it is down. */
  readonly tunnelPeer: GatewayInstance | undefined;
  /** All gateways of the same device link. */
  readonly siblings: readonly GatewayInstance[];
  /** Whether zone 2's speaker answers through zone 1's tunnel, as Juniper's guide says. */
  readonly zone2ThroughZone1: boolean;
}

/**
 * Evaluates one neighbour. BFD plays no part: whether Microsoft answers it is not known, and a session without an
 * answering BFD peer is not torn down. Pure.
 */
export function checkSession(neighbor: Neighbor, context: SessionContext): SessionCheck {
  const { connector, tunnelPeer, siblings, zone2ThroughZone1 } = context;
  const hang = (state: 'idle' | 'active' | 'connect'): SessionCheck => ({ ok: false, state });
  if (neighbor.disabled || !connector || !tunnelPeer) return hang('idle');
  // Without multihop an external peer must be on the tunnel interface's own /30, else the session is never tried.
  if (neighbor.multihopTtl < 2 && !inOneSlash30(connector.internalIp, neighbor.address)) return hang('idle');
  const speaker = siblings.find((instance) => instance.bgpAddress === neighbor.address);
  if (!speaker) return hang(neighbor.address === tunnelPeer.peer.bgpAddress ? 'connect' : 'active');
  if (!speaker.alive) return hang('active');
  if (speaker.zone !== tunnelPeer.zone && !zone2ThroughZone1) return hang('active');
  if (connector.internalIp !== speaker.peer.bgpAddress || neighbor.authenticated) return hang('connect');
  // Each end refuses an OPEN with another AS than it expects: NOTIFICATION 2/2, Bad Peer AS.
  const agreed = neighbor.localAs === speaker.peer.asn && neighbor.neighborAs === speaker.asn;
  return agreed && neighbor.external ? { ok: true, instance: speaker } : hang('active');
}

function inOneSlash30(device: string, neighbor: string): boolean {
  if (!Address4.isValid(device) || !Address4.isValid(neighbor)) return false;
  return new Address4(neighbor).isInSubnet(new Address4(`${device}/30`));
}

/** Life of one BGP session. */
export interface SessionRuntime {
  readonly state: BgpPeerState['state'];
  /** When the router began to try, or the session came up. */
  readonly since: number;
  readonly instance: GatewayInstance | undefined;
}

export interface SessionStep {
  readonly runtime: SessionRuntime;
  readonly event?: 'up' | 'down';
}

/**
 * Moves a session on to `now`. A session falls at once with what carries it: a router's tunnel interface goes down
 * with the tunnel, so hold time is not waited for. Pure.
 */
export function stepSession(
  before: SessionRuntime | undefined,
  check: SessionCheck,
  now: number,
  bgpUpMs: number,
): SessionStep {
  const wasUp = before?.state === 'established';
  if (!check.ok) {
    return {
      runtime: { state: check.state, since: now, instance: before?.instance },
      ...(wasUp && { event: 'down' }),
    };
  }
  const { instance } = check;
  if (wasUp) {
    if (before.instance?.endpoint === instance.endpoint) return { runtime: { ...before, instance } };
    return { runtime: { state: 'connect', since: now, instance }, event: 'down' };
  }
  const trying =
    before?.state === 'connect' || before?.state === 'open_sent' || before?.state === 'open_config';
  const since = trying && before.instance?.endpoint === instance.endpoint ? before.since : now;
  const elapsed = now - since;
  if (elapsed >= bgpUpMs) return { runtime: { state: 'established', since: now, instance }, event: 'up' };
  return { runtime: { state: elapsed < bgpUpMs / 2 ? 'connect' : 'open_sent', since, instance } };
}
