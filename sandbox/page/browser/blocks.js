import { el, unrendered } from './dom.js';
import { drawAction } from './message-elements.js';
import { drawText, drawTextObject, wordsOf } from './text.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */

/**
 * What interactive elements of a block do; `key` tells equal elements of different messages apart.
 * @typedef {{
 *   key: string,
 *   click: (element: Drawn, block: Drawn) => Promise<void>,
 *   choose?: (element: Drawn, value: string) => Promise<void>,
 *   field?: (element: Drawn, block: Drawn) => HTMLElement | undefined,
 * }} Deeds
 */

/** @type {Record<string, (block: Drawn, deeds: Deeds) => HTMLElement>} */
const DRAWERS = {
  header: (block) => el('h3', { class: 'block-header' }, drawTextObject(block['text'])),
  section: drawSection,
  context: (block) =>
    el(
      'div',
      { class: 'block-context' },
      listOf(block['elements']).map((part) =>
        part['type'] === 'image' ? drawImage(part) : el('span', {}, drawTextObject(part)),
      ),
    ),
  actions: (block, deeds) =>
    el(
      'div',
      { class: 'block-actions' },
      listOf(block['elements']).map((part) => drawAction(part, block, deeds)),
    ),
  divider: () => el('hr'),
  image: drawImageBlock,
  table: drawTable,
  data_table: drawTable,
  rich_text: (block) => el('div', { class: 'block-text' }, drawText(nodesOf(block))),
  alert: (block) =>
    el(
      'p',
      { class: `block-alert level-${String(block['level'] ?? 'default')}` },
      drawTextObject(block['text']),
    ),
};

/**
 * One block; a type that the page cannot draw becomes a named box.
 * @param {Drawn} block
 * @param {Deeds} deeds
 * @returns {HTMLElement}
 */
export function drawBlock(block, deeds) {
  const draw = DRAWERS[String(block['type'])];
  return draw ? draw(block, deeds) : unrendered('block', block['type']);
}

/** @param {Drawn} block @param {Deeds} deeds */
function drawSection(block, deeds) {
  const { text, fields, accessory } = block;
  const beside = /** @type {Drawn | undefined} */ (accessory);
  return el(
    'div',
    { class: 'block-section' },
    el(
      'div',
      { class: 'block-section-body' },
      text !== undefined && el('div', { class: 'block-text' }, drawTextObject(text)),
      fields !== undefined &&
        el(
          'div',
          { class: 'block-fields' },
          listOf(fields).map((field) => el('div', { class: 'block-text' }, drawTextObject(field))),
        ),
    ),
    beside && (beside['type'] === 'image' ? drawImage(beside) : drawAction(beside, block, deeds)),
  );
}

/** @param {Drawn} block */
function drawImageBlock(block) {
  const title = wordsOf(block['title']);
  return el('figure', { class: 'block-image' }, title && el('figcaption', {}, title), drawImage(block));
}

/**
 * A picture of the workspace; one from elsewhere is named, because the page loads nothing from the internet.
 * @param {Drawn} image
 */
function drawImage(image) {
  const alt = String(image['alt_text'] ?? '');
  if (typeof image['src'] === 'string') return el('img', { src: image['src'], alt, loading: 'lazy' });
  return el('span', { class: 'unrendered' }, `[image elsewhere: ${alt}]`);
}

/** @param {Drawn} block */
function drawTable(block) {
  const [head = [], ...rows] = /** @type {Drawn[][]} */ (block['rows'] ?? []);
  const settings = listOf(block['column_settings']);
  /** @param {Drawn} cell @param {number} column @param {'th' | 'td'} tag */
  const drawCell = (cell, column, tag) => {
    const align = String(settings[column]?.['align'] ?? (cell['type'] === 'raw_number' ? 'right' : 'left'));
    const content = cell['type'] === 'rich_text' ? drawText(nodesOf(cell)) : [String(cell['text'] ?? '')];
    return el(tag, { class: `align-${align}`, scope: tag === 'th' && 'col' }, content);
  };
  return el(
    'div',
    { class: 'block-table', tabindex: 0, role: 'region', 'aria-label': String(block['caption'] ?? 'Table') },
    el(
      'table',
      {},
      typeof block['caption'] === 'string' && el('caption', {}, block['caption']),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          head.map((cell, i) => drawCell(cell, i, 'th')),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map((row) =>
          el(
            'tr',
            {},
            row.map((cell, i) => drawCell(cell, i, 'td')),
          ),
        ),
      ),
    ),
  );
}

/** @param {unknown} value @returns {Drawn[]} */
function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {Drawn} block */
function nodesOf(block) {
  return /** @type {readonly import('../mrkdwn.ts').TextNode[]} */ (block['nodes'] ?? []);
}
