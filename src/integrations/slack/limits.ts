import type { KnownBlock, View } from '@slack/types';
import { clamp } from './escape.ts';

/** Slack's limits, from docs.slack.dev "Block Kit" reference; `messageText` was measured (slackapi/bolt-js issue 2509). */
export const LIMITS = {
  /** Hard limit 40,000; Slack advises 4,000, and cuts longer ones into several messages in some clients. */
  text: 4000,
  messageBlocks: 50,
  modalBlocks: 100,
  /** All texts of a message's blocks together. */
  messageText: 13_000,
  header: 150,
  sectionText: 3000,
  sectionFields: 10,
  fieldText: 2000,
  contextElements: 10,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  options: 100,
  optionText: 75,
  optionValue: 150,
  placeholder: 150,
  label: 2000,
  input: 3000,
  viewTitle: 24,
  privateMetadata: 3000,
} as const;

export interface Message {
  /** What notifications and screen readers show; mrkdwn, always there. */
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

export interface FittedMessage {
  readonly text: string;
  readonly blocks?: KnownBlock[];
  /** Texts of blocks that did not fit: they belong into the thread. */
  readonly overflow: readonly string[];
  /** What was repaired, for the log; empty = nothing. */
  readonly repairs: readonly string[];
}

type Json = Record<string, unknown>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A message as Slack accepts it: texts that are too long are cut with an ellipsis; blocks beyond the limits leave from the end (buttons stay)
 * and come back as `overflow`. A message within the limits is returned as it is.
 */
export function fitMessage(message: Message): FittedMessage {
  const repairs: string[] = [];
  const text = cut(message.text === '' ? '(no text)' : message.text, LIMITS.text, 'text', repairs);
  if (message.blocks === undefined) return { text, overflow: [], repairs };
  const fitted = message.blocks.map((block, index) => fitBlock(block, `blocks/${index}`, repairs));
  const { kept, dropped } = dropSurplus(fitted);
  if (dropped.length > 0) repairs.push(`${dropped.length} blocks moved to the thread`);
  return { text, blocks: kept, overflow: dropped.map(plainTextOf).filter((one) => one !== ''), repairs };
}

/** A view as Slack accepts it; the same repairs, but what does not fit is dropped with a note in `repairs`. */
export function fitView(view: View): { readonly view: View; readonly repairs: readonly string[] } {
  const repairs: string[] = [];
  const copy = structuredClone(view) as unknown as Json;
  for (const key of ['title', 'submit', 'close']) fitText(copy[key], LIMITS.viewTitle, key, repairs);
  const blocks = view.blocks.slice(0, LIMITS.modalBlocks) as KnownBlock[];
  if (blocks.length < view.blocks.length)
    repairs.push(`${view.blocks.length - blocks.length} blocks dropped`);
  copy['blocks'] = blocks.map((block, index) => fitBlock(block, `blocks/${index}`, repairs));
  return { view: copy as unknown as View, repairs };
}

function fitBlock(block: KnownBlock, at: string, repairs: string[]): KnownBlock {
  const copy = structuredClone(block) as unknown as Json;
  const isHeader = copy['type'] === 'header';
  fitText(copy['text'], isHeader ? LIMITS.header : LIMITS.sectionText, `${at}/text`, repairs);
  fitText(copy['label'], LIMITS.label, `${at}/label`, repairs);
  fitText(copy['hint'], LIMITS.label, `${at}/hint`, repairs);
  fitList(copy, 'fields', LIMITS.sectionFields, at, repairs);
  for (const field of listOf(copy['fields'])) fitText(field, LIMITS.fieldText, `${at}/fields`, repairs);
  if (copy['type'] === 'context') {
    fitList(copy, 'elements', LIMITS.contextElements, at, repairs);
    for (const element of listOf(copy['elements'])) fitText(element, LIMITS.fieldText, at, repairs);
  }
  if (copy['type'] === 'actions') {
    fitList(copy, 'elements', LIMITS.actionsElements, at, repairs);
    for (const element of listOf(copy['elements'])) fitElement(element, at, repairs);
  }
  if (isJson(copy['element'])) fitElement(copy['element'], `${at}/element`, repairs);
  if (isJson(copy['accessory'])) fitElement(copy['accessory'], `${at}/accessory`, repairs);
  return copy as unknown as KnownBlock;
}

function fitElement(element: Json, at: string, repairs: string[]): void {
  fitText(element['text'], LIMITS.buttonText, `${at}/text`, repairs);
  fitText(element['placeholder'], LIMITS.placeholder, `${at}/placeholder`, repairs);
  if (typeof element['initial_value'] === 'string') {
    element['initial_value'] = cut(element['initial_value'], LIMITS.input, `${at}/initial_value`, repairs);
  }
  fitList(element, 'options', LIMITS.options, at, repairs);
  const initial = isJson(element['initial_option']) ? [element['initial_option']] : [];
  for (const option of [...listOf(element['options']), ...listOf(element['initial_options']), ...initial]) {
    fitText(option['text'], LIMITS.optionText, `${at}/options`, repairs);
    fitText(option['description'], LIMITS.optionText, `${at}/options`, repairs);
  }
}

function fitText(object: unknown, max: number, at: string, repairs: string[]): void {
  if (!isJson(object) || typeof object['text'] !== 'string') return;
  object['text'] = cut(object['text'] === '' ? ' ' : object['text'], max, at, repairs);
}

function fitList(owner: Json, key: string, max: number, at: string, repairs: string[]): void {
  const items = owner[key];
  if (!Array.isArray(items) || items.length <= max) return;
  owner[key] = items.slice(0, max);
  repairs.push(`${at}/${key}: ${items.length - max} left out`);
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function cut(text: string, max: number, at: string, repairs: string[]): string {
  if (text.length <= max) return text;
  repairs.push(`${at}: ${text.length} characters cut to ${max}`);
  return clamp(text, max);
}

/** Leaves whole blocks out, the last ones first, until count and total fit; actions blocks are never left out. */
function dropSurplus(blocks: KnownBlock[]): { kept: KnownBlock[]; dropped: KnownBlock[] } {
  const keep = blocks.map(() => true);
  let count = blocks.length;
  let total = blocks.reduce((sum, block) => sum + textLength(block), 0);
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    if (count <= LIMITS.messageBlocks && total <= LIMITS.messageText) break;
    const block = blocks[index];
    if (block === undefined || block.type === 'actions') continue;
    keep[index] = false;
    count -= 1;
    total -= textLength(block);
  }
  return { kept: blocks.filter((_, i) => keep[i]), dropped: blocks.filter((_, i) => !keep[i]) };
}

/** Characters of all texts in a block or a list of blocks: what `msg_blocks_too_long` is about. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + textLength(entry), 0);
  if (!isJson(value)) return 0;
  let sum = 0;
  for (const [key, entry] of Object.entries(value)) {
    sum += key === 'text' && typeof entry === 'string' ? entry.length : textLength(entry);
  }
  return sum;
}

function plainTextOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainTextOf).filter(Boolean).join('\n');
  if (!isJson(value)) return '';
  return Object.entries(value)
    .map(([key, entry]) => (key === 'text' && typeof entry === 'string' ? entry : plainTextOf(entry)))
    .filter(Boolean)
    .join('\n');
}

/** Cuts a long text into messages of at most `max` characters, at line ends where possible. */
export function chunkText(text: string, max: number = LIMITS.text - 100): string[] {
  const chunks: string[] = [];
  let current = '';
  for (const line of text.split('\n').flatMap((one) => hardSplit(one, max))) {
    if (current !== '' && current.length + 1 + line.length > max) {
      chunks.push(current);
      current = line;
    } else {
      current = current === '' ? line : `${current}\n${line}`;
    }
  }
  return current === '' ? chunks : [...chunks, current];
}

function hardSplit(line: string, max: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < line.length || parts.length === 0; at += max) parts.push(line.slice(at, at + max));
  return parts;
}
