import type { SiteDiagnosis } from '../../flows/diagnose/site-diagnosis.ts';
import type { Cause } from '../../flows/diagnose/types.ts';
import { escapeMrkdwn, localTime } from '../../integrations/slack/escape.ts';
import { buttons, context, header, mrkdwn, mrkdwnList, paragraph, titledList, type Card } from './blocks.ts';

const MOST_CAUSES = 5;

/**
 * Why a site does not work: causes in order, each with its evidence and its mend. Those that are too many are `details`, plain text for
 * the thread, told as fully. The fallback is the headline.
 */
export function diagnosisCard(found: SiteDiagnosis): Card {
  const shown = found.causes.slice(0, MOST_CAUSES);
  const more = found.causes.slice(MOST_CAUSES);
  return {
    text: escapeMrkdwn(`Diagnosis ${found.site.name}: ${found.headline}`),
    blocks: [
      header(`Diagnosis: ${found.site.name}`),
      paragraph(found.headline),
      ...titledList('What is seen', found.symptoms),
      ...shown.map((cause, at) =>
        mrkdwn(causeLines(cause, at, { escape: escapeMrkdwn, mark: '*' }).join('\n')),
      ),
      ...(more.length > 0 ? [paragraph(`${more.length} more, less likely or later, in the thread.`)] : []),
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
    details: more.map((cause, at) =>
      causeLines(cause, MOST_CAUSES + at, { escape: (text) => text, mark: '' }).join('\n'),
    ),
  };
}

function causeLines(
  cause: Cause,
  at: number,
  { escape, mark }: { readonly escape: (text: string) => string; readonly mark: string },
): string[] {
  return [
    `${mark}${at + 1}. ${escape(headOf(cause))}${mark}`,
    ...cause.evidence.map((one) => `• ${escape(one)}`),
    ...(cause.mend === '' ? [] : [`${mark}Mend:${mark} ${escape(cause.mend)}`]),
  ];
}

function headOf({ likelihood, what, subject, waiting }: Cause): string {
  const word = waiting ? (likelihood === 'possible' ? 'Follows' : 'Also wrong') : capital(likelihood);
  return `${word}: ${what} (${subject}).`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
