import { el } from './dom.js';

/** @typedef {import('../page-types.ts').LastChange} LastChange */

/**
 * What the last run of changes did to both portals, as a diff with marks; nothing before the first.
 * @param {LastChange | null} change
 * @returns {import('./dom.js').Child}
 */
export function drawLastChange(change) {
  if (change === null) return false;
  return el(
    'section',
    { class: 'changes', 'aria-label': 'What the last change did' },
    el(
      'h3',
      {},
      'What the last change did ',
      el('span', { class: 'quiet' }, new Date(change.at).toLocaleTimeString('en-GB')),
    ),
    change.objects.length === 0 && el('p', { class: 'quiet' }, 'Everything is as it was before.'),
    change.objects.map(({ side, name, lines, more }) =>
      el(
        'details',
        { class: 'fold', 'data-key': `change/${side}/${name}` },
        el(
          'summary',
          {},
          `${side}: ${name} `,
          el('span', { class: 'count plus' }, `+${lines.filter(({ mark }) => mark === '+').length}`),
          ' ',
          el('span', { class: 'count minus' }, `−${lines.filter(({ mark }) => mark === '-').length}`),
        ),
        el(
          'ul',
          { class: 'diff', tabindex: 0, 'aria-label': `Changes of ${name} in ${side}` },
          lines.map(({ mark, path, value }) =>
            el('li', { class: mark === '+' ? 'plus' : 'minus' }, `${mark} ${path}: ${value}`),
          ),
          more > 0 && el('li', { class: 'quiet' }, `and ${more} more`),
        ),
      ),
    ),
  );
}
