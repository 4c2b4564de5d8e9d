import { el } from './dom.js';
import { drawTextObject, wordsOf } from './text.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */

/**
 * Shows the confirm dialog of an element and tells whether the person agreed; at once yes where there is none.
 * @param {unknown} confirm
 * @returns {Promise<boolean>}
 */
export function confirmed(confirm) {
  if (typeof confirm !== 'object' || confirm === null) return Promise.resolve(true);
  const { title, text, confirm: yes, deny, style } = /** @type {Drawn} */ (confirm);
  return new Promise((resolve) => {
    const dialog = el(
      'dialog',
      {
        class: 'dialog confirm',
        'aria-labelledby': 'confirm-title',
        onclose: () => {
          resolve(dialog.returnValue === 'yes');
          dialog.remove();
        },
      },
      el(
        'form',
        { method: 'dialog' },
        el('h2', { id: 'confirm-title' }, wordsOf(title) ?? 'Are you sure?'),
        el('div', { class: 'dialog-body' }, el('div', { class: 'block-text' }, drawTextObject(text))),
        el(
          'div',
          { class: 'dialog-foot' },
          el('button', { type: 'submit', value: 'no', class: 'button' }, wordsOf(deny) ?? 'Cancel'),
          el(
            'button',
            { type: 'submit', value: 'yes', class: `button ${String(style ?? 'primary')}`, autofocus: true },
            wordsOf(yes) ?? 'Yes',
          ),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
