import type { KnownBlock } from '@slack/types';
import type { NeighborStatus, SiteStatus, TunnelStatus } from '../../flows/types.ts';
import { escapeMrkdwn, localTime } from '../../integrations/slack/escape.ts';
import { buttons, context, facts, header, paragraph, span, titledList, type Card } from './blocks.ts';

/** One site as both vendors report it. The fallback is the status line alone. */
export function statusCard(status: SiteStatus): Card {
  return {
    text: escapeMrkdwn(status.line),
    blocks: [
      header(status.site.name),
      paragraph(status.verdict),
      ...facts(summary(status)),
      ...titledList('Tunnels and BGP neighbors (Mist)', status.tunnels.flatMap(tunnelLines)),
      ...entraBlocks(status),
      ...titledList(
        'Could not be read',
        status.unread.map(({ what, failure }) => `${what}: ${failure.hint}`),
      ),
      buttons([
        {
          actionId: 'sse_refresh',
          label: 'Refresh',
          spoken: `Read the status of ${status.site.name} again`,
          value: status.site.id,
        },
      ]),
      context(`Read from both vendors ${localTime(status.atMs)}. "?" is what could not be read.`),
    ],
    details: [],
  };
}

/** Every connected site in one message, worst first as given. */
export function fleetCard(sites: readonly SiteStatus[]): Card {
  const noun = sites.length === 1 ? 'site' : 'sites';
  return {
    text: escapeMrkdwn(`${sites.length} ${noun} connected by this bot`),
    blocks: [
      header(`${sites.length} connected ${noun}`),
      ...titledList(
        'Worst first',
        sites.map((site) => `${site.line} – ${site.verdict}`),
      ),
    ],
    details: [],
  };
}

function summary(status: SiteStatus): (readonly [string, string])[] {
  return [
    ['Tunnels up', `${count(status.tunnelsUp)} of ${status.tunnels.length}`],
    ['BGP neighbors established', `${count(status.neighborsUp)} of ${status.neighborsExpected}`],
    ['Learned routes', count(status.routes)],
  ];
}

function count(value: number | undefined): string {
  return value === undefined ? '?' : String(value);
}

function tunnelLines(tunnel: TunnelStatus): string[] {
  const where = [tunnel.wan, tunnel.node].filter(Boolean).join(', ');
  const peer = tunnel.peerIp ? ` to ${tunnel.peerIp}` : '';
  const since =
    tunnel.up && tunnel.uptimeSeconds !== undefined ? ` for ${span(tunnel.uptimeSeconds * 1000)}` : '';
  const why = tunnel.up === false && tunnel.lastEvent ? `: ${tunnel.lastEvent}` : '';
  const line = `${tunnel.name}${where ? ` (${where})` : ''}${peer}: ${upWord(tunnel.up)}${since}${why}`;
  return [line, ...tunnel.neighbors.map((neighbor) => `    ${neighborLine(neighbor)}`)];
}

function neighborLine(neighbor: NeighborStatus): string {
  const state = neighbor.state ?? 'not reported';
  const since =
    neighbor.up && neighbor.uptimeSeconds !== undefined ? ` for ${span(neighbor.uptimeSeconds * 1000)}` : '';
  const routes =
    neighbor.rxRoutes === undefined
      ? ''
      : `, ${neighbor.rxRoutes} routes received, ${count(neighbor.txRoutes)} announced`;
  return `BGP ${neighbor.address}${neighbor.node ? ` (${neighbor.node})` : ''}: ${state}${since}${routes}`;
}

function upWord(up: boolean | undefined): string {
  if (up === undefined) return 'not reported';
  return up ? 'up' : 'DOWN';
}

function entraBlocks(status: SiteStatus): KnownBlock[] {
  const lines = status.entra.slice(0, 8).map((event) => {
    const ends = [event.deviceIp, event.microsoftIp].filter(Boolean).join(' – ');
    const routes =
      event.advertisedRoutes === undefined ? '' : `, ${event.advertisedRoutes} routes advertised`;
    const at = new Date(event.atMs).toISOString().slice(0, 16).replace('T', ' ');
    return `${at} UTC: ${event.status}${ends ? ` (${ends})` : ''}${routes}`;
  });
  return titledList('Last health records (Entra)', lines);
}
