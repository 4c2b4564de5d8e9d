import { drawCombobox } from './combobox.js';
import { el, newId } from './dom.js';
import { choices, optionsOf } from './options.js';
import { drawTextObject, wordsOf } from './text.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */
/** @typedef {string | null | string[] | { name: string, base64: string }[]} FieldValue */

/**
 * What a field needs: its element, what stands in it now (a state value), how it is described, and whom it tells.
 * `onInput` hears every key, `onChange` what is settled.
 * @typedef {{
 *   element: Drawn,
 *   value: Drawn,
 *   isOptional: boolean,
 *   attributes: Record<string, unknown>,
 *   onInput: (value: FieldValue) => void,
 *   onChange: (value: FieldValue) => void,
 *   suggest: (query: string) => Promise<readonly import('./options.js').Choice[]>,
 * }} FieldSpec
 */

/** @type {Record<string, (spec: FieldSpec) => HTMLElement>} */
const DRAWERS = {
  plain_text_input: drawTextInput,
  email_text_input: drawTextInput,
  url_text_input: drawTextInput,
  number_input: drawTextInput,
  datepicker: (spec) => drawNative(spec, 'date', 'selected_date'),
  timepicker: (spec) => drawNative(spec, 'time', 'selected_time'),
  static_select: drawSelect,
  external_select: (spec) => drawSearch(spec, false),
  multi_external_select: (spec) => drawSearch(spec, true),
  multi_static_select: (spec) => drawChoices(spec, 'checkbox', 'choices boxed'),
  checkboxes: (spec) => drawChoices(spec, 'checkbox', 'choices'),
  radio_buttons: (spec) => drawChoices(spec, 'radio', 'choices'),
  file_input: drawFile,
};

/** Fields that consist of several controls and are named by a legend. */
const GROUPS = new Set(['multi_static_select', 'checkboxes', 'radio_buttons']);

/** @param {Drawn} element */
export function isGroup(element) {
  return GROUPS.has(String(element['type']));
}

/**
 * The control of a field; undefined for a kind that the page cannot draw.
 * @param {FieldSpec} spec
 * @returns {HTMLElement | undefined}
 */
export function drawField(spec) {
  return DRAWERS[String(spec.element['type'])]?.(spec);
}

/** @param {FieldSpec} spec */
function drawTextInput({ element, value, attributes, onInput, onChange }) {
  const isLong = element['multiline'] === true;
  /** @type {HTMLInputElement | HTMLTextAreaElement} */
  const input = el(isLong ? 'textarea' : 'input', {
    ...attributes,
    ...(isLong ? { rows: 4 } : { type: 'text' }),
    inputmode: element['type'] === 'number_input' ? 'decimal' : undefined,
    placeholder: wordsOf(element['placeholder']),
    maxlength: element['max_length'],
    spellcheck: 'false',
    oninput: () => onInput(input.value),
    onchange: () => onChange(input.value),
  });
  input.value = String(value['value'] ?? '');
  return input;
}

/**
 * @param {FieldSpec} spec
 * @param {string} type
 * @param {string} property
 */
function drawNative({ value, attributes, onChange }, type, property) {
  const input = el('input', { ...attributes, type, onchange: () => onChange(input.value || null) });
  input.value = String(value[property] ?? '');
  return input;
}

/** @param {FieldSpec} spec */
function drawSelect({ element, value, isOptional, attributes, onChange }) {
  const chosen = chosenIn(value)[0]?.value;
  const groups = Map.groupBy(optionsOf(element), (choice) => choice.group);
  const select = el(
    'select',
    { ...attributes, onchange: () => onChange(select.value || null) },
    el(
      'option',
      { value: '', disabled: !isOptional, selected: chosen === undefined },
      wordsOf(element['placeholder']) ?? (isOptional ? '–' : 'Choose…'),
    ),
    [...groups].flatMap(([group, members]) => {
      const options = members.map((choice) =>
        el('option', { value: choice.value, selected: choice.value === chosen }, choice.label),
      );
      return group === '' ? options : [el('optgroup', { label: group }, options)];
    }),
  );
  return select;
}

/** @param {FieldSpec} spec @param {boolean} many */
function drawSearch({ element, value, attributes, suggest, onChange }, many) {
  return drawCombobox({
    attributes: { ...attributes, placeholder: wordsOf(element['placeholder']) ?? 'Type to search' },
    chosen: chosenIn(value),
    many,
    shortest: Number(element['min_query_length'] ?? 3),
    suggest,
    onChange: (picked) => {
      const values = picked.map((choice) => choice.value);
      onChange(many ? values : (values[0] ?? null));
    },
  });
}

/**
 * @param {FieldSpec} spec
 * @param {'checkbox' | 'radio'} type
 * @param {string} look
 */
function drawChoices({ element, value, attributes, onChange }, type, look) {
  const chosen = new Set(chosenIn(value).map((choice) => choice.value));
  const name = newId();
  const options = /** @type {Drawn[]} */ (element['options'] ?? []);
  const inputs = optionsOf(element).map((choice) =>
    el('input', {
      ...attributes,
      type,
      name,
      value: choice.value,
      checked: chosen.has(choice.value),
      onchange: tell,
    }),
  );

  function tell() {
    const values = inputs.filter((input) => input.checked).map((input) => input.value);
    onChange(type === 'radio' ? (values[0] ?? null) : values);
  }
  return el(
    'div',
    { class: look },
    optionsOf(element).map((choice, index) =>
      el(
        'label',
        { class: 'choice' },
        inputs[index],
        el(
          'span',
          {},
          options[index] ? drawTextObject(options[index]['text']) : choice.label,
          choice.description && el('small', {}, choice.description),
        ),
      ),
    ),
  );
}

/** @param {FieldSpec} spec */
function drawFile({ element, attributes, onChange }) {
  const types = /** @type {string[] | undefined} */ (element['filetypes']);
  const input = el('input', {
    ...attributes,
    type: 'file',
    multiple: element['max_files'] !== 1,
    accept: types?.map((one) => `.${one}`).join(','),
    onchange: () => void read(),
  });
  async function read() {
    onChange(await Promise.all([...(input.files ?? [])].map(packed)));
  }
  return input;
}

/** @param {File} file */
async function packed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return { name: file.name, base64: btoa(text) };
}

/** @param {Drawn} value */
function chosenIn(value) {
  const { selected_option: one, selected_options: several } = value;
  return choices(several ?? (one ? [one] : []), '');
}
