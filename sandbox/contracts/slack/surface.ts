import { BLOCKS, type Surface } from './blocks.ts';
import { isObject, list, type JsonObject, type Problem } from './check.ts';

const MAX_BLOCKS: Record<Surface, number> = { message: 50, modal: 100, home: 100 };

/** All blocks of a message together; measured, not documented (slackapi/bolt-js issue 2509). */
export const MAX_MESSAGE_TEXT = 13_200;
const MAX_MARKDOWN = 12_000;
const MAX_DATA_TABLE_TEXT = 10_000;

/** What is wrong with the blocks of one surface: shapes, counts, duplicate ids and what is limited per surface. */
export function checkBlocks(blocks: unknown, surface: Surface, pointer = '/blocks'): Problem[] {
  const out: Problem[] = [];
  list(BLOCKS[surface], { max: MAX_BLOCKS[surface] })(blocks, pointer, out);
  if (!Array.isArray(blocks)) return out;
  const objects = blocks.map((block, index) => ({ block, at: `${pointer}/${index}` })).filter(isBlock);
  checkIds(objects, out);
  checkFocus(objects, surface, out);
  if (surface === 'message') checkMessageTotals(objects, pointer, out);
  return out;
}

interface PlacedBlock {
  block: JsonObject;
  at: string;
}

function isBlock(entry: { block: unknown; at: string }): entry is PlacedBlock {
  return isObject(entry.block);
}

/** The interactive elements of a block with where they stand. */
export function elementsOf(block: JsonObject, at = ''): { element: JsonObject; at: string }[] {
  const found: { element: JsonObject; at: string }[] = [];
  for (const key of ['element', 'accessory']) {
    const element = block[key];
    if (isObject(element)) found.push({ element, at: `${at}/${key}` });
  }
  for (const key of ['elements', 'actions', 'child_blocks']) {
    const children = block[key];
    if (!Array.isArray(children) || block['type'] === 'rich_text') continue;
    children.forEach((child, index) => {
      if (!isObject(child)) return;
      const childAt = `${at}/${key}/${index}`;
      if (key === 'child_blocks' || child['type'] === 'card') found.push(...elementsOf(child, childAt));
      else found.push({ element: child, at: childAt });
    });
  }
  return found;
}

function checkIds(blocks: PlacedBlock[], out: Problem[]): void {
  const seen = new Set<string>();
  for (const { block, at } of blocks) {
    const blockId = block['block_id'];
    if (typeof blockId === 'string') {
      if (seen.has(blockId))
        out.push({ pointer: `${at}/block_id`, message: `\`block_id\` "${blockId}" already exists` });
      seen.add(blockId);
    }
    const actions = new Set<string>();
    for (const { element, at: elementAt } of elementsOf(block, at)) {
      const actionId = element['action_id'];
      if (typeof actionId !== 'string') continue;
      if (actions.has(actionId)) {
        out.push({
          pointer: `${elementAt}/action_id`,
          message: `\`action_id\` "${actionId}" already exists`,
        });
      }
      actions.add(actionId);
    }
  }
}

function checkFocus(blocks: PlacedBlock[], surface: Surface, out: Problem[]): void {
  const focused = blocks
    .flatMap(({ block, at }) => elementsOf(block, at))
    .filter((e) => e.element['focus_on_load'] === true);
  for (const { at } of surface === 'message' ? focused : focused.slice(1)) {
    out.push({
      pointer: `${at}/focus_on_load`,
      message: 'only one element of a view can be focused on load',
    });
  }
}

function checkMessageTotals(blocks: PlacedBlock[], pointer: string, out: Problem[]): void {
  if (blocks.filter(({ block }) => block['type'] === 'table').length > 1) {
    out.push({ pointer, message: 'only one table block allowed per message' });
  }
  const total = (name: string) =>
    blocks
      .filter(({ block }) => block['type'] === name)
      .reduce((sum, { block }) => sum + textLength(block), 0);
  if (total('markdown') > MAX_MARKDOWN) {
    out.push({
      pointer,
      message: `markdown blocks must have less than ${MAX_MARKDOWN + 1} characters together`,
    });
  }
  if (total('data_table') > MAX_DATA_TABLE_TEXT) {
    out.push({
      pointer,
      message: `data tables must have less than ${MAX_DATA_TABLE_TEXT + 1} characters together`,
    });
  }
}

/** Characters of all texts in blocks, the figure that `msg_blocks_too_long` is about. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + textLength(entry), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [key, entry]) => {
    const own = key === 'text' && typeof entry === 'string' ? entry.length : 0;
    return sum + own + textLength(entry);
  }, 0);
}
