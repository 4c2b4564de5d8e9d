import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describe as line, type JsonObject, type Problem } from '../../../sandbox/contracts/slack/check.ts';
import type { Surface } from '../../../sandbox/contracts/slack/blocks.ts';
import { checkBlocks, textLength } from '../../../sandbox/contracts/slack/surface.ts';
import { checkView } from '../../../sandbox/contracts/slack/view.ts';
import { button, input, modal, option, plain } from './support/workspace.ts';

const lines = (problems: Problem[]) => problems.map(line);
const chars = (n: number) => 'x'.repeat(n);
const section = (more: JsonObject = {}) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: 'x' },
  ...more,
});
const actions = (elements: JsonObject[]) => ({ type: 'actions', elements });
const select = (more: JsonObject) => ({ type: 'static_select', action_id: 'a', ...more });
const cell = (text = 'x') => ({ type: 'raw_text', text });
const one = (block: JsonObject, surface: Surface = 'message') => checkBlocks([block], surface);
const image = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' };
const confirm = (title: number, text: number, yes: number) => ({
  title: plain(chars(title)),
  text: plain(chars(text)),
  confirm: plain(chars(yes)),
  deny: plain('No'),
});

const REFUSED: [string, Problem[], string][] = [
  ['an unknown block', one({ type: 'marquee' }), 'unsupported type: marquee'],
  ['an unknown element', one(actions([{ type: 'slider', action_id: 'a' }])), 'unsupported type: slider'],
  ['an unknown property', one({ type: 'divider', colour: 'red' }), 'invalid additional property: colour'],
  ['an empty text', one(section({ text: plain('') })), 'must be more than 0 characters'],
  ['a string for a text object', one({ type: 'header', text: 'hi' }), 'must provide an object'],
  [
    'mrkdwn in a header',
    one({ type: 'header', text: { type: 'mrkdwn', text: 'x' } }),
    'must be one of the allowed values',
  ],
  ['a section of nothing', one({ type: 'section' }), 'must provide at least one of: text, fields'],
  [
    'an image without alt_text',
    one({ type: 'image', image_url: 'https://example.com/a.png' }),
    'missing required field: alt_text',
  ],
  [
    'an image from nowhere',
    one({ type: 'image', alt_text: 'a' }),
    'exactly one of `image_url` and `slack_file`',
  ],
  ['an image from a file path', one({ ...image, image_url: 'file:///a.png' }), 'a valid http or https url'],
  [
    'a colourful button',
    one(actions([button('b', 'v', { style: 'warning' })])),
    'must be one of the allowed values',
  ],
  [
    'an input element in actions',
    one(actions([{ type: 'plain_text_input', action_id: 'a' }])),
    'unsupported type: plain_text_input',
  ],
  ['a button as an input', one(input('b', button('x')), 'modal'), 'unsupported type: button'],
  ['a table in a modal', one({ type: 'table', rows: [[cell()]] }, 'modal'), 'unsupported type: table'],
  ['an alert in a message', one({ type: 'alert', text: plain('x') }), 'unsupported type: alert'],
  ['a video without its scope', one({ type: 'video' }), 'unsupported type: video'],
  ['no options', one(actions([select({ options: [] })])), 'must provide at least 1 items'],
  [
    'options and groups',
    one(actions([select({ options: [option('o')], option_groups: [] })])),
    'exactly one of `options` and `option_groups`',
  ],
  [
    'an option without a value',
    one(actions([select({ options: [{ text: plain('x') }] })])),
    'missing required field: value',
  ],
  [
    'an initial option of its own',
    one(actions([select({ options: [option('a')], initial_option: option('b') })])),
    'must exactly match one of the provided options',
  ],
  [
    'an initial option with another label',
    one(actions([select({ options: [option('a')], initial_option: { ...option('a'), text: plain('A') } })])),
    'must exactly match',
  ],
  [
    'initial options of their own',
    one(actions([{ type: 'checkboxes', options: [option('a')], initial_options: [option('b')] }])),
    'must exactly match',
  ],
  [
    'a query length in words',
    one(input('b', { type: 'external_select', min_query_length: '1' }), 'modal'),
    'must provide an integer',
  ],
  [
    'options on an external select',
    one(input('b', { type: 'external_select', options: [option('a')] }), 'modal'),
    'invalid additional property: options',
  ],
  [
    'a number as an initial number',
    one(input('b', { type: 'number_input', is_decimal_allowed: false, initial_value: 5 }), 'modal'),
    'a number in a string',
  ],
  [
    'a number input that does not say if decimals are allowed',
    one(input('b', { type: 'number_input' }), 'modal'),
    'missing required field: is_decimal_allowed',
  ],
  [
    'a date in another order',
    one(actions([{ type: 'datepicker', initial_date: '22.11.2026' }])),
    'a date YYYY-MM-DD',
  ],
  [
    'an input without a label',
    checkBlocks([{ type: 'input', element: { type: 'plain_text_input' } }], 'modal'),
    'missing required field: label',
  ],
  [
    'a duplicate block_id',
    checkBlocks([section({ block_id: 'b' }), section({ block_id: 'b' })], 'message'),
    '`block_id` "b" already exists',
  ],
  [
    'a duplicate action_id in one block',
    one(actions([button('a'), button('a')])),
    '`action_id` "a" already exists',
  ],
  [
    'focus in a message',
    one(input('b', { type: 'plain_text_input', focus_on_load: true })),
    'focused on load',
  ],
  [
    'focus twice',
    checkBlocks(
      ['a', 'b'].map((id) => input(id, { type: 'plain_text_input', focus_on_load: true })),
      'modal',
    ),
    'only one element',
  ],
  [
    'a rich text of unknown parts',
    one({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'blink' }] }] }),
    'unsupported type: blink',
  ],
  [
    'rows of unequal width',
    one({ type: 'data_table', caption: 'c', rows: [[cell()], [cell(), cell()]] }),
    'must have 1 cells',
  ],
  [
    'a modal with inputs and no submit',
    checkView(modal('m', [input('b', { type: 'plain_text_input' })], { submit: undefined }), 'modal'),
    'must define `submit`',
  ],
  ['a home tab sent as a modal', checkView({ type: 'home', blocks: [] }, 'modal'), 'unsupported type: home'],
  [
    'a home tab with a title',
    checkView({ type: 'home', title: plain('x'), blocks: [] }, 'home'),
    'invalid additional property: title',
  ],
  ['no view at all', checkView('x', 'modal'), 'must provide an object'],
  ['blocks that are no list', checkBlocks({}, 'message'), 'must provide an array'],
];

