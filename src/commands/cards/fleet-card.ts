import type { Fleet, Severity } from '../../flows/types.ts';
import { escapeMrkdwn, localTime } from '../../integrations/slack/escape.ts';
import { buttons, context, header, paragraph, titledList, type ButtonSpec, type Card } from './blocks.ts';

export type FleetFilter = 'all' | 'trouble' | 'down' | 'unknown';

interface FilterSpec {
  readonly filter: FleetFilter;
  readonly actionId: string;
  readonly label: string;
  readonly shows: readonly Severity[];
}

const ALL: FilterSpec = {
  filter: 'all',
  actionId: 'sse_fleet_all',
  label: 'All',
  shows: ['down', 'degraded', 'unknown', 'up'],
};
const FILTERS: readonly FilterSpec[] = [
  ALL,
  { filter: 'trouble', actionId: 'sse_fleet_trouble', label: 'In trouble', shows: ['down', 'degraded'] },
  { filter: 'down', actionId: 'sse_fleet_down', label: 'Down', shows: ['down'] },
  { filter: 'unknown', actionId: 'sse_fleet_unknown', label: 'Not known', shows: ['unknown'] },
];

/** Which part of the fleet a card shows; `page` counts from 0. */
export interface FleetPage {
  readonly filter: FleetFilter;
  readonly page: number;
}

const PER_PAGE = 12;
/** A page of all connected sites, worst first as given. */
export function fleetCard(fleet: Fleet, { filter, page }: FleetPage): Card {
  const total = fleet.sites.length;
  const noun = total === 1 ? 'site' : 'sites';
  const { shows, label } = FILTERS.find((one) => one.filter === filter) ?? ALL;
  const shown = fleet.sites.filter(({ severity }) => shows.includes(severity));
  const pages = Math.max(1, Math.ceil(shown.length / PER_PAGE));
  const at = Math.min(Math.max(page, 0), pages - 1);
  const lines = shown
    .slice(at * PER_PAGE, (at + 1) * PER_PAGE)
    .map((site) => `${site.line} – ${site.verdict}`);
  const { down, degraded, unknown, up } = fleet.counts;
  const counts = `${down} down, ${degraded} degraded, ${unknown} not known, ${up} up`;
  return {
    text: escapeMrkdwn(`${total} ${noun} connected by this bot: ${counts}`),
    blocks: [
      header(`${total} connected ${noun}`),
      paragraph(counts),
      ...(lines.length > 0
        ? titledList(filter === 'all' ? 'Worst first' : label, lines)
        : [paragraph('No site is in this state.')]),
      ...titledList(
        'Could not be read',
        fleet.unread.map(({ what, failure }) => `${what}: ${failure.hint}`),
      ),
      buttons(fleetButtons({ filter, page: at }, pages)),
      context(`Page ${at + 1} of ${pages} · read ${localTime(fleet.atMs)} · "?" is what could not be read.`),
    ],
    details: [],
  };
}

/** What a button's value asks for; anything else is the first page. */
export function readFleetPage(value: string): FleetPage {
  const [name = '', page = ''] = value.split('|');
  const { filter } = FILTERS.find((one) => one.filter === name) ?? ALL;
  return { filter, page: /^\d{1,4}$/.test(page) ? Number(page) : 0 };
}

function fleetButtons({ filter, page }: FleetPage, pages: number): ButtonSpec[] {
  const value = (to: number): string => `${filter}|${to}`;
  const previous = { actionId: 'sse_fleet_previous', label: 'Previous', spoken: 'Previous page of sites' };
  const next = { actionId: 'sse_fleet_next', label: 'Next', spoken: 'Next page of sites' };
  const filters = FILTERS.filter((one) => one.filter !== filter).map(({ actionId, label, ...one }) => ({
    actionId,
    label,
    spoken: `Show these sites: ${label}`,
    value: `${one.filter}|0`,
  }));
  return [
    ...(page > 0 ? [{ ...previous, value: value(page - 1) }] : []),
    ...(page < pages - 1 ? [{ ...next, value: value(page + 1) }] : []),
    ...filters,
    {
      actionId: 'sse_fleet_refresh',
      label: 'Refresh',
      spoken: 'Read the status of all sites again',
      value: value(page),
    },
  ];
}
