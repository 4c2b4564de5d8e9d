import { el } from './dom.js';
import { drawSwitch } from './switch.js';

/** @typedef {import('../page-types.ts').Conditions} Conditions */

const EVERY_CALL = { times: -1, action: { kind: 'answer', status: 503 } };

/** Everything else that can break, a switch each. @param {Conditions} conditions */
export function drawConditions(conditions) {
  const { tenantOnboarded, zone2ThroughZone1, entraAnswers, mistAnswers, slackAnswers } = conditions;
  return el(
    'details',
    { class: 'fold conditions', open: true, 'data-key': 'conditions' },
    el('summary', {}, 'Break something else'),
    el(
      'ul',
      { class: 'lines', 'aria-label': 'What can break' },
      drawVendor('Entra', 'entra', entraAnswers),
      drawVendor('Mist', 'mist', mistAnswers),
      drawVendor('Slack', 'slack', slackAnswers),
      drawCondition(
        'Tenant',
        'uses Global Secure Access',
        tenantOnboarded ? 'onboarded' : 'offboarded',
        tenantOnboarded,
        (on) => ({ do: 'tenant', status: on ? 'onboarded' : 'offboarded' }),
      ),
      drawCondition(
        'Zone 2',
        'over the tunnel to zone 1',
        zone2ThroughZone1 ? 'answers' : 'silent',
        zone2ThroughZone1,
        (works) => ({ do: 'zone2-through-zone1', works }),
      ),
    ),
  );
}

/** @param {string} name @param {'entra' | 'mist' | 'slack'} on @param {boolean} answers */
function drawVendor(name, on, answers) {
  return drawCondition(name, 'answers calls', answers ? 'answers' : 'HTTP 503', answers, (up) =>
    up ? { do: 'heal', on } : { do: 'fault', on, fault: EVERY_CALL },
  );
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} word
 * @param {boolean} isGood
 * @param {(on: boolean) => object} action
 */
function drawCondition(name, what, word, isGood, action) {
  return el(
    'li',
    {},
    el('span', { class: 'name' }, name),
    el('span', { class: 'quiet' }, what),
    drawSwitch(`${name} ${what}`, word, isGood, isGood, action),
  );
}
