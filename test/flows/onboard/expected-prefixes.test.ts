import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SiteDesign } from '../../../src/design/types.ts';
import { accepted, expectedPrefixes, missingPrefixes } from '../../../src/flows/onboard/expected-prefixes.ts';
import { failureOf, inputsOf, plan, valueOf } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

async function designOf(rig: Rig, mode: 'm365' | 'internet'): Promise<SiteDesign> {
  const { design } = await plan(rig, await inputsOf(rig, { values: { mode } }));
  return design as unknown as SiteDesign;
}

describe('prefixes that Microsoft should announce', () => {
  test('are those of the profile, the default route only where all traffic is wanted', async () => {
    const rig = await startRig({ start: false });
    const m365 = valueOf(await expectedPrefixes(rig.parts, await designOf(rig, 'm365')));
    expect(m365).toHaveLength(25);
    expect(m365).not.toContain('0.0.0.0/0');
    const internet = valueOf(await expectedPrefixes(rig.parts, await designOf(rig, 'internet')));
    expect(internet?.toSorted()).toEqual([...(m365 ?? []), '0.0.0.0/0'].toSorted());
  });

  test.each([
    ['the profiles', '/forwardingProfiles$', 403, 'entra.forbidden', false],
    ['the profiles', '/forwardingProfiles$', 503, 'entra.unavailable', true],
    ['their policies', '/policies$', 403, 'entra.forbidden', false],
    ['their policies', '/policies$', 503, 'entra.unavailable', true],
  ])(
    'where %s cannot be read (%s: %i) are a failure, not unknown',
    async (_what, path, status, code, again) => {
      const rig = await startRig({ start: false });
      const design = await designOf(rig, 'm365');
      rig.entra.faults.plant({ path, times: -1, action: { kind: 'answer', status } });
      const read = await expectedPrefixes(rig.parts, design);
      expect(failureOf(read).code).toBe(code);
      expect(read).toMatchObject({ failure: { retryable: again } });
    },
  );

  test('are a failure where the policies of one of two profiles cannot be read', async () => {
    const rig = await startRig({ start: false });
    const design = await designOf(rig, 'internet');
    rig.entra.faults.plant({
      path: `/${rig.entra.store.profile('internet').id}/policies$`,
      times: -1,
      action: { kind: 'answer', status: 403 },
    });
    expect(failureOf(await expectedPrefixes(rig.parts, design)).code).toBe('entra.forbidden');
  });

  test('are unknown where a profile is missing or lists none', async () => {
    const rig = await startRig({ start: false });
    const design = await designOf(rig, 'internet');
    const profiles = await rig.parts.entra.forwardingProfiles();
    const ids = design.profiles.flatMap((type) => profiles.find((p) => p.type === type)?.id ?? []);
    const without = ids.slice(1);
    expect(await expectedPrefixes(rig.parts, design, without)).toEqual({ ok: true, value: undefined });
    rig.entra.store.profile('internet').policies = [];
    expect(await expectedPrefixes(rig.parts, design, ids)).toEqual({ ok: true, value: undefined });
    expect(await expectedPrefixes(rig.parts, design)).toEqual({ ok: true, value: undefined });
  });
});

describe('prefixes that nothing learned covers', () => {
  test('an equal or a wider one covers, a part does not', () => {
    const expected = ['52.96.0.0/14', '40.96.0.0/13', '13.107.6.152/31'];
    expect(missingPrefixes(expected, [])).toEqual(expected);
    expect(missingPrefixes(expected, ['52.96.0.0/14', '40.0.0.0/8'])).toEqual(['13.107.6.152/31']);
    expect(missingPrefixes(['52.96.0.0/14'], ['52.96.0.0/15', '52.98.0.0/15'])).toEqual(['52.96.0.0/14']);
    expect(missingPrefixes(expected, ['0.0.0.0/0'])).toEqual([]);
  });

  test('never more than expected, and none where everything was learned', () => {
    const prefix = fc
      .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 8, max: 24 }))
      .map(([octet, length]) => `${octet}.0.0.0/${length}`);
    fc.assert(
      fc.property(fc.array(prefix), fc.array(prefix), (expected, learned) => {
        const missing = missingPrefixes(expected, learned);
        expect(missing.every((p) => expected.includes(p))).toBe(true);
        expect(missingPrefixes(expected, [...learned, ...expected])).toEqual([]);
        expect(missingPrefixes(missing, learned)).toEqual(missing);
      }),
    );
  });
});

describe('received prefixes that the import policy lets in', () => {
  test('are all but the default route and what lies inside the own networks', () => {
    const received = [
      '0.0.0.0/0',
      '0.0.0.0/1',
      '10.20.1.0/24',
      '10.20.1.128/25',
      '10.20.0.0/16',
      '52.96.0.0/14',
    ];
    const m365 = { refuse: { name: 'mssse-in', prefixes: ['0.0.0.0/0', '10.20.1.0/24'] } };
    expect(accepted(m365, received)).toEqual(['0.0.0.0/1', '10.20.0.0/16', '52.96.0.0/14']);
    const internet = { refuse: { name: 'mssse-in', prefixes: ['10.20.1.0/24'] } };
    expect(accepted(internet, received)).toContain('0.0.0.0/0');
  });
});
