import type { KnownBlock } from '@slack/types';
import type { HistoryEntry, HistoryPage, RecordedDecision } from '../../flows/types.ts';
import { clamp, escapeMrkdwn, escapeSentence, localTime, mention } from '../../integrations/slack/escape.ts';
import { LIMITS } from '../../integrations/slack/limits.ts';
import { buttons, context, header, paragraph, plain, span, type ButtonSpec, type Card } from './blocks.ts';
import { shortId } from './request-name.ts';

const MOST_OPERATIONS = 6;

/** A page of history: each request with its decisions, what was changed and how it ended, and a button for its evidence. */
export function historyCard(page: HistoryPage): Card {
  const of = page.site ? `of ${page.site.name}` : 'of all sites';
  const first = page.offset + 1;
  const last = page.offset + page.entries.length;
  const none = page.offset === 0 ? 'Nothing has been asked for yet.' : 'There is nothing older.';
  return {
    text: escapeMrkdwn(`History ${of}: ${page.entries.length} request(s)`),
    blocks: [
      header(`History ${of}`),
      ...(page.entries.length === 0 ? [paragraph(none)] : page.entries.map(entryBlock)),
      ...pageButtons(page),
      context(
        page.entries.length === 0
          ? 'Newest first.'
          : `Requests ${first} to ${last}, newest first · only you see this`,
      ),
    ],
    details: [],
  };
}

/** In an object of its own: every button is named like this, and what is drawn is held against what is handled. */
const evidence = { actionId: 'sse_evidence' } as const;

function entryBlock(entry: HistoryEntry): KnownBlock {
  const lines = [headline(entry), asked(entry), ...entry.decisions.map(decided), ...changed(entry)];
  if (entry.result !== undefined) lines.push(`Result: ${escapeSentence(clamp(entry.result, 400))}`);
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: clamp(lines.join('\n'), LIMITS.sectionText), verbatim: true },
    accessory: {
      type: 'button',
      action_id: evidence.actionId,
      text: plain('Evidence', LIMITS.buttonText),
      accessibility_label: clamp(`Evidence of the request for ${entry.site.name}`, LIMITS.buttonText),
      value: entry.requestId,
    },
  };
}

function headline({ state, site, verb, requestId, ticket }: HistoryEntry): string {
  const change = ticket === undefined ? '' : ` · change ${escapeMrkdwn(ticket)}`;
  return `*${state}* ${escapeMrkdwn(site.name)}, ${escapeMrkdwn(verb)}${change} · request \`${escapeMrkdwn(shortId(requestId))}\``;
}

function asked({ requester, createdAt, digest, window }: HistoryEntry): string {
  const when = window === undefined ? '' : ` · window ${escapeMrkdwn(window)}`;
  return `Asked by ${mention(requester)} ${localTime(createdAt)} · digest \`${escapeMrkdwn(digest)}\`${when}`;
}

const DECIDED: Readonly<Record<string, string>> = {
  approve: 'Approved',
  accept: 'What failed was accepted',
  reject: 'Rejected',
  cancel: 'Cancelled',
  retry: 'Retried',
  rollback: 'Rolled back',
  keep: 'Kept',
};

function decided({ action, user, at, digest, reason }: RecordedDecision): string {
  const why = reason === undefined ? '' : `: ${escapeMrkdwn(clamp(reason, 200))}`;
  return `${DECIDED[action] ?? escapeMrkdwn(action)} by ${mention(user)} ${localTime(at)}, digest \`${escapeMrkdwn(digest)}\`${why}`;
}

function changed({ operations, startedAt, endedAt }: HistoryEntry): string[] {
  if (startedAt === undefined) return ['Nothing was changed.'];
  const took = endedAt === undefined ? '' : `, took ${span(endedAt - startedAt)}`;
  const shown = operations.slice(0, MOST_OPERATIONS).map(({ what, state, at }) => {
    const when = at === undefined ? '' : ` ${localTime(at)}`;
    return `• ${escapeMrkdwn(clamp(what, 120))}: ${state}${when}`;
  });
  const more = operations.length - shown.length;
  return [
    `Carried out from ${localTime(startedAt)}${took}`,
    ...shown,
    ...(more > 0 ? [`• and ${more} more`] : []),
  ];
}

function pageButtons(page: HistoryPage): KnownBlock[] {
  const { offset, perPage, hasMore } = page;
  const value = (to: number): string => writeHistoryPage(page.site?.id, Math.max(0, to));
  const specs: ButtonSpec[] = [
    ...(offset > 0
      ? [
          {
            actionId: 'sse_history_newer',
            label: 'Newer',
            spoken: 'Newer requests',
            value: value(offset - perPage),
          },
        ]
      : []),
    ...(hasMore
      ? [
          {
            actionId: 'sse_history_older',
            label: 'Older',
            spoken: 'Older requests',
            value: value(offset + perPage),
          },
        ]
      : []),
  ];
  return specs.length > 0 ? [buttons(specs)] : [];
}

/** What a page's button carries: where to begin, and whose history it is. */
export function writeHistoryPage(siteId: string | undefined, offset: number): string {
  return `${offset}|${siteId ?? ''}`;
}

/** The reverse; anything else is the first page of all sites. */
export function readHistoryPage(value: string): { readonly siteId?: string; readonly offset: number } {
  const match = /^(\d{1,7})\|([\w-]{0,100})$/.exec(value);
  const siteId = match?.[2];
  return { offset: Number(match?.[1] ?? 0), ...(siteId && { siteId }) };
}
