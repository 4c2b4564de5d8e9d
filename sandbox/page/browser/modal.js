import { complaintOf, post } from './api.js';
import { drawBlock } from './blocks.js';
import { el } from './dom.js';
import { drawInputBlock, showErrors } from './input-block.js';
import { choices } from './options.js';
import { toast } from './toast.js';
import { drawField } from './fields.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */
/** @typedef {import('../page-types.ts').ModalState} ModalState */
/** @typedef {{ blockId: string, actionId: string, value: import('./fields.js').FieldValue }} Filled */

/** The one modal that the acting person looks at; what lies below it shows up when it closes. */
export class Modal {
  #who = '';
  /** @type {ModalState | null} */
  #state = null;
  /** What was entered and not told to the server yet, by block and action. @type {Map<string, Filled>} */
  #unsent = new Map();
  /** What the client itself holds against the form, by block; the state knows only the app's errors. @type {Record<string, string>} */
  #objections = {};
  /** What the server is told, one after the other. @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #dialog = el('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title' });

  constructor() {
    document.body.append(this.#dialog);
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      void this.#close(false);
    });
    // A browser may close it without asking after a second Esc.
    this.#dialog.addEventListener('close', () => void (this.#state && this.#close(false)));
  }

  /**
   * Shows what is open for this person now. A form that is shown already keeps what is being typed.
   * @param {string} who
   * @param {ModalState | null} state
   */
  update(who, state) {
    const isSame = who === this.#who && state?.id === this.#state?.id && state?.hash === this.#state?.hash;
    if (who !== this.#who || state?.id !== this.#state?.id) this.#unsent.clear();
    if (!isSame) this.#objections = {};
    this.#who = who;
    this.#state = state;
    if (!state) {
      this.#dialog.close();
      this.#dialog.replaceChildren();
    } else if (isSame) {
      this.#showErrors();
    } else {
      this.#build(state);
    }
  }

  /** @param {ModalState} state */
  #build(state) {
    const form = el(
      'form',
      {
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          void this.#submit(form);
        },
      },
      el(
        'header',
        { class: 'dialog-head' },
        el('h2', { id: 'modal-title' }, state.title),
        el(
          'button',
          {
            type: 'button',
            class: 'x',
            'aria-label': 'Close everything',
            onclick: () => void this.#close(true),
          },
          '×',
        ),
      ),
      el('p', { class: 'trouble', role: 'alert', hidden: true }),
      el(
        'div',
        { class: 'dialog-body' },
        state.blocks.map((block) =>
          block['type'] === 'input'
            ? drawInputBlock(block, (element) => this.#spec(block, element))
            : drawBlock(block, this.#deeds(state)),
        ),
      ),
      el(
        'footer',
        { class: 'dialog-foot' },
        el(
          'button',
          { type: 'button', class: 'button', onclick: () => void this.#close(false) },
          state.close,
        ),
        state.submit !== undefined &&
          el('button', { type: 'submit', class: 'button primary', 'data-submit': true }, state.submit),
      ),
    );
    this.#dialog.replaceChildren(form);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#showErrors();
    focusFirst(form);
  }

  #showErrors() {
    showErrors(this.#dialog, { ...this.#state?.errors, ...this.#objections });
  }

  /**
   * @param {ModalState} state
   * @returns {import('./blocks.js').Deeds}
   */
  #deeds(state) {
    return {
      key: state.id,
      click: async (element, block) => {
        const ids = { actionId: element['action_id'], blockId: block['block_id'] };
        complain(await post('press', { ...this.#seen(), ...ids }));
      },
      field: (element, block) =>
        drawField({ ...this.#spec(block, element), attributes: { 'aria-label': 'Choose' } }),
    };
  }

  /**
   * @param {Drawn} block
   * @param {Drawn} element
   * @returns {import('./fields.js').FieldSpec}
   */
  #spec(block, element) {
    const ids = { blockId: String(block['block_id']), actionId: String(element['action_id']) };
    const key = `${ids.blockId}/${ids.actionId}`;
    const typed = this.#unsent.get(key)?.value;
    return {
      element,
      value: {
        ...this.#state?.values[ids.blockId]?.[ids.actionId],
        ...(typeof typed === 'string' && { value: typed }),
      },
      isOptional: block['optional'] === true,
      attributes: {},
      onInput: (value) => void this.#unsent.set(key, { ...ids, value }),
      onChange: (value) => {
        this.#unsent.set(key, { ...ids, value });
        delete this.#objections[ids.blockId];
        this.#send();
      },
      suggest: async (query) => {
        const answer = await post('suggest', { ...this.#seen(), ...ids, query });
        return choices(answer.options, '');
      },
    };
  }

  #seen() {
    return { who: this.#who, viewId: this.#state?.id ?? '', hash: this.#state?.hash ?? '' };
  }

  /** Takes what is unsent, so that it is told once. */
  #take() {
    const fields = [...this.#unsent.values()];
    this.#unsent.clear();
    return fields;
  }

  #send() {
    const body = { ...this.#seen(), fields: this.#take() };
    this.#queue = this.#queue.then(() => post('fill', body)).catch(complainOf);
  }

  /** @param {HTMLFormElement} form */
  async #submit(form) {
    if (form.getAttribute('aria-busy') === 'true') return;
    setBusy(form, true);
    setTrouble(form, '');
    await this.#queue;
    try {
      const answer = await post('submit', { ...this.#seen(), fields: this.#take() });
      // What was accepted stays busy until the next state replaces it.
      if (answer.outcome === 'done') return;
      this.#objections = { ...answer.errors };
      this.#showErrors();
      setTrouble(form, complaintOf(answer) ?? '');
    } catch (error) {
      setTrouble(form, error instanceof Error ? error.message : String(error));
    }
    setBusy(form, false);
  }

  /** @param {boolean} all */
  async #close(all) {
    if (!this.#state) return;
    try {
      await post('close', { ...this.#seen(), all });
    } catch (error) {
      complainOf(error);
    }
  }
}

/** @param {import('./api.js').ActionAnswer} answer */
function complain(answer) {
  const complaint = complaintOf(answer);
  if (complaint) toast(complaint);
}

/** @param {unknown} error */
function complainOf(error) {
  toast(error instanceof Error ? error.message : String(error));
}

/** @param {HTMLFormElement} form @param {boolean} isBusy */
function setBusy(form, isBusy) {
  form.setAttribute('aria-busy', String(isBusy));
  const submit = form.querySelector('[data-submit]');
  if (submit instanceof HTMLButtonElement) submit.disabled = isBusy;
}

/** @param {HTMLFormElement} form @param {string} text */
function setTrouble(form, text) {
  const place = form.querySelector('.trouble');
  if (!(place instanceof HTMLElement)) return;
  place.textContent = text;
  place.hidden = text === '';
}

/** The first thing to fill in; where there is none, the first button at the bottom. @param {HTMLFormElement} form */
function focusFirst(form) {
  const wanted =
    form.querySelector('[autofocus]') ??
    form.querySelector('.dialog-body :is(input:checked, select, textarea, input:not([type="radio"]))') ??
    form.querySelector('.dialog-body :is(input, button), .dialog-foot button');
  if (wanted instanceof HTMLElement) wanted.focus();
}
