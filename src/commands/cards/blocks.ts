import type {
  ActionsBlock,
  Button,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  TableBlock,
} from '@slack/types';
import { clamp, escapeMrkdwn } from '../../integrations/slack/escape.ts';
import { LIMITS } from '../../integrations/slack/limits.ts';

/** A message in the making. `details` are texts that did not fit and go into a file in the thread. */
export interface Card {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly details: readonly string[];
}

export function plain(text: string, max: number = LIMITS.sectionText): PlainTextElement {
  return { type: 'plain_text', text: clamp(text === '' ? '–' : text, max), emoji: false };
}

export function header(text: string): KnownBlock {
  return { type: 'header', text: plain(text, LIMITS.header) };
}

/** Text that nobody's name or message can turn into a mention or a link. */
export function paragraph(text: string): KnownBlock {
  return { type: 'section', text: plain(text) };
}

/** mrkdwn of our own making; whatever came from outside must have been escaped. */
export function mrkdwn(text: string): KnownBlock {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: clamp(text === '' ? '–' : text, LIMITS.sectionText), verbatim: true },
  };
}

export function context(text: string): KnownBlock {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: clamp(text, LIMITS.fieldText), verbatim: true }],
  };
}

/** The card with a note in its last context line; in one of its own where there is none. */
export function withNote(card: Card, note: string): Card {
  const at = card.blocks.findLastIndex(({ type }) => type === 'context');
  const block = card.blocks[at];
  const first = block?.type === 'context' ? block.elements[0] : undefined;
  if (first?.type !== 'mrkdwn') return { ...card, blocks: [...card.blocks, context(note)] };
  return { ...card, blocks: card.blocks.with(at, context(`${first.text} · ${note}`)) };
}

/** A picture that Slack has, with the same in words for who does not see it. */
export function image({ file, altText }: { readonly file: string; readonly altText: string }): KnownBlock {
  return { type: 'image', slack_file: { id: file }, alt_text: altText };
}

/** A title with lines below it, each escaped; several blocks where one is too small. Nothing for no lines. */
export function titledList(title: string, lines: readonly string[]): KnownBlock[] {
  return mrkdwnList(
    title,
    lines.map((line) => escapeMrkdwn(clamp(line, 900))),
  );
}

/** The same for lines that are mrkdwn already. */
export function mrkdwnList(title: string, lines: readonly string[]): KnownBlock[] {
  if (lines.length === 0) return [];
  const blocks: KnownBlock[] = [];
  let text = `*${escapeMrkdwn(title)}*`;
  for (const line of lines) {
    if (text.length + line.length + 1 > LIMITS.sectionText) {
      blocks.push(mrkdwn(text));
      text = line;
    } else {
      text += `\n${line}`;
    }
  }
  return [...blocks, mrkdwn(text)];
}

/** Label and value side by side, five pairs to a block. */
export function facts(pairs: readonly (readonly [label: string, value: string])[]): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  for (let at = 0; at < pairs.length; at += LIMITS.sectionFields) {
    blocks.push({
      type: 'section',
      fields: pairs.slice(at, at + LIMITS.sectionFields).map(([label, value]) => ({
        type: 'mrkdwn',
        text: clamp(
          `*${escapeMrkdwn(label)}*\n${escapeMrkdwn(value === '' ? '–' : value)}`,
          LIMITS.fieldText,
        ),
        verbatim: true,
      })),
    });
  }
  return blocks;
}

/** Of a table, Slack "Table block"; a longer one belongs into a file. */
const TABLE_ROWS = 100;

/**
 * Rows of plain cells below a row of titles. Slack takes one table per message, and not every client draws it: send such a card
 * with `post-card.ts`, which falls back on lines.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): TableBlock {
  return {
    type: 'table',
    rows: [titles, ...rows.slice(0, TABLE_ROWS - 1)].map((cells) =>
      cells.map((text) => ({ type: 'raw_text' as const, text: clamp(text === '' ? '–' : text, 200) })),
    ),
  };
}

/** Fixed-width text exactly as it is: no escaping needed, nothing in it is interpreted. */
export function preformatted(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: clamp(text === '' ? ' ' : text, 3000) }],
      },
    ],
  };
}

export interface ButtonSpec {
  readonly actionId: string;
  readonly label: string;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
}

export function buttons(specs: readonly ButtonSpec[]): ActionsBlock {
  return {
    type: 'actions',
    elements: specs.map((spec): Button => ({
      type: 'button',
      action_id: spec.actionId,
      text: plain(spec.label, LIMITS.buttonText),
      accessibility_label: clamp(spec.spoken, LIMITS.buttonText),
      value: spec.value,
      ...(spec.style && { style: spec.style }),
    })),
  };
}

/** `3 min 5 s`; rounded to what a person wants to know. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}
