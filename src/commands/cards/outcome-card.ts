import type { KnownBlock } from '@slack/types';
import type { RequestView } from '../../flows/types.ts';
import { escapeSentence } from '../../integrations/slack/escape.ts';
import { context, facts, header, mrkdwn, mrkdwnList, type Card } from './blocks.ts';
import { requestFallback } from './fallback.ts';
import { byline, runFooter, stepBlocks } from './run-card.ts';
import { topologyBlocks } from './topology-blocks.ts';
import type { Picture } from '../pictures/shelf.ts';
import { standingBlocks, whyLines } from './trouble.ts';

/** A request that has come to its end, good or bad. No buttons: nothing can be decided any more. */
export function outcomeCard(view: RequestView, picture?: Picture): Card {
  const good = ['Onboarded', 'Verified', 'Changed', 'Offboarded'].includes(view.state);
  return {
    text: requestFallback(view),
    blocks: [
      header(`${view.state}: ${view.site.name}`),
      mrkdwn(byline(view)),
      ...(view.statusLine ? [statusBlock(view.statusLine)] : []),
      ...mrkdwnList(good ? 'Result' : 'Why', reasons(view)),
      ...standingBlocks(view),
      ...(good ? [...facts(view.facts.slice(0, 10)), ...topologyBlocks(view.topology, picture)] : []),
      ...stepBlocks(view.steps),
      context(runFooter(view)),
    ],
    details: [],
  };
}

function statusBlock(line: string): KnownBlock {
  return { type: 'section', text: { type: 'plain_text', text: line, emoji: false } };
}

/** mrkdwn. */
function reasons(view: RequestView): string[] {
  const lines = [...whyLines(view), ...view.outcome.map(escapeSentence)];
  return lines.length > 0 || view.steps.length > 0 ? [...new Set(lines)] : ['Nothing was changed.'];
}
