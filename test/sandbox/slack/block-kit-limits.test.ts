import { expect, test } from 'vitest';
import { checkSuggestionAnswer } from '../../../sandbox/contracts/slack/answers.ts';
import { describe as line, type JsonObject, type Problem } from '../../../sandbox/contracts/slack/check.ts';
import type { Surface } from '../../../sandbox/contracts/slack/blocks.ts';
import { checkBlocks } from '../../../sandbox/contracts/slack/surface.ts';
import { checkView } from '../../../sandbox/contracts/slack/view.ts';
import { button, input, modal, option, plain } from './support/workspace.ts';

const lines = (problems: Problem[]) => problems.map(line);
const chars = (n: number) => 'x'.repeat(n);
const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
const section = (more: JsonObject = {}) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: 'x' },
  ...more,
});
const actions = (elements: JsonObject[]) => ({ type: 'actions', elements });
const select = (more: JsonObject) => ({ type: 'static_select', action_id: 'a', ...more });
const cell = (text = 'x') => ({ type: 'raw_text', text });
const one = (block: JsonObject, surface: Surface = 'message') => checkBlocks([block], surface);
const optionOf = (size: number, valueSize: number) => ({ text: plain(chars(size)), value: chars(valueSize) });
const image = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' };
const confirm = (title: number, text: number, yes: number) => ({
  title: plain(chars(title)),
  text: plain(chars(text)),
  confirm: plain(chars(yes)),
  deny: plain('No'),
});

/** Each limit as the largest value that passes and the smallest that does not. */
const LIMITS: [string, (n: number) => Problem[], number][] = [
  [
    'blocks of a message',
    (n) =>
      checkBlocks(
        many(n, () => ({ type: 'divider' })),
        'message',
      ),
    50,
  ],
  [
    'blocks of a modal',
    (n) =>
      checkBlocks(
        many(n, () => ({ type: 'divider' })),
        'modal',
      ),
    100,
  ],
  ['header text', (n) => one({ type: 'header', text: plain(chars(n)) }), 150],
  ['section text', (n) => one(section({ text: plain(chars(n)) })), 3000],
  ['section fields', (n) => one(section({ fields: many(n, () => plain('x')) })), 10],
  ['a field', (n) => one(section({ fields: [plain(chars(n))] })), 2000],
  ['elements of actions', (n) => one(actions(many(n, (i) => button(`b${i}`)))), 25],
  ['elements of context', (n) => one({ type: 'context', elements: many(n, () => plain('x')) }), 10],
  ['button text', (n) => one(actions([button('b', 'v', { text: plain(chars(n)) })])), 75],
  ['button value', (n) => one(actions([button('b', chars(n))])), 2000],
  ['accessibility label', (n) => one(actions([button('b', 'v', { accessibility_label: chars(n) })])), 75],
  ['confirm title', (n) => one(actions([button('b', 'v', { confirm: confirm(n, 1, 1) })])), 100],
  ['confirm text', (n) => one(actions([button('b', 'v', { confirm: confirm(1, n, 1) })])), 300],
  ['confirm button', (n) => one(actions([button('b', 'v', { confirm: confirm(1, 1, n) })])), 30],
  ['action_id', (n) => one(actions([button(chars(n), 'v', { text: plain('x') })])), 255],
  ['block_id', (n) => one({ type: 'divider', block_id: chars(n) }), 255],
  ['options of a select', (n) => one(actions([select({ options: many(n, (i) => option(`o${i}`)) })])), 100],
  [
    'option groups',
    (n) =>
      one(
        actions([
          select({ option_groups: many(n, (i) => ({ label: plain('g'), options: [option(`o${i}`)] })) }),
        ]),
      ),
    100,
  ],
  ['option text', (n) => one(actions([select({ options: [optionOf(n, 1)] })])), 75],
  ['option value', (n) => one(actions([select({ options: [optionOf(1, n)] })])), 150],
  [
    'placeholder',
    (n) => one(actions([select({ options: [option('o')], placeholder: plain(chars(n)) })])),
    150,
  ],
  [
    'radio buttons',
    (n) => one(actions([{ type: 'radio_buttons', options: many(n, (i) => option(`o${i}`)) }])),
    10,
  ],
  ['checkboxes', (n) => one(actions([{ type: 'checkboxes', options: many(n, (i) => option(`o${i}`)) }])), 10],
  ['overflow', (n) => one(actions([{ type: 'overflow', options: many(n, (i) => option(`o${i}`)) }])), 5],
  [
    'input label',
    (n) => one(input(`b`, { type: 'plain_text_input' }, { label: plain(chars(n)) }), 'modal'),
    2000,
  ],
  [
    'input hint',
    (n) => one(input(`b`, { type: 'plain_text_input' }, { hint: plain(chars(n)) }), 'modal'),
    2000,
  ],
  [
    'initial value under max_length',
    (n) => one(input('b', { type: 'plain_text_input', max_length: 7, initial_value: chars(n) }), 'modal'),
    7,
  ],
  ['image alt text', (n) => one({ ...image, alt_text: chars(n) }), 2000],
  ['table rows', (n) => one({ type: 'table', rows: many(n, () => [cell()]) }), 100],
  ['table cells', (n) => one({ type: 'table', rows: [many(n, () => cell())] }), 20],
  [
    'table column settings',
    (n) => one({ type: 'table', rows: [[cell()]], column_settings: many(n, () => ({})) }),
    20,
  ],
  [
    'tables of a message',
    (n) =>
      checkBlocks(
        many(n, () => ({ type: 'table', rows: [[cell()]] })),
        'message',
      ),
    1,
  ],
  ['markdown', (n) => one({ type: 'markdown', text: chars(n) }), 12_000],
  [
    'data table cells',
    (n) =>
      one({
        type: 'data_table',
        caption: 'c',
        rows: [[cell()], [cell()], ...many(2, () => [cell(chars(n))])],
      }),
    3000,
  ],
  ['view title', (n) => checkView(modal('m', [], { title: plain(chars(n)) }), 'modal'), 24],
  ['view submit', (n) => checkView(modal('m', [], { submit: plain(chars(n)) }), 'modal'), 24],
  ['view close', (n) => checkView(modal('m', [], { close: plain(chars(n)) }), 'modal'), 24],
  ['private_metadata', (n) => checkView(modal('m', [], { private_metadata: chars(n) }), 'modal'), 3000],
  ['callback_id', (n) => checkView(modal(chars(n), []), 'modal'), 255],
  ['suggested options', (n) => checkSuggestionAnswer({ options: many(n, (i) => option(`o${i}`)) }), 100],
];

test.each(LIMITS)('%s: the limit passes, one more does not', (_name, problemsAt, limit) => {
  expect(lines(problemsAt(limit))).toEqual([]);
  expect(problemsAt(limit + 1).length).toBeGreaterThan(0);
});
