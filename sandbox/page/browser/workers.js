import { post } from './api.js';
import { el } from './dom.js';
import { toast } from './toast.js';

/** @typedef {import('../page-types.ts').NetworkState} NetworkState */

/**
 * The bots that share a database, each with a switch that kills it or starts it again.
 * @param {NetworkState['workers']} workers
 */
export function drawWorkers(workers) {
  return el(
    'section',
    { class: 'site', 'aria-label': 'Bots' },
    el('header', {}, el('h3', {}, 'Bots')),
    el(
      'ul',
      {},
      workers.map(({ number, pid, state }) => {
        const what = state === 'ended' ? 'start' : 'kill';
        const act = () =>
          post('control', { do: 'worker', number, what }).catch((error) => toast(error.message));
        return el(
          'li',
          {},
          `Bot ${number}: ${state}${pid === undefined ? '' : `, process ${pid}`} `,
          el(
            'button',
            { type: 'button', 'data-key': `worker/${number}`, onclick: () => void act() },
            what === 'kill' ? 'Kill' : 'Start',
          ),
        );
      }),
    ),
  );
}
