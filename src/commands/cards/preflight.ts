import type { KnownBlock } from '@slack/types';
import type { PreflightItem } from '../../flows/types.ts';
import { context, titledList } from './blocks.ts';

const ORDER = ['fail', 'unknown', 'warning', 'pass'] as const;
const WORDS: Record<PreflightItem['verdict'], string> = {
  fail: 'FAILED',
  unknown: 'UNKNOWN',
  warning: 'WARNING',
  pass: 'passed',
};

/** What preflight found: what is wrong first, each with how to mend it; what passed as a count. */
export function preflightBlocks(items: readonly PreflightItem[]): KnownBlock[] {
  if (items.length === 0) return [];
  const counts = ORDER.map((verdict) => ({ verdict, n: items.filter((i) => i.verdict === verdict).length }));
  const title = counts
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${WORDS[verdict].toLowerCase()}`)
    .join(', ');
  const notable = ORDER.slice(0, 3).flatMap((verdict) => items.filter((i) => i.verdict === verdict));
  if (notable.length === 0) return [context(`*Checks:* all ${items.length} passed`)];
  return titledList(`Checks: ${title}`, notable.map(preflightLine));
}

/** One finding as a line of text, not escaped. */
export function preflightLine(item: PreflightItem): string {
  const mend = item.mend === '' ? '' : ` To mend: ${item.mend}`;
  const seen = item.seen === '' ? '' : `: ${withStop(item.seen)}`;
  return `${WORDS[item.verdict]} ${item.id}, ${item.what}${seen}${mend}`;
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