test.each(REFUSED)('refuses %s', (_name, problems, message) => {
  expect(lines(problems).join('\n')).toContain(message);
});

describe('accepts', () => {
  test('the same action_id in different blocks', () => {
    expect(
      checkBlocks(
        [input('a', { type: 'plain_text_input' }), input('b', { type: 'plain_text_input' })],
        'modal',
      ),
    ).toEqual([]);
  });

  test('one of every block that a message may hold', () => {
    const rich = {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { bold: true } }] },
      ],
    };
    const list = {
      type: 'rich_text',
      elements: [{ type: 'rich_text_list', style: 'bullet', elements: rich.elements }],
    };
    const { type: _type, ...picture } = image;
    const blocks = [
      { type: 'header', text: plain('x') },
      section({ accessory: { ...picture, type: 'image' }, fields: [plain('a')] }),
      { type: 'context', elements: [{ ...image }, plain('x')] },
      { type: 'divider' },
      image,
      actions([
        button('a', 'v', { confirm: confirm(1, 1, 1), style: 'danger' }),
        { type: 'static_select', action_id: 'm', options: [option('a')] },
      ]),
      rich,
      list,
      {
        type: 'table',
        rows: [[cell(), { type: 'raw_number', value: 1, text: '1' }, rich]],
        column_settings: [{ align: 'right' }],
      },
      { type: 'data_table', caption: 'c', rows: [[cell()], [rich]] },
      { type: 'card', title: { type: 'mrkdwn', text: 'x' } },
      {
        type: 'carousel',
        elements: [{ type: 'card', body: { type: 'mrkdwn', text: 'x' }, actions: [button('c')] }],
      },
      { type: 'container', title: plain('x'), child_blocks: [section()] },
      {
        type: 'plan',
        title: 'p',
        tasks: [{ type: 'task_card', task_id: 't', title: 't', status: 'pending', details: rich }],
      },
      { type: 'markdown', text: '**x**' },
      { type: 'context_actions', elements: [{ type: 'icon_button', icon: 'trash', text: plain('x') }] },
    ];
    expect(lines(checkBlocks(blocks, 'message'))).toEqual([]);
  });
});

test('any JSON is judged without throwing, and nothing that is not a list of blocks passes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom<Surface>('message', 'modal', 'home'), (value, surface) => {
      const problems = checkBlocks(value, surface);
      const empty = Array.isArray(value) && value.length === 0;
      expect(problems.length === 0).toBe(empty);
      expect(checkView(value, 'modal').length).toBeGreaterThan(0);
      expect(problems.every((p) => p.pointer.startsWith('/blocks'))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('the length of all texts counts every text wherever it stands', () => {
  const words = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(words, (texts) => {
      const blocks = texts.map((text, i) =>
        i % 2 ? section({ text: plain(text) }) : actions([button('b', 'ignored', { text: plain(text) })]),
      );
      expect(textLength(blocks)).toBe(texts.join('').length);
    }),
  );
});

test('every block type of the published types is either known or refused on purpose', () => {
  const published = {
    actions: true,
    alert: true,
    card: true,
    carousel: true,
    container: true,
    context: true,
    context_actions: true,
    data_table: true,
    divider: true,
    file: false,
    header: true,
    image: true,
    input: true,
    markdown: true,
    plan: true,
    rich_text: true,
    section: true,
    table: true,
    task_card: true,
    video: false,
  } satisfies Record<KnownBlock['type'], boolean>;
  const unsupported = (type: string) =>
    (['message', 'modal'] as const).every((surface) =>
      lines(one({ type }, surface)).join().includes('unsupported type'),
    );
  for (const [type, known] of Object.entries(published))
    expect([type, unsupported(type)]).toEqual([type, !known]);
});
