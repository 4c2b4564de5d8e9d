import { isDeepStrictEqual } from 'node:util';
import {
  boolean,
  byType,
  isObject,
  list,
  object,
  oneOf,
  optional,
  pattern,
  required,
  string,
  type Check,
  type JsonObject,
  type ObjectRule,
} from './check.ts';

/** Composition objects, limits as on docs.slack.dev, reference/block-kit/composition-objects. */

export const type = (name: string) => required(oneOf(name));

export const httpUrl: Check = (value, pointer, out) => {
  string(3000)(value, pointer, out);
  pattern(/^https?:\/\/\S+$/, 'a valid http or https url')(value, pointer, out);
};

export function plainText(max: number): Check {
  return object({ type: type('plain_text'), text: required(string(max)), emoji: optional(boolean()) });
}

export function mrkdwn(max: number): Check {
  return object({ type: type('mrkdwn'), text: required(string(max)), verbatim: optional(boolean()) });
}

export function textObject(max: number): Check {
  return byType({ plain_text: plainText(max), mrkdwn: mrkdwn(max) });
}

export const placeholder = optional(plainText(150));
export const actionId = optional(string(255));
export const blockId = optional(string(255));

export const confirm = optional(
  object({
    title: optional(plainText(100)),
    text: required(textObject(300)),
    confirm: optional(plainText(30)),
    deny: optional(plainText(30)),
    style: optional(oneOf('primary', 'danger')),
  }),
);

function optionFields(text: Check) {
  return { text: required(text), value: required(string(150)) };
}

/** An option of a menu: plain text only. */
export const menuOption = object({ ...optionFields(plainText(75)), description: optional(plainText(75)) });

/** An option of radio buttons or checkboxes: may be mrkdwn. */
export const choiceOption = object({
  ...optionFields(textObject(75)),
  description: optional(textObject(75)),
});

/** An option of an overflow menu: may carry a link. */
export const overflowOption = object({
  ...optionFields(plainText(75)),
  description: optional(plainText(75)),
  url: optional(httpUrl),
});

export const optionGroup = object({
  label: required(plainText(75)),
  options: required(list(menuOption, { min: 1, max: 100 })),
});

export const dispatchActionConfig = optional(
  object({
    trigger_actions_on: optional(list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1, max: 2 })),
  }),
);

export const conversationFilter = optional(
  object({
    include: optional(list(oneOf('im', 'mpim', 'private', 'public'), { min: 1 })),
    exclude_external_shared_channels: optional(boolean()),
    exclude_bot_users: optional(boolean()),
  }),
);

/** `image_url` or `slack_file`, exactly one; `slack_file` has exactly one of `id` and `url`. */
export const imageSource = {
  image_url: optional(httpUrl),
  slack_file: optional(
    object({ id: optional(string(255)), url: optional(httpUrl) }, (value, pointer, out) => {
      if ((value['id'] === undefined) === (value['url'] === undefined)) {
        out.push({ pointer, message: 'must provide exactly one of `id` and `url`' });
      }
    }),
  ),
};

export const hasOneImageSource: ObjectRule = (value, pointer, out) => {
  if ((value['image_url'] === undefined) === (value['slack_file'] === undefined)) {
    out.push({ pointer, message: 'must provide exactly one of `image_url` and `slack_file`' });
  }
};

/** All options of an element, those in groups included. */
export function optionsOf(element: JsonObject): JsonObject[] {
  const groups = Array.isArray(element['option_groups']) ? element['option_groups'] : [];
  const sets: unknown[] = [
    element['options'],
    ...groups.map((g) => (isObject(g) ? g['options'] : undefined)),
  ];
  return sets.flatMap((set) => (Array.isArray(set) ? set.filter(isObject) : []));
}

/** `initial_option` and every entry of `initial_options` must equal one of the element's own options. */
export const initialIsAmongOptions: ObjectRule = (element, pointer, out) => {
  const options = optionsOf(element);
  const known = (option: unknown) => options.some((own) => isDeepStrictEqual(own, option));
  const message = 'must exactly match one of the provided options';
  const { initial_option: single, initial_options: several } = element;
  if (single !== undefined && !known(single)) out.push({ pointer: `${pointer}/initial_option`, message });
  if (!Array.isArray(several)) return;
  several.forEach((option, index) => {
    if (!known(option)) out.push({ pointer: `${pointer}/initial_options/${index}`, message });
  });
};
