import {
  byType,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  pattern,
  required,
  string,
  type Check,
} from './check.ts';
import {
  actionId,
  choiceOption,
  confirm,
  hasOneImageSource,
  httpUrl,
  imageSource,
  initialIsAmongOptions,
  overflowOption,
  plainText,
} from './composition.ts';
import { element, focus, menu } from './element.ts';
import { INPUT_ELEMENTS } from './input-elements.ts';
import { SELECT_ELEMENTS } from './select-elements.ts';

/** Block elements, limits as on docs.slack.dev, reference/block-kit/block-elements. */

const id = string(255);
const choices = {
  action_id: actionId,
  confirm,
  focus_on_load: focus,
  options: required(list(choiceOption, { min: 1, max: 10 })),
};
const buttonCore = {
  action_id: actionId,
  text: required(plainText(75)),
  style: optional(oneOf('primary', 'danger')),
  accessibility_label: optional(string(75)),
  confirm,
};
const feedback = object({
  text: required(plainText(75)),
  accessibility_label: optional(string(75)),
  value: required(string(2000)),
});

/** Every element type with its own check, wherever it may stand. */
export const ELEMENTS = {
  ...SELECT_ELEMENTS,
  ...INPUT_ELEMENTS,
  button: element('button', { ...buttonCore, value: optional(string(2000)), url: optional(httpUrl) }),
  workflow_button: element('workflow_button', {
    ...buttonCore,
    workflow: required(
      object({
        trigger: required(
          object({
            url: required(httpUrl),
            customizable_input_parameters: optional(
              list(object({ name: required(string(255)), value: required(string(3000)) })),
            ),
          }),
        ),
      }),
    ),
  }),
  checkboxes: element(
    'checkboxes',
    { ...choices, initial_options: optional(list(choiceOption, { min: 1, max: 10 })) },
    initialIsAmongOptions,
  ),
  radio_buttons: element(
    'radio_buttons',
    { ...choices, initial_option: optional(choiceOption) },
    initialIsAmongOptions,
  ),
  datepicker: element('datepicker', {
    ...menu,
    initial_date: optional(pattern(/^\d{4}-\d{2}-\d{2}$/, 'a date YYYY-MM-DD')),
  }),
  timepicker: element('timepicker', {
    ...menu,
    initial_time: optional(pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time HH:mm')),
    timezone: optional(string(255)),
  }),
  datetimepicker: element('datetimepicker', {
    action_id: actionId,
    confirm,
    focus_on_load: focus,
    initial_date_time: optional(integer(1_000_000_000, 9_999_999_999)),
  }),
  overflow: element('overflow', {
    action_id: actionId,
    confirm,
    options: required(list(overflowOption, { min: 1, max: 5 })),
  }),
  image: element('image', { alt_text: required(string(2000)), ...imageSource }, hasOneImageSource),
  feedback_buttons: element('feedback_buttons', {
    action_id: actionId,
    positive_button: required(feedback),
    negative_button: required(feedback),
  }),
  icon_button: element('icon_button', {
    action_id: actionId,
    icon: required(oneOf('trash')),
    text: required(plainText(75)),
    accessibility_label: optional(string(75)),
    value: optional(string(2000)),
    visible_to_user_ids: optional(list(id)),
    confirm,
  }),
  url: element('url', { url: required(httpUrl), text: required(string(3000)) }),
  raw_text: element('raw_text', { text: required(string(3000)) }),
  raw_number: element('raw_number', { value: required(number()), text: required(string(3000)) }),
} satisfies Record<string, Check>;

export type ElementType = keyof typeof ELEMENTS;

/** The named elements as one check that refuses every other type. */
export function anyOf(...names: ElementType[]): Check {
  return byType(Object.fromEntries(names.map((name) => [name, ELEMENTS[name]])));
}

const SELECTS = [
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'multi_static_select',
  'multi_external_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
] as const;

const PICKERS = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker'] as const;
const FIELDS = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'rich_text_input',
] as const;

/** What a section may carry at its side. */
export const accessory = anyOf('button', 'workflow_button', 'image', 'overflow', ...PICKERS, ...SELECTS);
/** What an actions block may hold. */
export const actionElement = anyOf(
  'button',
  'workflow_button',
  'overflow',
  'datetimepicker',
  'rich_text_input',
  ...PICKERS,
  ...SELECTS,
);
/** What an input block may hold. */
export const inputElement = anyOf('datetimepicker', 'file_input', ...FIELDS, ...PICKERS, ...SELECTS);
