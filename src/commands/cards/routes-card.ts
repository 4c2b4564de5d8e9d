import type { RouteReport } from '../../flows/routes/route-report.ts';
import { escapeMrkdwn, localTime } from '../../integrations/slack/escape.ts';
import { context, facts, header, paragraph, table, titledList, type Card } from './blocks.ts';

/** Prefixes that are named on the card; all of them are in the file. */
const MOST_NAMED = 10;

/** What a site has learned from Microsoft. The fallback is the count and the verdict. */
export function routesCard(report: RouteReport): Card {
  const { site, total, byLength, byNeighbor, missing, unexpected, change } = report;
  return {
    text: escapeMrkdwn(`Routes ${site.name}: ${total} learned. ${verdictOf(report)}`),
    blocks: [
      header(`Learned routes: ${site.name}`),
      paragraph(verdictOf(report)),
      ...facts([
        ['Distinct prefixes', String(total)],
        ['Promised by the profiles', report.expected === undefined ? '?' : String(report.expected)],
        ['Missing', report.expected === undefined || report.end === 'cut' ? '?' : String(missing.length)],
        ['Unexpected', report.expected === undefined ? '?' : String(unexpected.length)],
        ['Refused by the import policy', String(report.refused)],
        [
          'By prefix length',
          byLength.map(({ length, count }) => `/${length}: ${count}`).join(', ') || 'none',
        ],
      ]),
      table(
        ['From neighbor', 'WAN', 'Prefixes'],
        byNeighbor.map(({ address, wan, zone, count }) => [
          address + (zone === undefined ? '' : ` zone ${zone}`),
          wan ?? '–',
          String(count),
        ]),
      ),
      ...titledList('Missing', named(missing)),
      ...titledList('Unexpected', named(unexpected)),
      ...changeBlocks(change),
      ...titledList('Could not be read', report.unread),
      context(
        `Read from the router ${localTime(report.atMs)} · ${endText(report)} The whole list is in the thread.`,
      ),
    ],
    details: [],
  };
}

function verdictOf({ end, expected, missing, total, unexpected }: RouteReport): string {
  if (end === 'cut') return 'The listing was cut in the middle: what it does not show is unknown.';
  if (expected === undefined)
    return 'What the traffic profiles promise is not known, so nothing is compared.';
  if (total === 0) return 'Nothing is learned.';
  if (missing.length > 0) return `${missing.length} of ${expected} promised prefixes are missing.`;
  if (unexpected.length > 0) return `Everything promised is learned, and ${unexpected.length} prefixes more.`;
  return 'Everything that the traffic profiles promise is learned, and nothing else.';
}

function endText({ end }: RouteReport): string {
  if (end === 'counted') return 'The listing is whole by its own count.';
  return end === 'cut' ? 'The listing was cut.' : 'The listing had no count at its end.';
}

function named(prefixes: readonly string[]): readonly string[] {
  const shown = prefixes.slice(0, MOST_NAMED);
  return prefixes.length > MOST_NAMED ? [...shown, `and ${prefixes.length - MOST_NAMED} more`] : shown;
}

function changeBlocks(change: RouteReport['change']): Card['blocks'] {
  if (!change) return [paragraph('This is the first reading: there is nothing to compare it with.')];
  const { added, removed } = change;
  if (added.length === 0 && removed.length === 0)
    return [paragraph('Nothing changed since the last reading.')];
  return titledList('Since the last reading', [
    ...named(added).map((prefix) => `new: ${prefix}`),
    ...named(removed).map((prefix) => `gone: ${prefix}`),
  ]);
}
