import { drawBlock } from './blocks.js';
import { byId, el, put } from './dom.js';

/** @typedef {import('../gallery.ts').GalleryCard} GalleryCard */

/** @param {GalleryCard} card @param {number} at */
function drawCard({ title, text, blocks }, at) {
  const deeds = { key: `card-${at}`, click: async () => {} };
  return el(
    'article',
    { 'aria-label': title },
    el('h2', {}, title),
    el('p', { class: 'fallback' }, `Notification: ${text}`),
    el(
      'div',
      { class: 'blocks' },
      blocks.map((block) => drawBlock(block, deeds)),
    ),
  );
}

const answer = await fetch('/gallery.json');
/** @type {readonly GalleryCard[]} */
const cards = await answer.json();
put(byId('cards', HTMLElement), ...cards.map(drawCard));
