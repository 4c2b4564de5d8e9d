import { describe, expect, test } from 'vitest';
import { criticalPath } from '../../../bench/onboarding/critical-path.ts';
import { chainIn, REQUIRED_CHAIN } from '../../../bench/onboarding/required-chain.ts';
import { call, DEVICE, NETWORKS, SITE } from '../support.ts';

const ORG = '/api/v1/orgs/09600000-0000-4000-8000-000000000001';
const NETWORK = `${NETWORKS}/5c000000-0000-4000-8000-000000000001`;

/** An onboarding as it must be at least, one call each 100 ms. */
const BEST = [
  `entra GET ${NETWORKS}`,
  `entra POST ${NETWORKS}`,
  `entra POST ${NETWORK}/deviceLinks`,
  `entra GET ${NETWORK}/connectivityConfiguration`,
  `mist GET ${DEVICE}`,
  `mist PUT ${DEVICE}`,
  `mist GET ${SITE}/devices/events/search`,
  `mist GET ${ORG}/stats/tunnels/search`,
  `mist GET ${ORG}/stats/bgp_peers/search`,
  `mist POST ${DEVICE}/show_route`,
  `mist GET ${DEVICE}`,
  `mist PUT ${DEVICE}`,
  `mist GET ${SITE}/devices/events/search`,
].map((text, index) => call(`${text} at ${index * 100} for 100`));

describe('the required chain', () => {
  test('is found in an onboarding that makes no other calls, one link a call', () => {
    expect(REQUIRED_CHAIN).toHaveLength(BEST.length);
    expect(chainIn(BEST)).toEqual(BEST);
  });

  test('passes over what is beside it', () => {
    const beside = call(`mist GET ${SITE}/setting at 400 for 100`);
    const calls = [...BEST, beside].toSorted((a, b) => a.at - b.at);
    expect(chainIn(calls)).toEqual(BEST);
  });

  test('counts no call that began before the one in front of it was answered', () => {
    const early = BEST.map((one, index) => (index === 4 ? { ...one, at: one.at - 1 } : one));
    const found = chainIn(early);
    expect(found[4]).not.toBe(early[4]);
    expect(chainIn(BEST.slice(0, 12)).at(-1)).toBeUndefined();
  });
});

describe('the critical path', () => {
  test('goes backwards over the call that was answered last, with the time between', () => {
    const site = call(`mist GET ${SITE} at 20 for 100`);
    const slower = call(`mist GET ${SITE}/setting at 20 for 130`);
    const template = call(`mist GET ${ORG}/gatewaytemplates at 155 for 100`);
    const put = call(`mist PUT ${DEVICE} at 300 for 100`);
    expect(criticalPath([site, slower, template, put], 10, put)).toEqual([
      { call: slower, gapMs: 10 },
      { call: template, gapMs: 5 },
      { call: put, gapMs: 45 },
    ]);
  });

  test('leaves out what ran beside, what came before the start and what came later', () => {
    const before = call(`mist GET ${SITE} at 0 for 50`);
    const first = call(`entra GET ${NETWORKS} at 100 for 100`);
    const beside = call(`mist GET ${SITE} at 150 for 100`);
    const last = call(`entra POST ${NETWORKS} at 210 for 100`);
    const later = call(`mist GET ${SITE} at 300 for 100`);
    const path = criticalPath([before, first, beside, last, later], 90, last);
    expect(path).toEqual([
      { call: first, gapMs: 10 },
      { call: last, gapMs: 10 },
    ]);
  });

  test('of answers that came together the own vendor is the cause', () => {
    const mist = call(`mist POST ${ORG}/services at 10 for 110`);
    const entra = call(`entra POST ${NETWORKS} at 0 for 101`);
    const next = call(`entra GET ${NETWORK}/deviceLinks at 125 for 100`);
    expect(criticalPath([entra, mist, next], 0, next).map((step) => step.call)).toEqual([entra, next]);
    const late = call(`mist POST ${ORG}/services at 10 for 150`);
    const after = { ...next, at: 165 };
    expect(criticalPath([entra, late, after], 0, after).map((step) => step.call)).toEqual([late, after]);
  });
});
