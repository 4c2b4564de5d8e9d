import type { InputBlock, PlainTextOption } from '@slack/types';
import type { Choice } from '../../flows/types.ts';
import { LIMITS } from '../../integrations/slack/limits.ts';
import { plain } from '../cards/blocks.ts';

/** What an input block of ours is made from. Every element's action ID is `value`. */
export interface FieldSpec {
  readonly blockId: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
}

const ACTION = 'value';

export function option(choice: Choice): PlainTextOption {
  return { text: plain(choice.label, LIMITS.optionText), value: choice.value };
}

export function textField(
  spec: FieldSpec,
  initial?: string,
  placeholder?: string,
  multiline = false,
): InputBlock {
  return input(spec, {
    type: 'plain_text_input',
    action_id: ACTION,
    multiline,
    ...(initial && { initial_value: initial }),
    ...(placeholder && { placeholder: plain(placeholder, LIMITS.placeholder) }),
  });
}

/** One of several; options beyond Slack's hundred are asked for as the user types. A text field where there is none. */
export function selectField(spec: FieldSpec, choices: readonly Choice[], initial?: string): InputBlock {
  const usable = choices.filter(isUsable);
  if (usable.length === 0) return textField(spec, initial);
  const chosen = usable.find((choice) => choice.value === initial);
  const common = { action_id: ACTION, ...(chosen && { initial_option: option(chosen) }) };
  return usable.length > LIMITS.options
    ? input(spec, { type: 'external_select', min_query_length: 0, ...common })
    : input(spec, { type: 'static_select', options: usable.map(option), ...common });
}

/** Any number of several. A text field (names separated by `;`) where there is none. */
export function multiSelectField(
  spec: FieldSpec,
  choices: readonly Choice[],
  initial: readonly string[],
): InputBlock {
  const usable = choices.filter(isUsable);
  if (usable.length === 0) return textField(spec, initial.join('; '));
  const chosen = usable.filter((choice) => initial.includes(choice.value)).slice(0, LIMITS.options);
  const common = {
    action_id: ACTION,
    ...(chosen.length > 0 && { initial_options: chosen.map(option) }),
  };
  return usable.length > LIMITS.options
    ? input(spec, { type: 'multi_external_select', min_query_length: 0, ...common })
    : input(spec, { type: 'multi_static_select', options: usable.map(option), ...common });
}

/** A few choices that are all seen at once. */
export function radioField(spec: FieldSpec, choices: readonly Choice[], initial?: string): InputBlock {
  const chosen = choices.find((choice) => choice.value === initial);
  return input(spec, {
    type: 'radio_buttons',
    action_id: ACTION,
    options: choices.map(option),
    ...(chosen && { initial_option: option(chosen) }),
  });
}

/** Searched as the user types, through the app's options request. */
export function searchField(spec: FieldSpec, placeholder: string, initial?: Choice): InputBlock {
  return input(spec, {
    type: 'external_select',
    action_id: ACTION,
    min_query_length: 0,
    placeholder: plain(placeholder, LIMITS.placeholder),
    ...(initial && { initial_option: option(initial) }),
  });
}

/** Slack takes no longer value, and half a value would name something else. */
function isUsable(choice: Choice): boolean {
  return choice.value !== '' && choice.value.length <= LIMITS.optionValue;
}

function input(spec: FieldSpec, element: InputBlock['element']): InputBlock {
  return {
    type: 'input',
    block_id: spec.blockId,
    label: plain(spec.label, LIMITS.label),
    optional: spec.optional ?? false,
    element,
    ...(spec.hint && { hint: plain(spec.hint, LIMITS.label) }),
  };
}
