import { describe, expect, it } from 'vitest';
import { ACCEPTED_POLICIES } from '../../src/design/accepted-policies.ts';
import { IKE_PROPOSALS } from '../../src/design/ike-proposals.ts';
import {
  IKE_LIFETIME_LIMITS,
  SA_LIFETIME_LIMITS,
  saLifetimeProblem,
} from '../../src/design/vendor-crypto.ts';

describe('the policies that both vendors accept', () => {
  const keys = (pick: (policy: (typeof ACCEPTED_POLICIES)[number]) => string | number): unknown[] => [
    ...new Set(ACCEPTED_POLICIES.map(pick)),
  ];

  it('use only algorithms with a name on both sides', () => {
    expect(keys((p) => p.ike.encryption).toSorted()).toEqual(
      ['aes-gcm-128', 'aes-gcm-256', 'aes128', 'aes256'].toSorted(),
    );
    expect(keys((p) => p.ike.integrity)).toEqual(['sha256', 'sha384']);
    expect(keys((p) => p.ike.dhGroup).toSorted()).toEqual([14, 19, 20, 24]);
    expect(keys((p) => p.esp.encryption)).toEqual(['aes-gcm-128', 'aes-gcm-256']);
    expect(
      ACCEPTED_POLICIES.map((p) => p.esp.pfsGroup).every((g) => [1, 2, 14, 19, 20, 24].includes(g)),
    ).toBe(true);
  });

  it('are every mix of them, each once', () => {
    expect(ACCEPTED_POLICIES).toHaveLength(4 * 2 * 4 * 2 * 6);
    expect(new Set(ACCEPTED_POLICIES.map((policy) => JSON.stringify(policy))).size).toBe(384);
  });

  it('begin with those without a doubt: CBC in phase 1, SHA-256, groups 14, 19 and 20', () => {
    const sure = ACCEPTED_POLICIES.filter((policy) => policy.doubts.length === 0);
    expect(sure).toHaveLength(2 * 1 * 3 * 2 * 3);
    expect(ACCEPTED_POLICIES.slice(0, sure.length)).toEqual(sure);
    expect(sure.every((policy) => /^aes(128|256)$/.test(policy.ike.encryption))).toBe(true);
    expect(sure.every((policy) => policy.ike.integrity === 'sha256')).toBe(true);
    expect(sure.every((policy) => policy.ike.dhGroup !== 24 && policy.esp.pfsGroup > 2)).toBe(true);
  });

  it('name a doubt once where both phases have it', () => {
    const doubtful = ACCEPTED_POLICIES.find(
      ({ ike, esp }) =>
        ike.encryption === 'aes256' &&
        ike.integrity === 'sha256' &&
        ike.dhGroup === 24 &&
        esp.pfsGroup === 24 &&
        esp.encryption === 'aes-gcm-256',
    );
    expect(doubtful?.doubts).toEqual(['unproven on an SSR']);
    const both = ACCEPTED_POLICIES.find(
      ({ ike, esp }) =>
        ike.encryption === 'aes-gcm-128' &&
        ike.integrity === 'sha384' &&
        ike.dhGroup === 14 &&
        esp.pfsGroup === 1,
    );
    expect(both?.doubts).toEqual([
      'GCM in phase 1 is unproven on an SSR',
      "Mist's sha2 is SHA-256 in Juniper's guide",
      '768 bits can be broken',
    ]);
  });

  it('hold every proposal that is offered', () => {
    for (const { ike, esp, label } of IKE_PROPOSALS) {
      const found = ACCEPTED_POLICIES.filter(
        (policy) =>
          policy.ike.encryption === ike.encryption &&
          policy.ike.integrity === ike.integrity &&
          policy.ike.dhGroup === ike.dhGroup &&
          policy.esp.encryption === esp.encryption &&
          policy.esp.pfsGroup === esp.pfsGroup,
      );
      expect(found).toHaveLength(1);
      expect(label.endsWith('(unproven)')).toBe((found[0]?.doubts.length ?? 0) > 0);
    }
  });
});

describe('lifetimes', () => {
  it.each([
    [300, 'Entra takes an SA lifetime from 301 to 86400 s, not 300 s'],
    [86_401, 'Entra takes an SA lifetime from 301 to 86400 s, not 86401 s'],
    [179, 'Entra takes an SA lifetime from 301 to 86400 s, not 179 s'],
    [1_800.5, 'The SA lifetime must be a whole number of seconds'],
    [Number.NaN, 'The SA lifetime must be a whole number of seconds'],
  ])('of %d s for an SA are refused', (seconds, message) => {
    expect(saLifetimeProblem(seconds)).toBe(message);
  });

  it.each([301, 1_800, 86_400])('of %d s for an SA suit both', (seconds) => {
    expect(saLifetimeProblem(seconds)).toBeUndefined();
  });

  it('that are written suit both', () => {
    for (const { ike, esp } of IKE_PROPOSALS) {
      expect(saLifetimeProblem(esp.lifetimeSeconds)).toBeUndefined();
      expect(ike.lifetimeSeconds).toBeGreaterThanOrEqual(IKE_LIFETIME_LIMITS.mist.from);
      expect(ike.lifetimeSeconds).toBeLessThanOrEqual(IKE_LIFETIME_LIMITS.mist.to);
    }
    expect(SA_LIFETIME_LIMITS.mist.from).toBe(180);
  });
});
