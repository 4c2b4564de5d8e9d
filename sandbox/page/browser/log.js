import { complaintOf, post } from './api.js';
import { drawBlock } from './blocks.js';
import { el, refill } from './dom.js';
import { drawText } from './text.js';
import { toast } from './toast.js';

/** @typedef {import('../page-types.ts').Entry} Entry */
/** @typedef {import('../page-types.ts').Conversation} Conversation */

/** The messages of one conversation; each is drawn anew only when it changed. */
export class Log {
  #place;
  #about = '';
  /** @type {Map<string, { json: string, node: HTMLElement }>} */
  #shown = new Map();

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  /**
   * @param {string} who
   * @param {Conversation | undefined} conversation
   */
  update(who, conversation) {
    const about = `${who}/${conversation?.id ?? ''}`;
    if (about !== this.#about) {
      this.#about = about;
      this.#shown.clear();
      this.#place.replaceChildren();
    }
    const { scrollHeight, scrollTop, clientHeight } = this.#place;
    const wasAtEnd = scrollHeight - scrollTop - clientHeight < 80;
    const entries = conversation?.entries ?? [];
    this.#place.classList.toggle('empty', entries.length === 0);
    this.#forget(entries);
    let next = this.#place.firstChild;
    for (const entry of entries) {
      const node = this.#nodeOf(entry, { who, channel: conversation?.id ?? '' });
      if (node === next) next = node.nextSibling;
      else this.#place.insertBefore(node, next);
    }
    if (wasAtEnd) this.#place.scrollTop = this.#place.scrollHeight;
  }

  /** @param {readonly Entry[]} entries */
  #forget(entries) {
    const stay = new Set(entries.map((entry) => entry.ts));
    for (const [ts, { node }] of this.#shown) {
      if (stay.has(ts)) continue;
      node.remove();
      this.#shown.delete(ts);
    }
  }

  /**
   * @param {Entry} entry
   * @param {{ who: string, channel: string }} place
   */
  #nodeOf(entry, place) {
    const json = JSON.stringify(entry);
    const known = this.#shown.get(entry.ts);
    if (known?.json === json) return known.node;
    const node = known?.node ?? el('article', { 'data-ts': entry.ts });
    node.className = entry.isPrivate ? 'message private' : 'message';
    node.setAttribute('aria-label', entry.fallback);
    refill(node, drawEntry(entry, place));
    this.#shown.set(entry.ts, { json, node });
    return node;
  }
}

/**
 * @param {Entry} entry
 * @param {{ who: string, channel: string }} place
 */
function drawEntry(entry, place) {
  const count = entry.replies.length;
  return [
    el(
      'div',
      { class: entry.isApp ? 'avatar app' : 'avatar', 'aria-hidden': 'true' },
      entry.author.charAt(0).toUpperCase(),
    ),
    el(
      'div',
      { class: 'message-body' },
      entry.isPrivate && el('p', { class: 'private-note' }, 'Only visible to you'),
      drawByline(entry),
      drawContent(entry, place),
      count > 0 &&
        el(
          'details',
          { class: 'thread', open: true, 'data-key': `${entry.ts}/thread` },
          el('summary', {}, count === 1 ? '1 reply' : `${count} replies`),
          entry.replies.map((reply) =>
            el(
              'div',
              { class: reply.isPrivate ? 'reply private' : 'reply', 'data-ts': reply.ts },
              reply.isPrivate && el('p', { class: 'private-note' }, 'Only visible to you'),
              drawByline(reply),
              drawContent(reply, place),
            ),
          ),
        ),
    ),
  ];
}

/** @param {Entry} entry */
function drawByline(entry) {
  const at = new Date(entry.at);
  return el(
    'p',
    { class: 'byline' },
    el('strong', {}, entry.author),
    entry.isApp && el('span', { class: 'badge' }, 'APP'),
    el(
      'time',
      { datetime: at.toISOString(), title: at.toLocaleString('en-GB') },
      at.toLocaleTimeString('en-GB'),
    ),
    entry.edited && el('span', { class: 'edited' }, '(edited)'),
  );
}

/**
 * @param {Entry} entry
 * @param {{ who: string, channel: string }} place
 */
function drawContent(entry, { who, channel }) {
  const about = { who, channel, ts: entry.ts };
  /** @type {import('./blocks.js').Deeds} */
  const deeds = {
    key: entry.ts,
    click: async ({ action_id: actionId, value }) => {
      complain(await post('click', { ...about, actionId, ...(value !== undefined && { value }) }));
    },
    choose: async ({ action_id: actionId }, value) =>
      complain(await post('choose', { ...about, actionId, value })),
  };
  return [
    entry.blocks.length > 0
      ? el(
          'div',
          { class: 'blocks' },
          entry.blocks.map((block) => drawBlock(block, deeds)),
        )
      : el('div', { class: 'block-text' }, drawText(entry.nodes)),
    ...entry.files.map((file) =>
      file.isImage
        ? el('img', { class: 'file-image', src: file.url, alt: file.alt })
        : el(
            'a',
            { class: 'file', href: file.url, download: file.name },
            `${file.name} (${file.bytes} bytes)`,
          ),
    ),
  ];
}

/** @param {import('./api.js').ActionAnswer} answer */
function complain(answer) {
  const complaint = complaintOf(answer);
  if (complaint) toast(complaint);
}
