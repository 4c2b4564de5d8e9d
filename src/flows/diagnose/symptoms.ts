import type { Part } from '../../design/cross-checks/views.ts';
import type { HealthEvent } from '../../integrations/entra/types.ts';
import type { DeviceEvent, TunnelStat } from '../../integrations/mist/types.ts';
import { isContradicted, isEstablished, neighborRow, tunnelRow } from '../live/observed.ts';
import type { ConnectorCase, SitePairs } from './site-pairs.ts';
import type { Evidence, Symptom, TunnelTrouble } from './types.ts';

/** Seconds by which a tunnel may outlive or miss its lifetime and still have fallen at a rekey: routers rekey early, and add jitter. */
const REKEY_MARGIN = 0.15;

/** What is wrong as seen, before anybody asks why. Missing rows are "not reported", never "down". */
export function symptomsOf(evidence: Evidence, { cases }: SitePairs): readonly Symptom[] {
  const { device } = evidence;
  const offline: Symptom[] =
    device.read && !device.value.connected
      ? [{ kind: 'router-offline', sinceMs: device.value.lastSeenMs }]
      : [];
  // What a silent router last said of its sessions says nothing of them now.
  const sessions = offline.length > 0 ? [] : cases.flatMap((one) => ofConnector(evidence, one));
  return [...offline, ...configuration(evidence), ...sessions, ...traffic(evidence, sessions)];
}

function configuration({ events, device }: Evidence): Symptom[] {
  const newest = valueOf(events).find(({ type }) => /^GW_(RE)?CONFIGURED$|^GW_CONFIG_/.test(type));
  const failed = newest !== undefined && /^GW_CONFIG_(FAILED|LOCK_FAILED|REVERTED|ERROR)/.test(newest.type);
  const status = device.read ? (device.value.configStatus ?? '') : '';
  if (failed || /FAIL/.test(status)) return [{ kind: 'config-not-applied', how: 'failed' }];
  if (newest?.type === 'GW_CONFIG_CHANGED_BY_USER' || /PENDING/.test(status))
    return [{ kind: 'config-not-applied', how: 'pending' }];
  return [];
}

function ofConnector(evidence: Evidence, one: ConnectorCase): Symptom[] {
  const { tunnels } = evidence;
  if (!tunnels.read) return [];
  const { name } = one.connector;
  const row = tunnelRow(tunnels.value, name);
  if (row?.up === undefined) return [{ kind: 'tunnel-unreported', connector: name }];
  if (!row.up) return [tunnelDown(evidence, one, row)];
  return [...neighborsOf(evidence, one), ...contradiction(evidence, one, row)];
}

function tunnelDown({ events }: Evidence, { connector }: ConnectorCase, row: TunnelStat): Symptom {
  const own = valueOf(events).filter(({ type, text }) => isTunnelEvent(type) && names(text, connector.name));
  const down = own.find(({ type }) => type === 'GW_TUNNEL_DOWN');
  const up = own.find(({ type, atMs }) => type === 'GW_TUNNEL_UP' && atMs <= (down?.atMs ?? Infinity));
  const words = row.lastEvent ?? '';
  const lifetimeMs = (connector.policy.saLifetimeSeconds ?? 0) * 1000;
  const lasted = up && down ? down.atMs - up.atMs : undefined;
  return {
    kind: 'tunnel-down',
    connector: connector.name,
    trouble: troubleOf(words),
    words,
    wasUp: up !== undefined,
    atRekey: lasted !== undefined && isMultiple(lasted, lifetimeMs),
  };
}

function neighborsOf(evidence: Evidence, { connector }: ConnectorCase): Symptom[] {
  const { peers, events } = evidence;
  if (!peers.read) return [];
  return (connector.group?.neighbors ?? []).flatMap(({ address }): Symptom[] => {
    const row = neighborRow(peers.value, address);
    if (!row) return [{ kind: 'neighbor-unreported', connector: connector.name, address }];
    if (isEstablished(row)) {
      return row.rxRoutes === 0 ? [{ kind: 'no-routes', connector: connector.name, address }] : [];
    }
    const wasUp = valueOf(events).some(
      ({ type, text }) => type === 'GW_BGP_NEIGHBOR_UP' && names(text, address),
    );
    return [{ kind: 'neighbor-down', connector: connector.name, address, state: row.state, wasUp }];
  });
}

/** Two vendors that contradict each other: the router says up, and Entra's newest word on that tunnel says gone. */
function contradiction(
  { health, now }: Evidence,
  { link, connector }: ConnectorCase,
  row: TunnelStat,
): Symptom[] {
  if (!link) return [];
  const { peerIp, uptimeSeconds } = row;
  const tunnel = { deviceIp: link.publicIp, peerIp, uptimeSeconds };
  if (!isContradicted(valueOf<HealthEvent>(health), tunnel, now)) return [];
  const text = `Mist reports ${connector.name} up, and Entra's newest record of it says tunnelDisconnected`;
  return [{ kind: 'contradiction', connector: connector.name, text }];
}

/** Only where the sessions stand: else the traffic's way follows from them. */
function traffic({ path, views }: Evidence, sessions: readonly Symptom[]): Symptom[] {
  if (!path?.read || sessions.length > 0 || !views.mist.read) return [];
  const names_ = new Set(views.mist.value.connectors.map(({ name }) => name));
  const others = path.value.filter((name) => !names_.has(name));
  if (path.value.length > 0 && others.length === 0) return [];
  const seen =
    path.value.length === 0
      ? "the router has no path for Microsoft's traffic"
      : `the router sends Microsoft's traffic to ${others.join(', ')}`;
  return [{ kind: 'stray-traffic', seen }];
}

/** The router's words, as far as they are known; an SSR's own list of them is not published. */
export function troubleOf(words: string): TunnelTrouble {
  if (/AUTH/i.test(words)) return 'authentication';
  if (/PROPOSAL/i.test(words)) return 'proposal';
  if (/interface not found/i.test(words)) return 'no-wan';
  if (/interface (is )?down|link down/i.test(words)) return 'wan-down';
  if (/unsupported/i.test(words)) return 'not-ipsec';
  if (/time[- ]?out|not responding|no response|unreachable/i.test(words)) return 'silent';
  return 'unclear';
}

function isMultiple(lasted: number, lifetimeMs: number): boolean {
  if (lifetimeMs <= 0) return false;
  const times = Math.round(lasted / lifetimeMs);
  return times >= 1 && Math.abs(lasted - times * lifetimeMs) <= lifetimeMs * REKEY_MARGIN;
}

function isTunnelEvent(type: string): boolean {
  return type === 'GW_TUNNEL_UP' || type === 'GW_TUNNEL_DOWN';
}

/** As a word of its own: `mssse-wan0` is not `mssse-wan0-z2`, nor 10.0.0.1 a part of 10.0.0.10. */
function names(text: string, name: string): boolean {
  return text.split(/[^\w.:-]+/).some((word) => word.replace(/[.:]+$/, '') === name);
}

function valueOf<T = DeviceEvent>(part: Part<readonly T[]>): readonly T[] {
  return part.read ? part.value : [];
}
