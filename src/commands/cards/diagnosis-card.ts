import type { KnownBlock } from '@slack/types';
import type { SiteDiagnosis } from '../../flows/diagnose/site-diagnosis.ts';
import type { Cause } from '../../flows/diagnose/types.ts';
import { escapeMrkdwn, localTime } from '../../integrations/slack/escape.ts';
import { buttons, context, header, mrkdwn, mrkdwnList, paragraph, titledList, type Card } from './blocks.ts';

/** More is in the thread. */
const MOST_CAUSES = 5;

/** Why a site does not work: causes in order, each with its evidence and its mend. The fallback is the headline. */
export function diagnosisCard(found: SiteDiagnosis): Card {
  const shown = found.causes.slice(0, MOST_CAUSES);
  const more = found.causes.slice(MOST_CAUSES);
  return {
    text: escapeMrkdwn(`Diagnosis ${found.site.name}: ${found.headline}`),
    blocks: [
      header(`Diagnosis: ${found.site.name}`),
      paragraph(found.headline),
      ...titledList('What is seen', found.symptoms),
      ...shown.flatMap((cause, at) => causeBlocks(cause, at)),
      ...found.cannotTell.map(({ because, how }) =>
        mrkdwn(`*Cannot be told apart*\n${escapeMrkdwn(because)}\n*What would tell:* ${escapeMrkdwn(how)}`),
      ),
      ...titledList('Breaks nothing, worth a look', found.notes.slice(0, 5)),
      ...mrkdwnList(
        'In order of time, newest first',
        found.timeline.map(({ atMs, by, what }) => `${localTime(atMs)} ${by}: ${escapeMrkdwn(what)}`),
      ),
      ...titledList('Could not be read', found.unread),
      buttons([
        {
          actionId: 'sse_diagnose_again',
          label: 'Diagnose again',
          spoken: `Diagnose ${found.site.name} again`,
          value: found.site.id,
        },
      ]),
      context(
        `Drawn ${localTime(found.atMs)} from both configurations, what both vendors report, and what the router answered.`,
      ),
    ],
    details: more.map((cause) => `${headOf(cause)} ${cause.mend}`),
  };
}

function causeBlocks(cause: Cause, at: number): KnownBlock[] {
  const lines = [
    `*${at + 1}. ${escapeMrkdwn(headOf(cause))}*`,
    ...cause.evidence.map((one) => `• ${escapeMrkdwn(one)}`),
    ...(cause.mend === '' ? [] : [`*Mend:* ${escapeMrkdwn(cause.mend)}`]),
  ];
  return [mrkdwn(lines.join('\n'))];
}

function headOf({ likelihood, what, subject, waiting }: Cause): string {
  const word = waiting ? (likelihood === 'possible' ? 'Follows' : 'Also wrong') : capital(likelihood);
  return `${word}: ${what} (${subject}).`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
