import { slackDate } from './dates.js';
import { el } from './dom.js';

/** @typedef {import('../mrkdwn.ts').TextNode} TextNode */

/** @type {Record<import('../mrkdwn.ts').TextStyle, keyof HTMLElementTagNameMap>} */
const TAGS = {
  bold: 'strong',
  italic: 'em',
  strike: 's',
  underline: 'u',
  code: 'code',
  pre: 'pre',
  quote: 'blockquote',
  paragraph: 'p',
};

/**
 * Formatted text as the server took it apart.
 * @param {readonly TextNode[]} nodes
 * @returns {Node[]}
 */
export function drawText(nodes) {
  return nodes.map(drawNode);
}

/** @param {TextNode} node @returns {Node} */
function drawNode(node) {
  switch (node.kind) {
    case 'text':
      return document.createTextNode(node.text);
    case 'link':
      return el('a', { href: node.url, target: '_blank', rel: 'noopener noreferrer' }, node.label);
    case 'mention':
      return el('span', { class: 'mention' }, node.label);
    case 'date': {
      const at = new Date(node.at * 1000);
      const stamp = Number.isNaN(at.getTime()) ? undefined : at.toISOString();
      const shown = stamp === undefined ? node.fallback : slackDate(at.getTime(), node.format, Date.now());
      return el('time', { datetime: stamp, title: node.fallback }, shown);
    }
    case 'list': {
      const items = node.items.map((item) => el('li', {}, drawText(item)));
      const indent = { class: `indent-${Math.min(node.indent, 3)}` };
      return node.ordered ? el('ol', { ...indent, start: node.start }, items) : el('ul', indent, items);
    }
    default:
      return el(TAGS[node.kind], {}, drawText(node.nodes));
  }
}

/**
 * The text object `{type, text, nodes}` of a block or element.
 * @param {unknown} object
 * @returns {Node[]}
 */
export function drawTextObject(object) {
  const nodes = /** @type {{nodes?: readonly TextNode[]} | undefined} */ (object)?.nodes;
  return nodes ? drawText(nodes) : [];
}

/**
 * The bare words of a text object.
 * @param {unknown} object
 * @returns {string | undefined}
 */
export function wordsOf(object) {
  const text = /** @type {{text?: unknown} | undefined} */ (object)?.text;
  return typeof text === 'string' ? text : undefined;
}
