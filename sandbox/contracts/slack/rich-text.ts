import {
  boolean,
  byType,
  integer,
  list,
  object,
  oneOf,
  optional,
  pattern,
  required,
  string,
} from './check.ts';
import { blockId, type } from './composition.ts';

/** Rich text, as on docs.slack.dev, reference/block-kit/blocks/rich-text-block. */

const flags = (...names: string[]) =>
  optional(object(Object.fromEntries(names.map((name) => [name, optional(boolean())]))));
const textStyle = flags('bold', 'italic', 'strike', 'underline', 'code');
const mentionStyle = flags(
  'bold',
  'italic',
  'strike',
  'underline',
  'highlight',
  'client_highlight',
  'unlink',
);

const text = object({ type: type('text'), text: required(string(3000)), style: textStyle });
const link = object({
  type: type('link'),
  url: required(string(3000)),
  text: optional(string(3000)),
  unsafe: optional(boolean()),
  style: textStyle,
});

const inline = byType({
  text,
  link,
  broadcast: object({ type: type('broadcast'), range: required(oneOf('here', 'channel', 'everyone')) }),
  color: object({ type: type('color'), value: required(pattern(/^#[0-9a-f]{6}$/i, 'a hex color')) }),
  channel: object({ type: type('channel'), channel_id: required(string(255)), style: mentionStyle }),
  date: object({
    type: type('date'),
    timestamp: required(integer(0)),
    format: required(string(3000)),
    url: optional(string(3000)),
    fallback: optional(string(3000)),
    style: textStyle,
  }),
  emoji: object({
    type: type('emoji'),
    name: required(string(255)),
    unicode: optional(string(255)),
    url: optional(string(3000)),
    style: textStyle,
  }),
  team: object({ type: type('team'), team_id: required(string(255)), style: mentionStyle }),
  user: object({ type: type('user'), user_id: required(string(255)), style: mentionStyle }),
  usergroup: object({ type: type('usergroup'), usergroup_id: required(string(255)), style: mentionStyle }),
});

const border = optional(oneOf(0, 1));
const section = object({ type: type('rich_text_section'), elements: required(list(inline)) });

/** A `rich_text` block, also the value of `rich_text_input` and a table's cell. */
export const richText = object({
  type: type('rich_text'),
  block_id: blockId,
  elements: required(
    list(
      byType({
        rich_text_section: section,
        rich_text_list: object({
          type: type('rich_text_list'),
          style: required(oneOf('bullet', 'ordered')),
          elements: required(list(byType({ rich_text_section: section }), { min: 1 })),
          indent: optional(integer(0, 8)),
          offset: optional(integer(0)),
          border,
        }),
        rich_text_quote: object({ type: type('rich_text_quote'), elements: required(list(inline)), border }),
        rich_text_preformatted: object({
          type: type('rich_text_preformatted'),
          elements: required(list(byType({ text, link }))),
          border,
        }),
      }),
    ),
  ),
});
