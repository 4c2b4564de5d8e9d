import type { KnownBlock } from '@slack/types';
import type { EntraTunnelView, NeighborStatus, SiteStatus, TunnelStatus } from '../../flows/types.ts';
import { escapeMrkdwn, localTime } from '../../integrations/slack/escape.ts';
import {
  buttons,
  context,
  facts,
  header,
  mrkdwnList,
  paragraph,
  span,
  table,
  titledList,
  type Card,
} from './blocks.ts';

/** One site as both vendors report it. The fallback is the status line alone. */
export function statusCard(status: SiteStatus): Card {
  return {
    text: escapeMrkdwn(status.line),
    blocks: [
      header(status.site.name),
      paragraph(status.verdict),
      ...facts(summary(status)),
      ...titledList('Connectors (Mist)', status.tunnels.map(tunnelLine)),
      ...neighborTable(status),
      ...mrkdwnList('Tunnels as Entra logged them', status.entra.slice(0, 8).map(entraLine)),
      ...titledList('Differences between Entra and Mist', status.agreement?.differences ?? []),
      ...titledList('Could not be compared', status.agreement?.unknown ?? []),
      ...titledList('Not compared here', notJudged(status)),
      ...titledList('Could not be read', unreadLines(status.unread)),
      buttons([
        {
          actionId: 'sse_refresh',
          label: 'Refresh',
          spoken: `Read the status of ${status.site.name} again`,
          value: status.site.id,
        },
      ]),
      context(ages(status)),
    ],
    details: [],
  };
}

function summary(status: SiteStatus): (readonly [string, string])[] {
  const { agreement } = status;
  return [
    ['Tunnels up', `${count(status.tunnelsUp)} of ${status.tunnels.length}`],
    ['BGP neighbors established', `${count(status.neighborsUp)} of ${status.neighborsExpected}`],
    ['Learned routes', count(status.routes)],
    ...(status.device ? [['Router', deviceText(status)] as const] : []),
    ...(agreement
      ? [
          [
            'Entra and Mist agree',
            agreement.differences.length === 0
              ? `yes, ${agreement.checked} values compared`
              : `NO: ${agreement.differences.length} of ${agreement.checked} differ`,
          ] as const,
        ]
      : []),
  ];
}

function notJudged({ agreement, site }: SiteStatus): string[] {
  if (!agreement || agreement.notJudged.length === 0) return [];
  return [`${agreement.notJudged.join('; ')}: /sse diagnose ${site.name} does`];
}

/** What one reason keeps from being read stands on one line. */
function unreadLines(unread: SiteStatus['unread']): string[] {
  const byReason = Map.groupBy(unread, ({ failure }) => failure.hint);
  return [...byReason].map(([hint, all]) => `${all.map(({ what }) => what).join(', ')}: ${hint}`);
}

function deviceText({ device, atMs }: SiteStatus): string {
  if (!device) return '?';
  const kind = device.isHa === true ? 'HA pair, ' : '';
  if (!device.connected) {
    const since = device.lastSeenMs === undefined ? '' : `, last seen ${span(atMs - device.lastSeenMs)} ago`;
    return `${kind}OFFLINE to Mist${since}`;
  }
  const config =
    device.configStatus === undefined ? '' : `, configuration ${configWord(device.configStatus)}`;
  return `${kind}online${config}`;
}

/** Mist's own word has one m. */
function configWord(status: string): string {
  return /^COMMIT/.test(status) ? 'applied' : status.toLowerCase();
}

function count(value: number | undefined): string {
  return value === undefined ? '?' : String(value);
}

function tunnelLine(tunnel: TunnelStatus): string {
  const where = [tunnel.wan, tunnel.node].filter(Boolean).join(', ');
  const peer = tunnel.peerIp ? ` to ${tunnel.peerIp}` : '';
  return `${tunnel.name}${where ? ` (${where})` : ''}${peer}: ${tunnelWord(tunnel)}${nodesText(tunnel.nodes)}`;
}

function tunnelWord(tunnel: TunnelStatus): string {
  if (tunnel.staleSinceMs !== undefined) return `unknown, last known ${tunnel.lastKnown ?? '?'}`;
  if (tunnel.up === undefined) return 'not reported';
  if (!tunnel.up) return `DOWN${tunnel.lastEvent ? `: ${tunnel.lastEvent}` : ''}`;
  return tunnel.uptimeSeconds === undefined ? 'up' : `up for ${span(tunnel.uptimeSeconds * 1000)}`;
}

function nodesText(nodes: TunnelStatus['nodes']): string {
  return nodes ? ` [${nodes.map(({ node, state }) => `${node} ${state}`).join(', ')}]` : '';
}

function neighborTable({ tunnels, atMs }: SiteStatus): KnownBlock[] {
  const several = tunnels.length > 1;
  const rows = tunnels.flatMap((tunnel) =>
    tunnel.neighbors.map((neighbor) => [
      neighbor.address + (neighbor.zone === undefined ? '' : ` zone ${neighbor.zone}`),
      ...(several ? [tunnel.wan ?? tunnel.name] : []),
      neighborWord(neighbor, atMs) + nodesText(neighbor.nodes),
      `${count(neighbor.learned ?? neighbor.rxRoutes)}, ${count(neighbor.txRoutes)}`,
    ]),
  );
  if (rows.length === 0) return [];
  // Few columns: a phone shows three of them without scrolling.
  return [table(['BGP neighbor', ...(several ? ['WAN'] : []), 'State', 'Routes in, out'], rows)];
}

function neighborWord({ state, up, staleSinceMs, uptimeSeconds }: NeighborStatus, now: number): string {
  if (state === undefined) return 'not reported';
  if (staleSinceMs !== undefined) {
    const age = staleSinceMs > 0 ? ` ${span(now - staleSinceMs)} ago` : '';
    return `unknown, last ${state}${age}`;
  }
  if (!up) return state.toUpperCase();
  return uptimeSeconds === undefined ? state : `${state} for ${span(uptimeSeconds * 1000)}`;
}

/** In words of the log; dates in the reader's own zone. */
function entraLine(event: EntraTunnelView): string {
  const ends = [event.deviceIp, event.microsoftIp].filter(Boolean).join(' – ');
  const name = event.tunnel ?? ends;
  const routes =
    event.advertisedRoutes === undefined ? '' : `, ${event.advertisedRoutes} routes advertised at last count`;
  const why = event.description ? ` (${event.description.slice(0, 120)})` : '';
  const what = `${name || 'a tunnel'}: ${event.status}`;
  return `${escapeMrkdwn(what)} ${localTime(event.atMs)}${escapeMrkdwn(`${routes}${why}`)}`;
}

function ages({ ages: known, atMs }: SiteStatus): string {
  const each = known.map(
    ({ what, atMs: at }) => `${what} ${at === undefined ? 'of unknown age' : ageText(atMs - at)}`,
  );
  return [`Read ${localTime(atMs)}`, ...each, '"?" is what could not be read.'].join(' · ');
}

function ageText(ms: number): string {
  return ms < 1000 ? 'now' : `${span(ms)} old`;
}
