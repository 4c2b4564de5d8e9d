import { SlackError } from '../../integrations/slack/errors.ts';
import type { UploadTarget } from '../../integrations/slack/upload.ts';
import { isAllowed, tell, tellFailure } from '../answer.ts';
import { historyCard, readHistoryPage } from '../cards/history-card.ts';
import { shortId } from '../cards/request-name.ts';
import type { CommandDeps } from '../deps.ts';
import type { Click } from '../payload.ts';
import { evidenceHtml } from './evidence-html.ts';
import { namesOf } from './names.ts';

/** Newer or older requests, in the place of the page that was clicked. */
export async function turnHistory(deps: CommandDeps, click: Click): Promise<void> {
  const verdict = await deps.access.may('anyone', click.actor);
  if (!(await isAllowed(deps, verdict, click, click.actionId))) return;
  const page = await deps.flows.history(readHistoryPage(click.value));
  if (!page.ok) return tellFailure(deps, click, page.failure);
  const card = historyCard(page.value);
  if (click.isEphemeral && click.responseUrl) return deps.send.respond(click.responseUrl, card, true);
  return tell(deps, click, card);
}

/** Evidence: the pack of one request as JSON and as a page to read, into the thread of its card. */
export async function sendEvidence(deps: CommandDeps, click: Click): Promise<void> {
  const verdict = await deps.access.may('anyone', click.actor);
  if (!(await isAllowed(deps, verdict, click, 'sse_evidence', click.value))) return;
  const evidence = await deps.flows.evidence(click.value);
  if (!evidence.ok) return tellFailure(deps, click, evidence.failure);
  const pack = evidence.value;
  const people = [pack.request['requester'], ...pack.decisions.map(({ user }) => user)];
  const names = await namesOf(deps, people);
  const card = await deps.flows.cards.card(click.value);
  const to = targetOf(card, click);
  if (!to) return tell(deps, click, NOWHERE);
  const stem = `evidence-${shortId(click.value).replace(/[^\w-]/g, '_')}`;
  const json = Buffer.from(`${JSON.stringify({ ...pack, people: names }, null, 2)}\n`);
  try {
    await deps.send.upload(
      { name: `${stem}.json`, title: `${stem}.json`, content: json },
      { ...to, comment: 'Evidence of this change: JSON for machines, HTML to read.' },
    );
    const html = Buffer.from(evidenceHtml(pack, names));
    await deps.send.upload({ name: `${stem}.html`, title: `${stem}.html`, content: html }, to);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    deps.log.warn({ err: error, requestId: click.value }, 'an evidence pack could not be uploaded');
    return tell(deps, click, `Slack did not take the evidence pack. ${error.hint}`);
  }
  await tell(deps, click, {
    text: `The evidence pack is in the thread of its card in <#${to.channel}>: ${stem}.json and ${stem}.html.`,
  });
}

/** Beside the change itself; where its card is not there any more, where it was asked for. */
function targetOf(
  card: { readonly channel: string; readonly ts?: string } | undefined,
  click: Click,
): UploadTarget | undefined {
  if (card?.ts !== undefined) return { channel: card.channel, threadTs: card.ts };
  const channel = card?.channel ?? click.channel;
  return channel === undefined ? undefined : { channel };
}

const NOWHERE = 'There is no card of this request and no channel to put its evidence into.';
