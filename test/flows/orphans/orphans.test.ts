import { describe, expect, test } from 'vitest';
import { ANNA, askAndApprove, BEN, failureOf, valueOf, viewOf } from '../support/asking.ts';
import { configuration, ours } from '../support/both-sides.ts';
import { CHANNEL, startRig, type Rig } from '../support/rig.ts';
import { runOutOfTime } from '../support/waiting.ts';

/** Lyon was connected once, and the bot has lost sight of it: everything of it is an orphan. */
async function abandoned() {
  const rig = await startRig();
  const before = configuration(rig);
  const id = await askAndApprove(rig);
  await rig.until(id, 'onboarded');
  await rig.store.sites.remove(rig.site('Lyon'));
  await rig.store.registry.release(id);
  return { rig, before };
}

async function remove(rig: Rig, orphanId: string): Promise<string> {
  return valueOf(await rig.flows.removeOrphan(ANNA, { orphanId, channel: CHANNEL })).requestId;
}

async function idOf(rig: Rig, kind: string): Promise<string> {
  const found = (await rig.flows.orphans()).orphans.find((o) => o.id.startsWith(`${kind}/`));
  if (!found) throw new Error(`no orphan of kind ${kind}`);
  return found.id;
}

describe('what is ours and belongs to no connected site', () => {
  test('is listed by side, with everything that goes together; a connected site has none', async () => {
    const { rig } = await abandoned();
    const { orphans, unread, gone, missing } = await rig.flows.orphans();
    expect({ unread, gone, missing }).toEqual({ unread: [], gone: [], missing: [] });
    expect(orphans.map(({ side, site, what }) => ({ side, site, what: [...what].toSorted() }))).toEqual(
      expect.arrayContaining([
        { side: 'entra', site: 'Lyon', what: ['device link Lyon-wan0', 'remote network Lyon'] },
        {
          side: 'mist',
          site: 'Lyon',
          what: [
            'BGP group mssse-wan0',
            'application policy microsoft-sse',
            'connector mssse-wan0',
            'routing policy mssse-in',
            'routing policy mssse-out',
          ],
        },
        { side: 'mist', site: 'Lyon', what: ['application Microsoft-SSE'] },
      ]),
    );
    const healthy = await startRig();
    await healthy.until(await askAndApprove(healthy), 'onboarded');
    expect((await healthy.flows.orphans()).orphans).toEqual([]);
  });

  test('is removed plan by plan in the safe order, and listed until it is gone', async () => {
    const { rig, before } = await abandoned();
    // Entra is never first.
    const early = await remove(rig, await idOf(rig, 'network'));
    expect(await viewOf(rig, early)).toMatchObject({ canApprove: false, verb: 'orphan' });
    await rig.flows.cancel(ANNA, early);
    for (const kind of ['device', 'network', 'application']) {
      const id = await remove(rig, await idOf(rig, kind));
      const view = await viewOf(rig, id);
      expect(view).toMatchObject({ state: 'Plan', canApprove: true, canEdit: false });
      expect(await rig.flows.approve(ANNA, id)).toMatchObject({ kind: 'refused' });
      expect((await rig.flows.orphans()).orphans.some((o) => o.id.startsWith(`${kind}/`))).toBe(true);
      await rig.flows.approve(BEN, id);
      await rig.until(id, 'changed');
      expect((await viewOf(rig, id)).outcome.join()).toContain('Removed:');
      expect((await rig.flows.orphans()).orphans.some((o) => o.id.startsWith(`${kind}/`))).toBe(false);
    }
    expect(configuration(rig)).toEqual(before);
    expect(await rig.store.ledger.live()).toEqual([]);
  });

  test('an object of the same name that somebody else made is neither listed nor removed', async () => {
    const { rig } = await abandoned();
    rig.entra.settings.uniqueNames = false;
    rig.entra.store.seedForeignNetwork({ name: 'Lyon', links: 1, profile: 'm365' });
    await rig.until(await approved(rig, await idOf(rig, 'device')), 'changed');
    await rig.until(await approved(rig, await idOf(rig, 'network')), 'changed');
    expect(ours(rig).networks).toEqual(['Lyon']);
    expect((await rig.flows.orphans()).orphans.filter((o) => o.side === 'entra')).toEqual([]);
  });

  test('the application is no orphan while a connected site uses it, whoever made it', async () => {
    const { rig } = await abandoned();
    const porto = await askAndApprove(rig, { site: 'Porto', values: { range_a: '10.99.97.0/29' } });
    await rig.until(porto, 'onboarded');
    const { orphans } = await rig.flows.orphans();
    expect(orphans.flatMap((o) => o.what)).not.toContain('application Microsoft-SSE');
  });
});

