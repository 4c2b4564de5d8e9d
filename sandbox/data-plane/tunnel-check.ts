import { espAgrees, ikeAgrees } from './proposals.ts';
import type { Connector } from './running-config.ts';
import type { GatewayInstance, WanEdge, WanPort } from './views.ts';

/** Whether a connector can come up, and with whom. */
export type TunnelCheck =
  | {
      readonly ok: true;
      readonly port: WanPort;
      readonly instance: GatewayInstance;
      /** False = the first rekey will fail. */
      readonly pfsAgrees: boolean;
      readonly lifetimeSeconds: number;
    }
  | {
      readonly ok: false;
      readonly port: WanPort | undefined;
      readonly instance: GatewayInstance | undefined;
      /** Router's words; IKE names the same error for several causes. */
      readonly reason: string;
      /** True where nothing can carry packets, so that a session that is up falls at once, whatever was negotiated. */
      readonly dead: boolean;
    };

export const TIMEOUT = 'TIMEOUT: peer not responding';
export const NO_PROPOSAL = 'NO_PROPOSAL_CHOSEN';
export const AUTHENTICATION = 'AUTHENTICATION_FAILED';

/**
 * Evaluates one connector against Microsoft's gateways in the order of an IKEv2 exchange: reachability, peer
 * configuration, IKE proposal, identities and key, ESP proposal. Pure.
 */
export function checkTunnel(
  edge: WanEdge,
  connector: Connector,
  gateways: ReadonlyMap<string, GatewayInstance>,
): TunnelCheck {
  const port = portOf(edge, connector);
  const instance = gateways.get(connector.host);
  const fail = (reason: string, dead: boolean): TunnelCheck => ({ ok: false, port, instance, reason, dead });
  if (!connector.custom) return fail('unsupported provider', true);
  if (!port) return fail('WAN interface not found', true);
  if (!edge.online) return fail('router offline', true);
  if (!port.up) return fail('WAN interface down', true);
  if (port.blocksIpsec || !instance?.alive) return fail(TIMEOUT, true);
  // Microsoft's gateways speak IKEv2 only.
  if (connector.ikeVersion !== '2') return fail(NO_PROPOSAL, false);
  // The responder finds its configuration by the peer's address; a gateway may also stay silent here.
  if (port.publicIp !== instance.peer.endpoint) return fail(NO_PROPOSAL, false);
  if (!ikeAgrees(connector.ike, instance.policy.phase1)) return fail(NO_PROPOSAL, false);
  const identified = connector.localId === instance.peer.endpoint && connector.remoteId === instance.endpoint;
  if (!identified || connector.psk !== instance.psk) return fail(AUTHENTICATION, false);
  const esp = espAgrees(connector.esp, instance.policy.phase2);
  if (!esp.agrees) return fail(NO_PROPOSAL, false);
  const theirs = instance.policy.saLifeTimeSeconds;
  return {
    ok: true,
    port,
    instance,
    pfsAgrees: esp.pfs,
    // Lifetimes are not negotiated in IKEv2: whoever's is shorter starts the rekey.
    lifetimeSeconds: Math.min(connector.lifetimeSeconds ?? theirs, theirs),
  };
}

/** The WAN port that a connector leaves by; of two with one name, as an HA pair may have them, the one that is up. */
export function portOf({ wanPorts }: WanEdge, { wanName }: Connector): WanPort | undefined {
  const named = wanPorts.filter(({ name }) => name === wanName);
  return named.find(({ up }) => up) ?? named[0];
}

/** What a session stands on. Another path always means another session; another policy may wait for one. */
export interface SessionBasis {
  readonly path: string;
  readonly policy: string;
}

export function basisOf(connector: Connector, { port, instance }: TunnelCheck): SessionBasis {
  const { ikeVersion, localId, psk, host, remoteId, wanName, internalIp, ike, esp, lifetimeSeconds } =
    connector;
  const theirs = instance && [instance.peer.endpoint, instance.psk, instance.policy];
  return {
    path: JSON.stringify([host, wanName, internalIp, port?.publicIp, instance?.linkId, instance?.zone]),
    policy: JSON.stringify([ikeVersion, localId, psk, remoteId, ike, esp, lifetimeSeconds, theirs]),
  };
}
