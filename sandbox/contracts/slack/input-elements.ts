import {
  boolean,
  integer,
  list,
  optional,
  pattern,
  required,
  string,
  type Check,
  type ObjectRule,
} from './check.ts';
import { actionId, dispatchActionConfig, placeholder } from './composition.ts';
import { element, focus } from './element.ts';
import { richText } from './rich-text.ts';

const text = {
  action_id: actionId,
  focus_on_load: focus,
  placeholder,
  dispatch_action_config: dispatchActionConfig,
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

/** What a person types or uploads. */
export const INPUT_ELEMENTS = {
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
} satisfies Record<string, Check>;
