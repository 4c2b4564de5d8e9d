import { complaintOf, post } from './api.js';
import { byId, el } from './dom.js';
import { toast } from './toast.js';

/** @typedef {import('../page-types.ts').CommandHint} CommandHint */

/** The line at the bottom: sends messages and commands, and suggests the commands that the app has registered. */
export class Composer {
  #line = byId('line', HTMLInputElement);
  #list = byId('hints', HTMLUListElement);
  /** @type {readonly CommandHint[]} */
  #commands = [];
  #active = -1;
  #who = '';
  #channel = '';
  /** What was sent, newest last; the arrow up brings it back. @type {string[]} */
  #sent = [];

  constructor() {
    byId('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.#line.addEventListener('input', () => this.#suggest());
    this.#line.addEventListener('focus', () => this.#suggest());
    this.#line.addEventListener('blur', () => this.#hide());
    this.#line.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /**
   * @param {string} who
   * @param {string} channel
   * @param {string} name how the conversation is called
   * @param {readonly CommandHint[]} commands
   */
  update(who, channel, name, commands) {
    this.#who = who;
    this.#channel = channel;
    this.#commands = commands;
    this.#line.placeholder = `Message ${name}, or type / for a command`;
  }

  async #send() {
    const line = this.#line.value.trim();
    if (line === '') return;
    this.#hide();
    this.#line.value = '';
    this.#sent.push(line);
    try {
      const answer = await post('say', { who: this.#who, channel: this.#channel, line });
      const complaint = complaintOf(answer);
      if (complaint) toast(`${line.split(' ')[0]}: ${complaint}`);
    } catch (error) {
      this.#line.value ||= line;
      toast(error instanceof Error ? error.message : String(error));
    }
  }

  /** The usages that go with what is typed so far. */
  #suggest() {
    const typed = this.#line.value;
    if (!typed.startsWith('/')) return this.#hide();
    const lines = this.#commands.flatMap(({ command, usages }) =>
      (usages.length > 0 ? usages : ['']).map((usage) => ({ command, usage })),
    );
    const found = lines.filter(({ command, usage }) => {
      const fixed = fixedPart(command, usage);
      return fixed.startsWith(typed) && fixed !== typed;
    });
    this.#active = -1;
    this.#list.replaceChildren(
      ...found.map(({ command, usage }, index) =>
        el(
          'li',
          {
            id: `hint-${index}`,
            role: 'option',
            'aria-selected': 'false',
            'data-fixed': fixedPart(command, usage),
            onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
            onclick: () => this.#take(index),
          },
          `${command} ${usage}`,
        ),
      ),
    );
    this.#list.hidden = found.length === 0;
    this.#line.setAttribute('aria-expanded', String(found.length > 0));
    this.#line.removeAttribute('aria-activedescendant');
  }

  #hide() {
    this.#list.hidden = true;
    this.#active = -1;
    this.#line.setAttribute('aria-expanded', 'false');
  }

  /** @param {number} index */
  #activate(index) {
    const { children } = this.#list;
    this.#active = (index + children.length) % children.length;
    [...children].forEach((item, at) => item.setAttribute('aria-selected', String(at === this.#active)));
    this.#line.setAttribute('aria-activedescendant', `hint-${this.#active}`);
  }

  /** @param {number} index */
  #take(index) {
    const item = this.#list.children[index];
    if (!(item instanceof HTMLElement)) return;
    this.#line.value = item.dataset['fixed'] ?? '';
    this.#line.focus();
    this.#suggest();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#list.hidden) {
      if (event.key !== 'ArrowUp' || this.#line.value !== '') return;
      this.#line.value = this.#sent.at(-1) ?? '';
    } else if (event.key === 'ArrowDown') this.#activate(this.#active + 1);
    else if (event.key === 'ArrowUp') this.#activate(this.#active < 0 ? -1 : this.#active - 1);
    else if (event.key === 'Escape') this.#hide();
    else if (event.key === 'Enter' && this.#active >= 0) this.#take(this.#active);
    else if (event.key === 'Tab' && !event.shiftKey) this.#take(Math.max(0, this.#active));
    else return;
    event.preventDefault();
  }
}

/**
 * What of a usage is typed as it stands: everything before its first `[` or `<`.
 * @param {string} command
 * @param {string} usage
 */
function fixedPart(command, usage) {
  const fixed = usage.split(/[[<]/)[0] ?? '';
  return `${command} ${fixed.trim()}${fixed.trim() === '' ? '' : ' '}`;
}
