import type { Evidence } from './types.ts';

/** Something that happened, by whose word. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly by: 'Mist' | 'Entra';
  readonly what: string;
}

const MOST = 12;
const WORDS: Readonly<Record<string, string>> = {
  GW_TUNNEL_UP: 'tunnel up',
  GW_TUNNEL_DOWN: 'tunnel DOWN',
  GW_BGP_NEIGHBOR_UP: 'neighbor up',
  GW_BGP_NEIGHBOR_DOWN: 'neighbor DOWN',
  GW_CONFIGURED: 'router runs a new configuration',
  GW_RECONFIGURED: 'router runs a new configuration',
  GW_CONFIG_CHANGED_BY_USER: 'configuration changed by somebody',
  GW_CONFIG_FAILED: 'router REFUSED its configuration',
  GW_CONFIG_LOCK_FAILED: 'router could not lock its configuration',
  GW_CONFIG_REVERTED: 'router went back to its old configuration',
  GW_CONNECTED: 'router reports again',
  GW_DISCONNECTED: 'router SILENT',
};

/**
 * What both vendors recorded, newest first, in one order. Events are told in our own words: their texts are the vendor's. Entra's
 * records of living tunnels are left out, since they only say that nothing happened.
 */
export function timelineOf({ events, health, views }: Evidence): readonly TimelineEntry[] {
  const names = views.mist.read
    ? views.mist.value.connectors.flatMap(({ name, group }) => [
        name,
        ...(group?.neighbors.map(({ address }) => address) ?? []),
      ])
    : [];
  const ofMist = (events.read ? events.value : []).map(({ atMs, type, text }): TimelineEntry => {
    // The longest name that the text holds: one may be a part of another.
    const [about] = names.filter((name) => text.includes(name)).toSorted((a, b) => b.length - a.length);
    const what = WORDS[type] ?? type;
    return { atMs, by: 'Mist', what: about === undefined ? what : `${what}: ${about}` };
  });
  const ofEntra = (health.read ? health.value : [])
    .filter(({ status }) => status !== 'remoteNetworkAlive')
    .map((event): TimelineEntry => {
      const ends = [event.deviceIp, event.microsoftIp].filter(Boolean).join(' – ');
      return { atMs: event.atMs, by: 'Entra', what: ends === '' ? event.status : `${event.status}: ${ends}` };
    });
  return [...ofMist, ...ofEntra].toSorted((a, b) => b.atMs - a.atMs).slice(0, MOST);
}

const SOON_MS = 15 * 60_000;

/** The change of configuration that came shortly before the newest fall of anything; undefined where there is none. */
export function changeBeforeFall({ events }: Evidence): { readonly afterMs: number } | undefined {
  const list = events.read ? events.value : [];
  const fall = list.find(({ type }) => type === 'GW_TUNNEL_DOWN' || type === 'GW_BGP_NEIGHBOR_DOWN');
  if (!fall) return undefined;
  const change = list.find(
    ({ type, atMs }) =>
      type === 'GW_CONFIG_CHANGED_BY_USER' && atMs <= fall.atMs && fall.atMs - atMs <= SOON_MS,
  );
  return change && { afterMs: fall.atMs - change.atMs };
}
