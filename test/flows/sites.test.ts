import { describe, expect, test } from 'vitest';
import { failureOf, valueOf } from './support/asking.ts';
import { startRig } from './support/rig.ts';

describe('finding a site by what a person types', () => {
  test('the exact name wins, in any case and with spaces around it', async () => {
    const rig = await startRig({ start: false });
    rig.mist.portal.editSite('Porto', (body) => (body['name'] = 'Lyon 2'));
    expect(valueOf(await rig.flows.findSite(' lYoN '))).toEqual({ id: rig.site('Lyon'), name: 'Lyon' });
  });

  test('an ID and a prefix that only one site has are enough', async () => {
    const rig = await startRig({ start: false });
    const paris = { id: rig.site('Paris'), name: 'Paris' };
    expect(valueOf(await rig.flows.findSite(paris.id))).toEqual(paris);
    expect(valueOf(await rig.flows.findSite('pa'))).toEqual(paris);
  });

  test('a prefix of several sites is answered with them, many with some and a count', async () => {
    const rig = await startRig({ start: false });
    const few = failureOf(await rig.flows.findSite('p'));
    expect(few).toEqual({
      code: 'flow.site_ambiguous',
      hint: 'Several sites match "p": Paris, Porto. Type more of the name.',
    });
    const all = failureOf(await rig.flows.findSite(''));
    expect(all.hint).toContain('Bruges, Geneva, Lyon, Nice, Oslo and 4 more');
  });

  test('two sites of one name are ambiguous, and their IDs are not', async () => {
    const rig = await startRig({ start: false });
    rig.mist.portal.editSite('Porto', (body) => (body['name'] = 'Lyon'));
    expect(failureOf(await rig.flows.findSite('Lyon')).code).toBe('flow.site_ambiguous');
    const second = [...rig.mist.store.sites.keys()].findLast(
      (id) => rig.mist.store.sites.get(id)?.body.name === 'Lyon',
    );
    expect(valueOf(await rig.flows.findSite(second ?? '')).id).toBe(second);
  });

  test('a name that no site has is answered with the nearest', async () => {
    const rig = await startRig({ start: false });
    const unknown = failureOf(await rig.flows.findSite('Lyno'));
    expect(unknown.code).toBe('flow.site_unknown');
    expect(unknown.hint).toMatch(/^There is no site "Lyno" in Mist\. Nearest: /);
    expect(unknown.hint).toContain('Lyon');
  });

  test('an organisation without sites says so', async () => {
    const rig = await startRig({ start: false });
    rig.mist.store.sites.clear();
    expect(failureOf(await rig.flows.findSite('Lyon')).hint).toBe('Mist has no sites in this organisation.');
    expect(valueOf(await rig.flows.searchSites('', 10))).toEqual([]);
  });
});

describe('searching sites as somebody types', () => {
  test('answers sites whose name contains the text, by name and no more than asked for', async () => {
    const rig = await startRig({ start: false });
    const names = async (query: string, limit: number): Promise<string[]> =>
      valueOf(await rig.flows.searchSites(query, limit)).map((s) => s.name);
    expect(await names('O', 100)).toEqual(['Lyon', 'Oslo', 'Porto', 'Rome']);
    expect(await names(' o ', 2)).toEqual(['Lyon', 'Oslo']);
    expect(await names('atlantis', 10)).toEqual([]);
  });

  test('asks Mist once for everybody who types within half a minute, then again', async () => {
    const rig = await startRig({ start: false });
    const asked = (): number => rig.mist.calls.filter((c) => c.path.endsWith('/sites')).length;
    await Promise.all(['l', 'ly', 'lyo'].map((text) => rig.flows.searchSites(text, 10)));
    await rig.flows.findSite('Lyon');
    expect(asked()).toBe(1);
    rig.clock.aheadMs = 31_000;
    rig.mist.portal.editSite('Porto', (body) => (body['name'] = 'Lyon 2'));
    expect(valueOf(await rig.flows.searchSites('lyon', 10))).toHaveLength(2);
    expect(asked()).toBe(2);
  });

  test("is Mist's failure while Mist is away, which nobody has to wait out", async () => {
    const rig = await startRig({ start: false });
    rig.mist.faults.plant({ path: '/sites$', times: -1, action: { kind: 'answer', status: 403 } });
    expect(failureOf(await rig.flows.searchSites('lyon', 10)).code).toBe('mist.forbidden');
    expect(failureOf(await rig.flows.findSite('lyon')).code).toBe('mist.forbidden');
    rig.mist.faults.remove();
    expect(valueOf(await rig.flows.findSite('lyon')).name).toBe('Lyon');
  });
});
