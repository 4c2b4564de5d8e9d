import { el, newId, unrendered } from './dom.js';
import { drawField, isGroup } from './fields.js';
import { drawTextObject } from './text.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */

/**
 * An input block: label, field, hint and the place for its error.
 * @param {Drawn} block
 * @param {(element: Drawn) => import('./fields.js').FieldSpec} specOf
 */
export function drawInputBlock(block, specOf) {
  const element = /** @type {Drawn} */ (block['element']);
  const [fieldId, hintId, errorId] = [newId(), newId(), newId()];
  const spec = specOf(element);
  const isMany = isGroup(element);
  const field = drawField({
    ...spec,
    attributes: {
      ...(!isMany && { id: fieldId, 'aria-required': String(!spec.isOptional) }),
      'aria-describedby': `${errorId} ${hintId}`,
      autofocus: element['focus_on_load'] === true,
    },
  });
  const label = [
    ...drawTextObject(block['label']),
    spec.isOptional && el('span', { class: 'optional' }, ' (optional)'),
  ];
  const parts = [
    field ?? unrendered('element', element['type']),
    el('p', { id: errorId, class: 'field-error', hidden: true }),
    el('p', { id: hintId, class: 'field-hint' }, drawTextObject(block['hint'])),
  ];
  const attributes = { class: 'field', 'data-block': block['block_id'] };
  return isMany
    ? el('fieldset', attributes, el('legend', {}, label), parts)
    : el('div', attributes, el('label', { for: fieldId }, label), parts);
}

/**
 * Shows these errors at their fields and no others; the first one gets the focus when it was not there before.
 * @param {HTMLElement} parent
 * @param {Readonly<Record<string, string>>} errors by block id
 */
export function showErrors(parent, errors) {
  let isFirst = true;
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (parent.querySelectorAll('[data-block]'))) {
    const text = errors[field.dataset['block'] ?? ''] ?? '';
    const place = field.querySelector('.field-error');
    const control = field.querySelector('input, select, textarea');
    if (!(place instanceof HTMLElement) || !(control instanceof HTMLElement)) continue;
    const isNew = text !== '' && place.textContent !== text;
    place.textContent = text;
    place.hidden = text === '';
    control.setAttribute('aria-invalid', String(text !== ''));
    if (isNew && isFirst) control.focus();
    if (text !== '') isFirst = false;
  }
}
