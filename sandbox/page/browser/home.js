import { complaintOf, post } from './api.js';
import { drawBlock } from './blocks.js';
import { el, refillWhenNew } from './dom.js';
import { toast } from './toast.js';

/** @typedef {import('../page-types.ts').Drawn} Drawn */

/** The app's home tab: what it published for the acting person, or that it has not. */
export class Home {
  #place;
  #asked = '';

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  /**
   * Shows it, and tells the app the first time that this person looks.
   * @param {string} who
   * @param {readonly Drawn[] | null} blocks
   */
  show(who, blocks) {
    this.#place.hidden = false;
    if (this.#asked !== who) {
      this.#asked = who;
      void this.#tell('home', { who });
    }
    refillWhenNew(this.#place, { who, blocks }, (state) => this.#draw(state));
  }

  hide() {
    this.#place.hidden = true;
    this.#asked = '';
  }

  /** @param {{ who: string, blocks: readonly Drawn[] | null }} state */
  #draw({ who, blocks }) {
    if (blocks === null) return [el('p', { class: 'quiet' }, 'The app has not published a home for you.')];
    /** @type {import('./blocks.js').Deeds} */
    const deeds = {
      key: 'home',
      click: ({ action_id: actionId, value }) =>
        this.#tell('homeclick', { who, actionId, ...(value !== undefined && { value }) }),
    };
    return [
      el(
        'div',
        { class: 'blocks' },
        blocks.map((block) => drawBlock(block, deeds)),
      ),
    ];
  }

  /** @param {string} name @param {object} body */
  async #tell(name, body) {
    try {
      const complaint = complaintOf(await post(name, body));
      if (complaint) toast(complaint);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  }
}
