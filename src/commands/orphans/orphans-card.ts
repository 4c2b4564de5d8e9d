import type { KnownBlock } from '@slack/types';
import type { Orphan, OrphanReport } from '../../flows/types.ts';
import { escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { buttons, header, mrkdwn, paragraph, titledList, type Card } from '../cards/blocks.ts';

/** Two blocks each, and room for the rest. */
const MOST = 15;

/** What is ours and belongs to no connected site, each with its button. What could not be read is said, never taken for nothing. */
export function orphansCard(report: OrphanReport): Card {
  const { orphans, gone, missing, unread } = report;
  const shown = orphans.slice(0, MOST);
  const more = orphans.length - shown.length;
  return {
    text: escapeMrkdwn(summary(report)),
    blocks: [
      header('Orphans'),
      paragraph(summary(report)),
      ...shown.flatMap(orphanBlocks),
      ...(more > 0 ? [paragraph(`And ${more} more, shown when these are gone.`)] : []),
      ...titledList('Gone by itself, and noted so', gone),
      ...titledList('Missing at connected sites', missing),
      ...titledList(
        'Could not be read',
        unread.map(({ code, hint }) => `${hint} (${code})`),
      ),
    ],
    details: [],
  };
}

function summary({ orphans, unread }: OrphanReport): string {
  const what =
    orphans.length === 0
      ? 'nothing of ours is left at sites that are not connected'
      : `${orphans.length} left at sites that are not connected`;
  if (unread.length === 0) return `Orphans: ${what}.`;
  return orphans.length === 0
    ? 'Orphans: not known, not everything could be read.'
    : `Orphans: ${what}; not everything could be read.`;
}

function orphanBlocks({ id, side, site, what, whyNotRemovable }: Orphan): KnownBlock[] {
  const where = side === 'entra' ? 'Entra' : 'Mist';
  const list = what.join(', ');
  const note = whyNotRemovable === undefined ? '' : ` (${whyNotRemovable})`;
  const line = mrkdwn(`*${escapeMrkdwn(site)}*, ${where}: ${escapeMrkdwn(list)}${escapeMrkdwn(note)}`);
  if (whyNotRemovable !== undefined) return [line];
  return [
    line,
    buttons([
      {
        actionId: 'sse_orphan_remove',
        label: 'Plan removal',
        spoken: `Plan the removal of what is left of ${site} in ${where}`,
        value: id,
      },
    ]),
  ];
}
