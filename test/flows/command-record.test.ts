import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandText, recordCommand } from '../../src/flows/command-record.ts';
import { ANNA, BEN } from './support/asking.ts';
import { startRig } from './support/rig.ts';

describe('what somebody typed, as it is kept', () => {
  test.each([
    ['status Lyon', 'status Lyon'],
    ['plan 1a2b3c4d-5e6f-4a0b-8c1d-2e3f4a5b6c7d', 'plan 1a2b3c4d-5e6f-4a0b-8c1d-2e3f4a5b6c7d'],
    ['onboard "Llanfairpwllgwyngyllgogerych"', 'onboard "Llanfairpwllgwyngyllgogerych"'],
    ['freeze on psk=hunter2 leaked', 'freeze on psk=[masked] leaked'],
    ['status xoxb-123456-abcdef', 'status [token]'],
    ['status aZ3kQ9xW1mN5bV7cX2lK8jH4gF6dS0pO', 'status [masked]'],
  ])('%s', (typed, kept) => {
    expect(commandText(typed)).toBe(kept);
  });

  test('is one short line with no key in it, whatever was typed', () => {
    const key = fc
      .stringMatching(/^[A-Za-z0-9]{43}$/)
      .filter((text) => /\d/.test(text) && /[A-Za-z]/.test(text));
    fc.assert(
      fc.property(fc.string({ maxLength: 3000 }), key, (text, psk) => {
        expect(commandText(text).length).toBeLessThanOrEqual(201);
        expect(commandText(`status ${psk} ${text}`)).not.toContain(psk);
      }),
      { numRuns: 1000 },
    );
  });

  test('stands in the audit with who and where, and no failing record keeps anybody from his answer', async () => {
    const rig = await startRig({ start: false });
    const appended: unknown[] = [];
    const audit = {
      ...rig.store.audit,
      append: async (entry: Parameters<typeof rig.store.audit.append>[0]) => {
        appended.push(entry);
        await rig.store.audit.append(entry);
      },
    };
    await recordCommand({ ...rig.parts, store: { ...rig.store, audit } }, ANNA, {
      text: 'status',
      channel: 'C1',
    });
    expect(appended).toMatchObject([
      { actor: ANNA.user, action: 'command', data: { text: 'status', channel: 'C1', team: ANNA.teamId } },
    ]);
    const broken = { ...audit, append: () => Promise.reject(new Error('disk full')) };
    await recordCommand({ ...rig.parts, store: { ...rig.store, audit: broken } }, ANNA, {
      text: 'x',
      channel: 'C1',
    });
    expect(rig.log.at(-1)?.message).toContain('could not be written');
    expect(await rig.store.audit.firstBroken()).toBeUndefined();
  });
});

test('a decision about what is not there is refused and recorded', async () => {
  const rig = await startRig({ start: false });
  const last = async () => (await rig.store.audit.length()).last;
  for (const decide of [
    () => rig.flows.approve(BEN, 'made-up'),
    () => rig.flows.accept(BEN, 'made-up'),
    () => rig.flows.reject(BEN, 'made-up', 'no'),
    () => rig.flows.retry(BEN, 'made-up'),
    () => rig.flows.stopRun(BEN, 'made-up'),
    () => rig.flows.freeze(BEN, false, ''),
  ]) {
    const before = await last();
    expect((await decide()).kind).toBe('refused');
    expect(await last()).toBe(before + 1);
  }
});
