import type { KnownBlock, TableBlock } from '@slack/types';
import { titledList, type Card } from './blocks.ts';

/** The same card with each table as lines: for clients and ways of sending that take none. */
export function withoutTables(card: Card): Card {
  return {
    ...card,
    blocks: card.blocks.flatMap((block) => (block.type === 'table' ? linesOf(block) : [block])),
  };
}

export function hasTable(card: Card): boolean {
  return card.blocks.some(({ type }) => type === 'table');
}

/** `10.99.99.2: state established, in 25`: the first cell leads, the others carry their title. */
function linesOf({ rows }: TableBlock): KnownBlock[] {
  const [titles = [], ...body] = rows.map((row) =>
    row.map((cell) => (cell.type === 'raw_text' ? cell.text : '')),
  );
  const lines = body.map(([lead = '', ...cells]) => {
    const rest = cells.map((cell, index) => `${(titles[index + 1] ?? '').toLowerCase()} ${cell}`);
    return `${lead}: ${rest.join(', ')}`;
  });
  return titledList(titles[0] ?? '', lines);
}
