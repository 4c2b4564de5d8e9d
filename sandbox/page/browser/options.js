import { wordsOf } from './text.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */
/** @typedef {{ value: string, label: string, description: string, group: string }} Choice */

/**
 * The options of a menu, those in groups included.
 * @param {Drawn} element
 * @returns {Choice[]}
 */
export function optionsOf(element) {
  const groups = /** @type {Drawn[]} */ (element['option_groups'] ?? []);
  return [
    ...choices(element['options'], ''),
    ...groups.flatMap((group) => choices(group['options'], wordsOf(group['label']) ?? '')),
  ];
}

/**
 * @param {unknown} options
 * @param {string} group
 * @returns {Choice[]}
 */
export function choices(options, group) {
  const list = /** @type {Drawn[]} */ (Array.isArray(options) ? options : []);
  return list.map((option) => ({
    value: String(option['value']),
    label: wordsOf(option['text']) ?? '',
    description: wordsOf(option['description']) ?? '',
    group,
  }));
}
