import { el, newId } from './dom.js';

/** @typedef {import('./options.js').Choice} Choice */

const TYPING_MS = 150;

/**
 * A field whose options the app is asked for while one types (external select). Arrow keys move, Enter takes, Esc closes
 * the list and nothing else.
 * @param {{
 *   attributes: Record<string, unknown>,
 *   chosen: readonly Choice[],
 *   many: boolean,
 *   shortest: number,
 *   suggest: (query: string) => Promise<readonly Choice[]>,
 *   onChange: (chosen: readonly Choice[]) => void,
 * }} options
 * @returns {HTMLElement}
 */
export function drawCombobox({ attributes, chosen, many, shortest, suggest, onChange }) {
  let picked = [...chosen];
  /** @type {readonly Choice[]} */
  let offered = [];
  let active = -1;
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  const listId = newId();
  const input = el('input', {
    ...attributes,
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': listId,
    onclick: () => ask(''),
    oninput: () => {
      clearTimeout(typing);
      typing = setTimeout(() => ask(input.value), TYPING_MS);
    },
    onkeydown: onKey,
    onblur: leave,
  });
  const list = el('ul', { id: listId, class: 'options', role: 'listbox', hidden: true });
  const chips = el('span', { class: 'chips' });
  const box = el('div', { class: 'combobox' }, many && chips, input, list);
  show();

  /** @param {string} query */
  async function ask(query) {
    asked += 1;
    const turn = asked;
    if (query.trim().length < shortest) return tell(`Type at least ${shortest} characters`);
    tell('Searching…');
    try {
      const found = await suggest(query.trim());
      if (turn === asked) offer(found);
    } catch (error) {
      if (turn === asked) tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {readonly Choice[]} found */
  function offer(found) {
    offered = found;
    active = -1;
    if (found.length === 0) return tell('No results');
    list.replaceChildren(
      ...found.map((choice, index) =>
        el(
          'li',
          {
            id: `${listId}-${index}`,
            role: 'option',
            'aria-selected': 'false',
            'data-value': choice.value,
            onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
            onclick: () => take(choice),
          },
          choice.label,
          choice.description && el('small', {}, choice.description),
        ),
      ),
    );
    open(true);
  }

  /** @param {string} text */
  function tell(text) {
    offered = [];
    active = -1;
    list.replaceChildren(el('li', { class: 'note', 'aria-disabled': 'true', role: 'option' }, text));
    open(document.activeElement === input);
  }

  /** @param {boolean} isOpen */
  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) input.removeAttribute('aria-activedescendant');
  }

  /** @param {number} index */
  function activate(index) {
    active = (index + offered.length) % offered.length;
    [...list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === active)));
    list.children[active]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', `${listId}-${active}`);
  }

  /** @param {Event} event */
  function onKey(event) {
    if (!(event instanceof KeyboardEvent)) return;
    if (event.key === 'Escape' && !list.hidden) open(false);
    else if (event.key === 'ArrowDown' && list.hidden) void ask(input.value);
    else if (event.key === 'ArrowDown' && offered.length > 0) activate(active + 1);
    else if (event.key === 'ArrowUp' && offered.length > 0) activate(active - 1);
    else if (event.key === 'Enter' && !list.hidden) takeActive();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Enter takes what is marked, or the only one there is. */
  function takeActive() {
    const choice = offered[active] ?? (offered.length === 1 ? offered[0] : undefined);
    if (choice) take(choice);
  }

  /** @param {Choice} choice */
  function take(choice) {
    picked = many ? [...picked.filter((one) => one.value !== choice.value), choice] : [choice];
    open(false);
    show();
    onChange(picked);
  }

  function leave() {
    clearTimeout(typing);
    asked += 1;
    open(false);
    if (!many && input.value === '' && picked.length > 0) {
      picked = [];
      onChange(picked);
    }
    show();
  }

  function show() {
    input.value = many ? '' : (picked[0]?.label ?? '');
    chips.replaceChildren(
      ...picked.map((choice) =>
        el(
          'button',
          {
            type: 'button',
            class: 'chip',
            'aria-label': `Remove ${choice.label}`,
            onclick: () => drop(choice),
          },
          `${choice.label} ×`,
        ),
      ),
    );
  }

  /** @param {Choice} choice */
  function drop(choice) {
    picked = picked.filter((one) => one.value !== choice.value);
    show();
    input.focus();
    onChange(picked);
  }

  return box;
}
