import {
  boolean,
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
  type Field,
  type ObjectRule,
} from './check.ts';
import {
  actionId,
  choiceOption,
  confirm,
  conversationFilter,
  dispatchActionConfig,
  hasOneImageSource,
  httpUrl,
  imageSource,
  initialIsAmongOptions,
  menuOption,
  optionGroup,
  overflowOption,
  placeholder,
  plainText,
  type,
} from './composition.ts';
import { richText } from './rich-text.ts';

/** Block elements, limits as on docs.slack.dev, reference/block-kit/block-elements. */

const focus = optional(boolean());
const maxSelected = optional(integer(1));
const menu = { action_id: actionId, confirm, focus_on_load: focus, placeholder };
const text = {
  action_id: actionId,
  focus_on_load: focus,
  placeholder,
  dispatch_action_config: dispatchActionConfig,
};
const id = string(255);

const optionsOrGroups: ObjectRule = (value, pointer, out) => {
  if ((value['options'] === undefined) === (value['option_groups'] === undefined)) {
    out.push({ pointer, message: 'must provide exactly one of `options` and `option_groups`' });
  }
};

function element(name: string, fields: Record<string, Field>, ...rules: ObjectRule[]): Check {
  return object({ type: type(name), ...fields }, ...rules);
}

const staticOptions = {
  options: optional(list(menuOption, { min: 1, max: 100 })),
  option_groups: optional(list(optionGroup, { min: 1, max: 100 })),
};
const choices = {
  action_id: actionId,
  confirm,
  focus_on_load: focus,
  options: required(list(choiceOption, { min: 1, max: 10 })),
};
const minQuery = optional(integer(0));
const oneConversation = {
  default_to_current_conversation: optional(boolean()),
  filter: conversationFilter,
};
const minNotAboveMax = (low: string, high: string): ObjectRule => {
  return (value, pointer, out) => {
    const [min, max] = [value[low], value[high]];
    if (min !== undefined && max !== undefined && Number(min) > Number(max)) {
      out.push({ pointer: `${pointer}/${low}`, message: `must not be greater than ${high}` });
    }
  };
};
const textFits: ObjectRule = (value, pointer, out) => {
  const { initial_value: initial, min_length: min, max_length: max } = value;
  if (typeof initial !== 'string') return;
  if (typeof max === 'number' && initial.length > max) {
    out.push({ pointer: `${pointer}/initial_value`, message: `must be less than ${max + 1} characters` });
  }
  if (typeof min === 'number' && initial.length > 0 && initial.length < min) {
    out.push({ pointer: `${pointer}/initial_value`, message: `must be more than ${min - 1} characters` });
  }
};
const decimal = pattern(/^-?\d+(\.\d+)?$/, 'a number in a string');
const numberFits: ObjectRule = (value, pointer, out) => {
  const { initial_value: initial, min_value: min, max_value: max, is_decimal_allowed: decimals } = value;
  if (initial === undefined) return;
  const at = `${pointer}/initial_value`;
  if (min !== undefined && Number(initial) < Number(min))
    out.push({ pointer: at, message: 'must be at least min_value' });
  if (max !== undefined && Number(initial) > Number(max))
    out.push({ pointer: at, message: 'must be at most max_value' });
  if (decimals === false && String(initial).includes('.'))
    out.push({ pointer: at, message: 'must be an integer' });
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
  static_select: element(
    'static_select',
    { ...menu, ...staticOptions, initial_option: optional(menuOption) },
    optionsOrGroups,
    initialIsAmongOptions,
  ),
  multi_static_select: element(
    'multi_static_select',
    {
      ...menu,
      ...staticOptions,
      initial_options: optional(list(menuOption, { min: 1, max: 100 })),
      max_selected_items: maxSelected,
    },
    optionsOrGroups,
    initialIsAmongOptions,
  ),
  external_select: element('external_select', {
    ...menu,
    initial_option: optional(menuOption),
    min_query_length: minQuery,
  }),
  multi_external_select: element('multi_external_select', {
    ...menu,
    initial_options: optional(list(menuOption, { min: 1, max: 100 })),
    min_query_length: minQuery,
    max_selected_items: maxSelected,
  }),
  users_select: element('users_select', { ...menu, initial_user: optional(id) }),
  multi_users_select: element('multi_users_select', {
    ...menu,
    initial_users: optional(list(id)),
    max_selected_items: maxSelected,
  }),
  conversations_select: element('conversations_select', {
    ...menu,
    ...oneConversation,
    initial_conversation: optional(id),
    response_url_enabled: optional(boolean()),
  }),
  multi_conversations_select: element('multi_conversations_select', {
    ...menu,
    ...oneConversation,
    initial_conversations: optional(list(id)),
    max_selected_items: maxSelected,
  }),
  channels_select: element('channels_select', {
    ...menu,
    initial_channel: optional(id),
    response_url_enabled: optional(boolean()),
  }),
  multi_channels_select: element('multi_channels_select', {
    ...menu,
    initial_channels: optional(list(id)),
    max_selected_items: maxSelected,
  }),
  plain_text_input: element(
    'plain_text_input',
    {
      ...text,
      initial_value: optional(string(3000, 0)),
      multiline: optional(boolean()),
      min_length: optional(integer(0, 3000)),
      max_length: optional(integer(1, 3000)),
    },
    minNotAboveMax('min_length', 'max_length'),
    textFits,
  ),
  email_text_input: element('email_text_input', { ...text, initial_value: optional(string(3000)) }),
  url_text_input: element('url_text_input', { ...text, initial_value: optional(string(3000)) }),
  number_input: element(
    'number_input',
    {
      ...text,
      is_decimal_allowed: required(boolean()),
      initial_value: optional(decimal),
      min_value: optional(decimal),
      max_value: optional(decimal),
    },
    minNotAboveMax('min_value', 'max_value'),
    numberFits,
  ),
  rich_text_input: element('rich_text_input', {
    ...text,
    initial_value: optional(richText),
    min_lines: optional(integer(1, 100)),
    max_lines: optional(integer(1, 100)),
  }),
  file_input: element('file_input', {
    action_id: actionId,
    filetypes: optional(list(string(255), { min: 1 })),
    max_files: optional(integer(1, 10)),
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
