import { confirmed } from './confirm.js';
import { el, unrendered } from './dom.js';
import { optionsOf } from './options.js';
import { wordsOf } from './text.js';
import { toast } from './toast.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */

/**
 * What one can use in a message or outside the fields of a modal: buttons and menus.
 * @param {Drawn} element
 * @param {Drawn} block
 * @param {import('./blocks.js').Deeds} deeds
 * @returns {HTMLElement}
 */
export function drawAction(element, block, deeds) {
  if (element['type'] === 'button') return drawButton(element, block, deeds);
  const isMenu = element['type'] === 'static_select' || element['type'] === 'overflow';
  if (isMenu && deeds.choose) return drawMenu(element, deeds, deeds.choose);
  return deeds.field?.(element, block) ?? unrendered('element', element['type']);
}

/** @param {Drawn} element @param {Drawn} block @param {import('./blocks.js').Deeds} deeds */
function drawButton(element, block, deeds) {
  const { style, accessibility_label: spoken, action_id: actionId, value } = element;
  const button = el(
    'button',
    {
      type: 'button',
      class: `button ${String(style ?? '')}`,
      'aria-label': spoken,
      'data-action': actionId,
      'data-key': `${deeds.key}/${String(actionId)}/${String(value ?? '')}`,
      onclick: () => void busyWhile(button, element, () => deeds.click(element, block)),
    },
    wordsOf(element['text']) ?? '',
  );
  return button;
}

/**
 * @param {Drawn} element
 * @param {import('./blocks.js').Deeds} deeds
 * @param {NonNullable<import('./blocks.js').Deeds['choose']>} choose
 */
function drawMenu(element, deeds, choose) {
  const initial = /** @type {Drawn | undefined} */ (element['initial_option'])?.['value'];
  const title = wordsOf(element['placeholder']) ?? (element['type'] === 'overflow' ? 'More…' : 'Choose…');
  const select = el(
    'select',
    {
      'aria-label': title,
      'data-key': `${deeds.key}/${String(element['action_id'])}`,
      onchange: () => void busyWhile(select, element, () => choose(element, select.value)),
    },
    el('option', { value: '', disabled: true, selected: initial === undefined }, title),
    optionsOf(element).map(({ value, label }) => el('option', { value, selected: value === initial }, label)),
  );
  return select;
}

/**
 * Asks first where the element says so; nothing can be pressed twice while it is on its way.
 * @param {HTMLButtonElement | HTMLSelectElement} control
 * @param {Drawn} element
 * @param {() => Promise<void>} deed
 */
async function busyWhile(control, element, deed) {
  if (!(await confirmed(element['confirm']))) return;
  control.disabled = true;
  control.setAttribute('aria-busy', 'true');
  try {
    await deed();
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  } finally {
    control.disabled = false;
    control.removeAttribute('aria-busy');
  }
}
