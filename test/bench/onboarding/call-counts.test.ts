import { expect, test } from 'vitest';
import { countCalls } from '../../../bench/onboarding/call-counts.ts';
import { call, DEVICE, NETWORKS, SITE } from '../support.ts';

const at = (text: string, body?: string) => call(`${text} at 0 for 0`, body);

test('reads before the first write to a vendor are its re-reads, whatever they read', () => {
  const stats = at(`mist GET ${SITE}/stats/devices/x`);
  const networks = at(`entra GET ${NETWORKS}`);
  const counts = countCalls([stats, networks, at(`entra POST ${NETWORKS}`), at(`mist GET ${DEVICE}`)]);
  expect(counts.rereads.entra).toEqual([networks]);
  expect(counts.rereads.mist).toEqual([stats, at(`mist GET ${DEVICE}`)]);
  expect(counts.writes).toHaveLength(1);
});

test('afterwards reads are looks, polls or verification', () => {
  const counts = countCalls([
    at(`mist PUT ${DEVICE}`),
    at(`entra POST ${NETWORKS}`),
    at(`mist GET ${DEVICE}`),
    at(`mist GET ${SITE}/devices/events/search`),
    at(`mist GET ${SITE}/stats/devices/x`),
    at('mist GET /api/v1/orgs/x/stats/tunnels/search'),
    at(`entra GET ${NETWORKS}/x/connectivityConfiguration`),
    at('entra GET /beta/networkAccess/forwardingProfiles/x/policies'),
    at(`mist POST ${DEVICE}/show_route`, '{"neighbor":"10.99.99.2"}'),
  ]);
  expect(counts.looks.map((one) => one.path)).toEqual([DEVICE]);
  expect(counts.polls).toHaveLength(4);
  expect(counts.verification).toHaveLength(2);
  expect(counts.writes).toHaveLength(2);
});

test('a command that is repeated counts once, a read as often as it is made', () => {
  const ask = (neighbor: string) => at(`mist POST ${DEVICE}/show_route`, `{"neighbor":"${neighbor}"}`);
  const profiles = at('entra GET /beta/networkAccess/forwardingProfiles');
  const counts = countCalls([
    at(`mist PUT ${DEVICE}`),
    at(`entra POST ${NETWORKS}`),
    ...[ask('10.99.99.2'), ask('10.99.100.2'), ask('10.99.99.2'), profiles, profiles],
  ]);
  expect(counts.verification).toHaveLength(4);
});

test('every call is counted as one thing', () => {
  const calls = [
    at(`entra GET ${NETWORKS}`),
    at(`mist GET ${DEVICE}`),
    at(`entra POST ${NETWORKS}`),
    at(`mist PUT ${DEVICE}`),
    at(`mist GET ${DEVICE}`),
    at(`mist GET ${SITE}/devices/events/search`),
    at(`mist POST ${DEVICE}/show_service_path`, '{"service_name":"x"}'),
  ];
  const { rereads, writes, looks, polls, verification } = countCalls(calls);
  const all = [...rereads.entra, ...rereads.mist, ...writes, ...looks, ...polls, ...verification];
  expect(all).toHaveLength(calls.length);
  expect(new Set(all)).toEqual(new Set(calls));
});