describe('what cannot be known', () => {
  test('a vendor that is not readable is said so, and its part stays listed', async () => {
    const { rig } = await abandoned();
    const { id: fault } = rig.entra.faults.plant({ times: -1, action: { kind: 'answer', status: 403 } });
    const report = await rig.flows.orphans();
    expect(report.unread.map((f) => f.code)).toEqual(['entra.forbidden']);
    expect(report.gone).toEqual([]);
    expect(report.orphans.find((o) => o.side === 'entra')).toMatchObject({
      whyNotRemovable: 'could not be read',
    });
    const entra = report.orphans.find((o) => o.side === 'entra')!;
    expect(failureOf(await rig.flows.removeOrphan(ANNA, { orphanId: entra.id, channel: CHANNEL })).code).toBe(
      'entra.forbidden',
    );
    rig.entra.faults.remove(fault);
    expect((await rig.flows.orphans()).unread).toEqual([]);
  });

  test('what is gone for certain is noted so once, with the audit', async () => {
    const { rig } = await abandoned();
    const network = [...rig.entra.store.networks.values()].find((n) => n.name === 'Lyon')!;
    rig.entra.store.removeNetwork(network.id);
    const report = await rig.flows.orphans();
    expect([...report.gone].toSorted()).toEqual([
      'device link Lyon-wan0 (Lyon)',
      'remote network Lyon (Lyon)',
    ]);
    expect((await rig.flows.orphans()).gone).toEqual([]);
    expect((await rig.store.ledger.live()).every((r) => r.vendor === 'mist')).toBe(true);
  });

  test('what a connected site has lost is named and stays in the ledger', async () => {
    const rig = await startRig();
    await rig.until(await askAndApprove(rig), 'onboarded');
    const network = [...rig.entra.store.networks.values()].find((n) => n.name === 'Lyon')!;
    rig.entra.store.removeNetwork(network.id);
    const report = await rig.flows.orphans();
    expect(report.missing).toEqual(
      expect.arrayContaining(['remote network Lyon of Lyon', 'device link Lyon-wan0 of Lyon']),
    );
    expect((await rig.store.ledger.live()).some((r) => r.kind === 'remote-network')).toBe(true);
  });

  test('what waits for a decision is listed with that, without a button', async () => {
    const rig = await startRig({ timing: { tunnelUpMs: 3_600_000 } });
    const id = await askAndApprove(rig);
    await runOutOfTime(rig, id, 'verify.tunnels');
    await rig.until(id, 'needs-decision');
    const { orphans } = await rig.flows.orphans();
    expect(orphans.length).toBeGreaterThan(0);
    expect(new Set(orphans.map((o) => o.whyNotRemovable))).toEqual(
      new Set(['its card waits for a decision']),
    );
    await rig.flows.rollBack(ANNA, id);
    await rig.until(id, 'rolled-back');
    expect((await rig.flows.orphans()).orphans).toEqual([]);
  });
});

async function approved(rig: Rig, orphanId: string): Promise<string> {
  const id = await remove(rig, orphanId);
  const answer = await rig.flows.approve(BEN, id);
  if (answer.kind !== 'accepted') throw new Error(answer.message);
  return id;
}
