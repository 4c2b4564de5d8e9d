import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, failureOf, valueOf, viewOf } from '../support/asking.ts';
import { startRig } from '../support/rig.ts';

describe('history', () => {
  test('tells who asked, who decided about which digest, what was changed when, and how it ended', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig, { values: { ticket: 'CHG-7' } });
    await rig.until(id, 'onboarded');
    const page = valueOf(await rig.flows.history({ site: 'lyon' }));
    const { digest } = (await rig.store.requests.get(id))!;
    expect(page).toMatchObject({ site: { name: 'Lyon' }, offset: 0, hasMore: false });
    const [entry] = page.entries;
    expect(entry).toMatchObject({
      requestId: id,
      state: 'Onboarded',
      verb: 'onboard',
      requester: ANNA.user,
      ticket: 'CHG-7',
      digest,
      result: expect.stringMatching(/^Lyon: tunnels 1\/1/) as string,
    });
    expect(entry?.decisions).toEqual([
      { user: BEN.user, action: 'approve', revision: 1, digest, at: expect.any(Number) as number },
    ]);
    expect(entry?.operations.map(({ what, state }) => `${what}: ${state}`)).toContain(
      'Create remote network Lyon: done',
    );
    expect(entry?.operations.every(({ at }) => at !== undefined)).toBe(true);
  });

  test('turns pages by rows, of one site or of all, newest first', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const row = (await rig.store.requests.get(id))!;
    for (let n = 1; n <= 11; n += 1) {
      const other = n % 2 === 0 ? { siteId: rig.site('Porto'), siteName: 'Porto' } : {};
      await rig.store.requests.insert({ ...row, ...other, id: `r${n}`, state: 'rejected', createdAt: n });
    }
    const ids = async (of: Parameters<typeof rig.flows.history>[0]) => {
      const page = valueOf(await rig.flows.history(of));
      return [page.entries.map((e) => e.requestId), page.hasMore];
    };
    expect(await ids({})).toEqual([[id, 'r11', 'r10', 'r9', 'r8'], true]);
    expect(await ids({ offset: 10 })).toEqual([['r2', 'r1'], false]);
    expect(await ids({ site: 'Porto' })).toEqual([['r10', 'r8', 'r6', 'r4', 'r2'], false]);
    expect(await ids({ siteId: row.siteId, offset: 5 })).toEqual([['r3', 'r1'], false]);
    expect(await ids({ offset: 100 })).toEqual([[], false]);
  });

  test('asks no vendor, and names what it does not know', async () => {
    const rig = await startRig({ start: false });
    await ask(rig);
    await ask(rig, { site: 'Porto' });
    await ask(rig, { site: 'Paris' });
    const calls = () => rig.entra.calls.length + rig.mist.calls.length;
    const before = calls();
    expect(valueOf(await rig.flows.history({ site: 'Ly' })).site?.name).toBe('Lyon');
    expect(failureOf(await rig.flows.history({ site: 'Atlantis' }))).toMatchObject({
      code: 'flow.no_history',
    });
    expect(failureOf(await rig.flows.history({ site: 'P' })).hint).toContain('Paris, Porto');
    expect(failureOf(await rig.flows.evidence('nothing')).code).toBe('flow.request_unknown');
    expect(calls()).toBe(before);
  });

  test('keeps what was decided about earlier revisions', async () => {
    const rig = await startRig({ start: false, settings: { approvalsNeeded: 2 } });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    valueOf(await rig.flows.submitForm(ANNA, form.draftId, { ...form.initial, bandwidth: 'mbps500' }));
    await rig.flows.reject(BEN, id, 'too wide');
    const [entry] = valueOf(await rig.flows.history({})).entries;
    expect(entry?.decisions.map((d) => [d.action, d.revision, d.reason])).toEqual([
      ['approve', 1, undefined],
      ['reject', 2, 'too wide'],
    ]);
    expect(new Set(entry?.decisions.map((d) => d.digest)).size).toBe(2);
    expect(await viewOf(rig, id)).toMatchObject({ state: 'Rejected' });
  });
});
