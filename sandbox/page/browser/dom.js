/** Building elements. Text goes in as text nodes only; nothing here reads markup. */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with attributes, listeners (`onclick`, …) and children. `true` sets an attribute without a value;
 * false and undefined leave it out. `class` and `data-*` are attributes like others.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      made.addEventListener(name.replace(/^on/, ''), /** @type {EventListener} */ (value));
    } else if (value !== undefined && value !== false && value !== null) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  put(made, ...children);
  return made;
}

/**
 * Adds children.
 * @param {Node} parent
 * @param {...(Child | readonly Child[])} children
 */
export function put(parent, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false || child === '') continue;
    parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
}

/**
 * An element of the page by its id.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/**
 * Replaces what an element holds and puts back what a reader would miss: the focus and which details are open, both by
 * `data-key`.
 * @param {HTMLElement} parent
 * @param {...(Child | readonly Child[])} children
 */
export function refill(parent, ...children) {
  const focused =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
  /** @type {Map<string, boolean>} */
  const open = new Map();
  for (const details of parent.querySelectorAll('details')) {
    if (details.dataset['key'] !== undefined) open.set(details.dataset['key'], details.open);
  }
  const hadFocus = parent.contains(document.activeElement);
  parent.replaceChildren();
  put(parent, ...children);
  for (const kept of /** @type {NodeListOf<HTMLElement>} */ (parent.querySelectorAll('[data-key]'))) {
    const key = kept.dataset['key'] ?? '';
    if (kept instanceof HTMLDetailsElement) kept.open = open.get(key) ?? kept.open;
    if (hadFocus && key === focused) kept.focus();
  }
}

/** @type {WeakMap<HTMLElement, string>} */
const drawn = new WeakMap();

/**
 * Draws an element anew when what it shows is different: a click on something that is replaced between press and
 * release would be lost.
 * @template T
 * @param {HTMLElement} parent
 * @param {T} state
 * @param {(state: T) => readonly Child[]} draw
 */
export function refillWhenNew(parent, state, draw) {
  const json = JSON.stringify(state);
  if (drawn.get(parent) === json) return;
  drawn.set(parent, json);
  refill(parent, draw(state));
}

/**
 * The box that stands for something that the page cannot draw.
 * @param {'block' | 'element'} what
 * @param {unknown} type
 */
export function unrendered(what, type) {
  return el('div', { class: 'unrendered' }, `[unrendered ${what}: ${String(type)}]`);
}

let made = 0;

/** An id that no other element has. */
export function newId() {
  made += 1;
  return `e${made}`;
}
