import {
  boolean,
  byType,
  integer,
  isObject,
  list,
  object,
  oneOf,
  optional,
  required,
  string,
  type Check,
  type ObjectRule,
} from './check.ts';
import {
  blockId,
  hasOneImageSource,
  imageSource,
  mrkdwn,
  plainText,
  textObject,
  type,
} from './composition.ts';
import { accessory, actionElement, anyOf, ELEMENTS, inputElement } from './elements.ts';
import { richText } from './rich-text.ts';

/** Blocks, limits as on docs.slack.dev, reference/block-kit/blocks. */

/** Where blocks are shown; it decides which types and how many are accepted. */
export type Surface = 'message' | 'modal' | 'home';

function block(name: string, fields: Parameters<typeof object>[0], ...rules: ObjectRule[]): Check {
  return object({ type: type(name), block_id: blockId, ...fields }, ...rules);
}

const needsOne = (...names: string[]): ObjectRule => {
  return (value, pointer, out) => {
    if (names.some((name) => value[name] !== undefined)) return;
    out.push({ pointer, message: `must provide at least one of: ${names.join(', ')}` });
  };
};

const equalWidth: ObjectRule = (value, pointer, out) => {
  const rows = Array.isArray(value['rows']) ? value['rows'] : [];
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  rows.forEach((row, index) => {
    if (Array.isArray(row) && row.length !== width) {
      out.push({ pointer: `${pointer}/rows/${index}`, message: `must have ${width} cells as the first row` });
    }
  });
};

const headerIsPlain: ObjectRule = (value, pointer, out) => {
  const rows = Array.isArray(value['rows']) ? value['rows'] : [];
  const header = Array.isArray(rows[0]) ? rows[0] : [];
  header.forEach((cell, index) => {
    if (isObject(cell) && cell['type'] === 'rich_text') {
      out.push({ pointer: `${pointer}/rows/0/${index}/type`, message: 'unsupported type: rich_text' });
    }
  });
};

const cell = byType({ raw_text: ELEMENTS.raw_text, raw_number: ELEMENTS.raw_number, rich_text: richText });
const column = object({
  align: optional(oneOf('left', 'center', 'right')),
  is_wrapped: optional(boolean()),
});
const image = anyOf('image');
const button = anyOf('button');

const card = block(
  'card',
  {
    hero_image: optional(image),
    icon: optional(image),
    title: optional(mrkdwn(150)),
    subtitle: optional(mrkdwn(150)),
    body: optional(mrkdwn(200)),
    actions: optional(list(button)),
  },
  needsOne('hero_image', 'title', 'actions', 'body'),
);

const taskCard = block('task_card', {
  task_id: required(string(255)),
  title: required(string(3000)),
  status: required(oneOf('pending', 'in_progress', 'complete', 'error')),
  details: optional(richText),
  output: optional(richText),
  sources: optional(list(anyOf('url'))),
});

const inert = {
  actions: block('actions', { elements: required(list(actionElement, { min: 1, max: 25 })) }),
  context: block('context', {
    elements: required(
      list(byType({ plain_text: plainText(3000), mrkdwn: mrkdwn(3000), image: ELEMENTS.image }), {
        min: 1,
        max: 10,
      }),
    ),
  }),
  divider: block('divider', {}),
  header: block('header', { text: required(plainText(150)) }),
  image: block(
    'image',
    { alt_text: required(string(2000)), title: optional(plainText(2000)), ...imageSource },
    hasOneImageSource,
  ),
  input: block('input', {
    label: required(plainText(2000)),
    hint: optional(plainText(2000)),
    optional: optional(boolean()),
    dispatch_action: optional(boolean()),
    element: required(inputElement),
  }),
  rich_text: richText,
  section: block(
    'section',
    {
      text: optional(textObject(3000)),
      fields: optional(list(textObject(2000), { min: 1, max: 10 })),
      accessory: optional(accessory),
      expand: optional(boolean()),
    },
    needsOne('text', 'fields'),
  ),
};

const table = block('table', {
  rows: required(list(list(cell, { min: 1, max: 20 }), { min: 1, max: 100 })),
  column_settings: optional(list(column, { max: 20 })),
});

const messageOnly = {
  card,
  carousel: block('carousel', { elements: required(list(byType({ card }), { min: 1, max: 10 })) }),
  container: block(
    'container',
    {
      title: optional(plainText(150)),
      rich_text_title: optional(richText),
      subtitle: optional(textObject(150)),
      child_blocks: required(list(byType({ ...inert, table }), { min: 1, max: 10 })),
      width: optional(oneOf('narrow', 'standard', 'wide', 'full')),
      icon: optional(image),
      is_collapsible: optional(boolean()),
      default_collapsed: optional(boolean()),
      has_header_divider: optional(boolean()),
    },
    needsOne('title', 'rich_text_title'),
  ),
  context_actions: block('context_actions', {
    elements: required(list(anyOf('feedback_buttons', 'icon_button'), { min: 1, max: 5 })),
  }),
  data_table: block(
    'data_table',
    {
      caption: required(string(3000)),
      rows: required(list(list(cell, { min: 1, max: 20 }), { min: 2, max: 101 })),
      page_size: optional(integer(1, 100)),
      row_header_column_index: optional(integer(0, 19)),
    },
    equalWidth,
    headerIsPlain,
  ),
  markdown: block('markdown', { text: required(string(12_000)) }),
  plan: block('plan', {
    title: required(string(3000)),
    tasks: optional(list(byType({ task_card: taskCard }))),
  }),
  table,
  task_card: taskCard,
};

const modalOnly = {
  alert: block('alert', {
    text: required(textObject(3000)),
    level: optional(oneOf('default', 'info', 'warning', 'error', 'success')),
  }),
};

/**
 * The blocks of a surface. `video` needs a scope that is not granted and `file` cannot be sent by an app, so both
 * are unsupported types here.
 */
export const BLOCKS: Record<Surface, Check> = {
  message: byType({ ...inert, ...messageOnly }),
  modal: byType({ ...inert, ...modalOnly }),
  home: byType(inert),
};
