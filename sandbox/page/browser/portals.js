import { el } from './dom.js';
import { drawSwitch } from './switch.js';

/** @typedef {import('../page-types.ts').NetworkState} NetworkState */

/** What stands in Entra, and Microsoft's zones with a switch each. @param {NetworkState} state */
export function drawEntra(state) {
  return [
    drawPortal('Entra', 'remote networks', state.entra),
    state.zones.length > 0 &&
      el(
        'ul',
        { class: 'lines zones', 'aria-label': 'Zones of Microsoft' },
        state.zones.map(({ link, zone, alive }) =>
          el(
            'li',
            {},
            el('span', { class: 'name' }, link),
            el('span', { class: 'quiet' }, `zone ${zone}`),
            drawSwitch(
              `${link} zone ${zone} alive`,
              alive ? 'answers' : 'taken away',
              alive,
              alive,
              (on) => ({
                do: 'zone',
                link,
                zone,
                alive: on,
              }),
            ),
          ),
        ),
      ),
  ];
}

/**
 * One vendor's objects as JSON, folded.
 * @param {string} vendor
 * @param {string} what
 * @param {readonly { readonly name: string, readonly json: unknown }[]} objects
 */
export function drawPortal(vendor, what, objects) {
  return el(
    'section',
    { class: 'portal', 'aria-label': `${vendor} portal` },
    el('h3', {}, `${vendor} `, el('span', { class: 'quiet' }, `${what}, keys left out`)),
    objects.length === 0 && el('p', { class: 'quiet' }, 'Nothing there.'),
    objects.map(({ name, json }) =>
      el(
        'details',
        { class: 'fold', 'data-key': `${vendor}/${name}` },
        el('summary', {}, name),
        el('pre', { tabindex: 0, 'aria-label': `${name} as JSON` }, JSON.stringify(json, null, 2)),
      ),
    ),
  );
}
