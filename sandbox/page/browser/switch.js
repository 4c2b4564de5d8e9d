import { post } from './api.js';
import { el } from './dom.js';
import { toast } from './toast.js';

/** A switch that breaks something, with its state in a word.
 * @param {string} label what a screen reader says
 * @param {string} word the state in a word
 * @param {boolean} isGood whether that state is as it should be
 * @param {boolean} isOn
 * @param {(on: boolean) => object} action what the control API is told
 */
export function drawSwitch(label, word, isGood, isOn, action) {
  const input = el('input', {
    type: 'checkbox',
    role: 'switch',
    'aria-label': label,
    'data-key': `switch/${label}`,
    checked: isOn,
    onchange: () => void post('control', action(input.checked)).catch((error) => toast(error.message)),
  });
  return el('label', { class: `switch ${isGood ? 'good' : 'bad'}` }, word, input);
}
