import { byId, el } from './dom.js';

const SHOWN_MS = 8000;

/**
 * Tells the person something that belongs to no message.
 * @param {string} text
 */
export function toast(text) {
  const shown = el(
    'div',
    { class: 'toast' },
    el('span', {}, text),
    el('button', { type: 'button', 'aria-label': 'Dismiss', onclick: () => shown.remove() }, '×'),
  );
  byId('toasts', HTMLElement).append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}
