import { isObject, type JsonObject } from '../contracts/slack/check.ts';
import { optionsOf } from '../contracts/slack/composition.ts';
import type { SlackWorld } from './world.ts';

/** The state value of an element that nobody has touched yet, as `view.state.values` carries it. */
export function initialValue(element: JsonObject): JsonObject | undefined {
  const kind = String(element['type']);
  const shape = SHAPES[kind];
  if (!shape) return undefined;
  const initial = shape.initial === undefined ? undefined : element[shape.initial];
  return structuredClone({ type: kind, [shape.state]: initial ?? (shape.many ? [] : null) });
}

/** Whether nothing is chosen or typed. */
export function isBlank(value: JsonObject): boolean {
  const shape = SHAPES[String(value['type'])];
  const held = shape ? value[shape.state] : undefined;
  return held === null || held === undefined || held === '' || (Array.isArray(held) && held.length === 0);
}

interface Shape {
  /** Property of the state value. */
  state: string;
  /** Property of the element. */
  initial?: string;
  many?: boolean;
}

const SHAPES: Record<string, Shape> = {
  plain_text_input: { state: 'value', initial: 'initial_value' },
  email_text_input: { state: 'value', initial: 'initial_value' },
  url_text_input: { state: 'value', initial: 'initial_value' },
  number_input: { state: 'value', initial: 'initial_value' },
  rich_text_input: { state: 'rich_text_value', initial: 'initial_value' },
  static_select: { state: 'selected_option', initial: 'initial_option' },
  external_select: { state: 'selected_option', initial: 'initial_option' },
  radio_buttons: { state: 'selected_option', initial: 'initial_option' },
  multi_static_select: { state: 'selected_options', initial: 'initial_options', many: true },
  multi_external_select: { state: 'selected_options', initial: 'initial_options', many: true },
  checkboxes: { state: 'selected_options', initial: 'initial_options', many: true },
  users_select: { state: 'selected_user', initial: 'initial_user' },
  multi_users_select: { state: 'selected_users', initial: 'initial_users', many: true },
  conversations_select: { state: 'selected_conversation', initial: 'initial_conversation' },
  multi_conversations_select: {
    state: 'selected_conversations',
    initial: 'initial_conversations',
    many: true,
  },
  channels_select: { state: 'selected_channel', initial: 'initial_channel' },
  multi_channels_select: { state: 'selected_channels', initial: 'initial_channels', many: true },
  datepicker: { state: 'selected_date', initial: 'initial_date' },
  timepicker: { state: 'selected_time', initial: 'initial_time' },
  datetimepicker: { state: 'selected_date_time', initial: 'initial_date_time' },
  file_input: { state: 'files', many: true },
};

/** What a person enters: option values by `value`, ids, text; `null` empties the field. */
export type FieldInput = string | number | readonly string[] | null;

/**
 * The state value after a person entered `input`; throws where Slack's client would not let them, such as a choice
 * that is not offered. `offered` are an external select's last suggestions.
 */
export function enter(
  world: SlackWorld,
  element: JsonObject,
  input: FieldInput,
  offered: readonly JsonObject[] | undefined,
): JsonObject {
  const kind = String(element['type']);
  const shape = SHAPES[kind];
  if (!shape || kind === 'file_input') throw new Error(`${kind} cannot be filled with a value`);
  if (input === null) return { type: kind, [shape.state]: shape.many ? [] : null };
  const held = shape.many
    ? many(element, input, (one) => single(world, element, one, offered))
    : single(world, element, input, offered);
  return { type: kind, [shape.state]: held };
}

function many(element: JsonObject, input: FieldInput, one: (value: string) => unknown): unknown[] {
  if (!Array.isArray(input)) throw new Error('this field takes a list');
  const max = element['max_selected_items'];
  if (typeof max === 'number' && input.length > max) throw new Error(`at most ${max} can be selected`);
  return input.map((value) => one(String(value)));
}

function single(
  world: SlackWorld,
  element: JsonObject,
  input: FieldInput,
  offered?: readonly JsonObject[],
): unknown {
  const kind = String(element['type']).replace(/^multi_/, '');
  if (Array.isArray(input)) throw new Error(`${kind} takes one value`);
  const text = String(input);
  switch (kind) {
    case 'static_select':
    case 'radio_buttons':
    case 'checkboxes':
      return choice(optionsOf(element), text);
    case 'external_select':
      if (!offered) throw new Error('search first: this select has offered nothing yet');
      return choice(offered, text);
    case 'users_select':
      return known(world.users.has(text), text);
    case 'conversations_select':
    case 'channels_select':
      return known(world.channels.has(text), text);
    case 'datepicker':
      return shaped(text, /^\d{4}-\d{2}-\d{2}$/);
    case 'timepicker':
      return shaped(text, /^([01]\d|2[0-3]):[0-5]\d$/);
    case 'datetimepicker':
      return Number(shaped(text, /^\d{10}$/));
    case 'number_input':
      return shaped(text, element['is_decimal_allowed'] === true ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/);
    case 'rich_text_input':
      return {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
      };
    default:
      return typed(element, text);
  }
}

function choice(options: readonly JsonObject[], value: string): JsonObject {
  const found = options.find((option) => option['value'] === value);
  if (found) return structuredClone(found);
  const offered = options.map((option) => String(option['value'])).join(', ');
  throw new Error(`"${value}" is not among the options: ${offered}`);
}

function known(exists: boolean, id: string): string {
  if (!exists) throw new Error(`nobody knows ${id}`);
  return id;
}

function shaped(text: string, expression: RegExp): string {
  if (!expression.test(text)) throw new Error(`"${text}" cannot be entered here`);
  return text;
}

function typed(element: JsonObject, text: string): string | null {
  const max = element['max_length'];
  if (typeof max === 'number' && text.length > max)
    throw new Error(`at most ${max} characters can be entered`);
  return text === '' ? null : text;
}

/** What the client itself holds against a value when the form is sent; undefined where nothing. */
export function clientObjection(
  element: JsonObject,
  value: JsonObject,
  mayBeEmpty: boolean,
): string | undefined {
  if (isBlank(value)) return mayBeEmpty ? undefined : 'Please complete this required field.';
  const text = value['value'];
  if (typeof text !== 'string') return undefined;
  const { min_length: shortest, min_value: least, max_value: most } = element;
  if (typeof shortest === 'number' && text.length < shortest) return `Enter at least ${shortest} characters.`;
  if (least !== undefined && Number(text) < Number(least))
    return `Enter a number of at least ${String(least)}.`;
  if (most !== undefined && Number(text) > Number(most)) return `Enter a number of at most ${String(most)}.`;
  if (element['type'] === 'email_text_input' && !/^[^@\s]+@[^@\s]+$/.test(text))
    return 'Enter an email address.';
  if (element['type'] === 'url_text_input' && !/^https?:\/\/\S+$/.test(text)) return 'Enter a web address.';
  return undefined;
}

/** Whether a value that was entered earlier still fits an element that replaced the old one. */
export function stillFits(element: JsonObject, value: JsonObject): boolean {
  if (element['type'] !== value['type']) return false;
  const options = optionsOf(element);
  if (options.length === 0) return true;
  const { selected_option: one, selected_options: several } = value;
  const chosen = Array.isArray(several) ? several.filter(isObject) : isObject(one) ? [one] : [];
  return chosen.every((option) => options.some((own) => own['value'] === option['value']));
}
