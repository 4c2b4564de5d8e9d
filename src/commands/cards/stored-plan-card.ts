import { escapeMrkdwn, escapeSentence, mention } from '../../integrations/slack/escape.ts';
import type { RequestView } from '../../flows/types.ts';
import { context, mrkdwn, type Card } from './blocks.ts';
import { composePlan, planFooter } from './plan-card.ts';
import { planFileName, shortId } from './request-name.ts';
import { verbWords } from './verb-words.ts';

/** A plan shown again, in whatever state its request is: everything that the approver saw, and nothing to click. */
export function storedPlanCard(view: RequestView, askedBy: string): Card {
  const state = view.reason === undefined ? view.state : `${view.state} (${escapeSentence(view.reason)})`;
  const file = planFileName(view, 'json');
  const card = composePlan(view, undefined, {
    title: `Stored plan: ${verbWords(view.verb).plan} ${view.site.name}`,
    opening: [
      mrkdwn(`Shown again for ${mention(askedBy)}. State now: *${state}*. It is decided on its own card.`),
    ],
    closing: [context(`${planFooter(view)} · for machines: \`${file}\` in the thread`)],
    overflowFile: file,
  });
  const text = `Stored plan for ${view.site.name}: request ${shortId(view.id)}, ${view.state}, digest ${view.digest.slice(0, 16)}`;
  return { ...card, text: escapeMrkdwn(text) };
}
