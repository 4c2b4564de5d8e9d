import { el } from './dom.js';
import { drawSwitch } from './switch.js';

/** @typedef {import('../page-types.ts').NetworkState} NetworkState */
/** @typedef {NetworkState['workers'][number]} WorkerLine */

/**
 * The bots that share a database: what each said last, a switch that kills it or starts it again, and one that has it stand still.
 * @param {NetworkState['workers']} workers
 */
export function drawWorkers(workers) {
  return el(
    'section',
    { class: 'site workers', 'aria-label': 'Bots' },
    el('header', {}, el('h3', {}, 'Bots'), el('span', { class: 'quiet' }, 'on one PostgreSQL')),
    el(
      'p',
      { class: 'quiet' },
      'Kill one, or let it stand still, in the middle of a change: another takes it over within 12 s.',
    ),
    el('ul', { class: 'lines', 'aria-label': 'Processes' }, workers.map(drawWorker)),
  );
}

/** @param {WorkerLine} worker */
function drawWorker({ number, pid, state, said }) {
  const name = `Bot ${number}`;
  const isAlive = state !== 'ended';
  return el(
    'li',
    { 'data-worker': String(number) },
    el('span', { class: 'name' }, name),
    el('span', { class: 'quiet' }, pid === undefined ? 'no process' : `process ${pid}`),
    el(
      'span',
      { class: 'switches' },
      isAlive &&
        drawSwitch(
          `${name} gets time`,
          state === 'frozen' ? 'stands still' : 'works',
          state !== 'frozen',
          state !== 'frozen',
          (on) => ({
            do: 'worker',
            number,
            what: on ? 'continue' : 'freeze',
          }),
        ),
      drawSwitch(`${name} runs`, isAlive ? 'alive' : 'killed', isAlive, isAlive, (on) => ({
        do: 'worker',
        number,
        what: on ? 'start' : 'kill',
      })),
    ),
    said !== undefined && el('span', { class: 'quiet said' }, `said last: ${said}`),
  );
}
