import { expect, test } from 'vitest';
import { callText, isWrite } from '../../../bench/world/vendor-calls.ts';
import { call, DEVICE, NETWORKS, SITE } from '../support.ts';

test.each([
  [`mist PUT ${DEVICE}`, true],
  [`mist DELETE ${DEVICE}`, true],
  [`entra POST ${NETWORKS}`, true],
  [`entra PATCH ${NETWORKS}/x/forwardingProfiles`, true],
  [`mist GET ${DEVICE}`, false],
  [`mist POST ${DEVICE}/show_route`, false],
  [`mist POST ${DEVICE}/show_service_path`, false],
  ['entra POST /tenant/oauth2/v2.0/token', false],
])('%s changes something: %s', (text, changes) => {
  expect(isWrite(call(`${text} at 0 for 0`))).toBe(changes);
});

test('a call is shown without versions and IDs, a command with what it asks', () => {
  expect(callText(call(`mist GET ${SITE}/setting at 0 for 0`))).toBe('mist GET /sites/…/setting');
  expect(callText(call(`entra GET ${NETWORKS} at 0 for 0`))).toBe('entra GET /connectivity/remoteNetworks');
  const asked = call(
    `mist POST ${DEVICE}/show_route at 0 for 0`,
    '{"protocol":"bgp","neighbor":"10.99.99.2"}',
  );
  expect(callText(asked)).toBe('mist POST /sites/…/devices/…/show_route (10.99.99.2)');
});

test('nothing of a body but what a command asks is shown', () => {
  const written = call(`mist PUT ${DEVICE} at 0 for 0`, '{"neighbor":"10.99.99.2","psk":"hidden"}');
  expect(callText(written)).toBe('mist PUT /sites/…/devices/…');
});
