import { describe, expect, test } from 'vitest';
import { requestCard } from '../../src/commands/cards/request-card.ts';
import { ANNA, ask, BEN, CARLA, itemOf, send, valueOf, viewOf } from './support/asking.ts';
import { writes } from './support/both-sides.ts';
import { startRig, type Rig, type RigOptions } from './support/rig.ts';

/** Lyon's routers learn routes from a VPN in which the warehouse stands. */
async function withOverlay(options: RigOptions = {}): Promise<Rig> {
  const rig = await startRig(options);
  rig.mist.portal.editTemplate('Branch-Std', (body) => {
    const ports = body['port_config'] as Record<string, Record<string, unknown>>;
    ports['ge-0/0/0']!['vpn_paths'] = { 'hub-wan0.Corp': {} };
  });
  announce(rig, 'Warehouse');
  return rig;
}

function announce(rig: Rig, network: string): void {
  rig.mist.portal.editNetwork(network, (body) => (body['vpn_access'] = { Corp: { routed: true } }));
}

const decisionsOf = async (rig: Rig, id: string) =>
  (await rig.store.decisions.of(id)).map((d) => [d.user, d.action, d.revision]);

describe('networks of other sites that would become reachable', () => {
  test('are no matter where there is no overlay', async () => {
    const rig = await startRig({ start: false });
    for (const site of ['Lyon', 'Geneva', 'Paris']) {
      const { preflight } = await viewOf(rig, await ask(rig, { site }));
      expect(itemOf(preflight, 'mist.overlay')).toMatchObject({ verdict: 'pass' });
    }
  });

  test('are listed and fail; the card offers to accept them and no approval', async () => {
    const rig = await withOverlay({ start: false });
    const view = await viewOf(rig, await ask(rig, { values: { networks: ['Lab'] } }));
    expect(itemOf(view.preflight, 'mist.overlay')).toMatchObject({
      verdict: 'fail',
      seen: 'Lab, printers.Lab would reach, over the overlay: Warehouse 10.40.0.0/24 in Corp',
    });
    expect(view.canApprove).toBe(false);
    const card = JSON.stringify(requestCard(view).blocks);
    expect(card).toContain('sse_accept');
    expect(card).not.toContain('sse_approve');
    expect(await rig.flows.approve(BEN, view.id)).toMatchObject({ kind: 'refused' });
  });

  test('once accepted, the plan can be approved and is carried out; both stand in the audit', async () => {
    const rig = await withOverlay();
    const id = await ask(rig, { values: { networks: ['Lab'] } });
    expect(await rig.flows.accept(BEN, id, 1)).toMatchObject({ kind: 'accepted' });
    const view = await viewOf(rig, id);
    expect(view).toMatchObject({ canApprove: true, toAccept: [], acceptances: [{ user: BEN.user }] });
    const card = JSON.stringify(requestCard(view).blocks);
    expect(card).toContain(`What failed was accepted by <@${BEN.user}>`);
    expect(card).toContain('FAILED mist.overlay');
    expect(card).not.toContain('sse_accept');
    expect(await rig.flows.approve(BEN, id, 1)).toMatchObject({ kind: 'accepted' });
    await rig.until(id, 'onboarded');
    const audit = (await rig.store.audit.of(id)).find((row) => row.action === 'accept');
    expect(audit).toMatchObject({ actor: BEN.user });
    expect(JSON.stringify(audit?.data)).toContain('Warehouse 10.40.0.0/24');
  });

  test('are accepted by somebody else than the requester, and once', async () => {
    const rig = await withOverlay({ start: false });
    const id = await ask(rig);
    expect(await rig.flows.accept(ANNA, id)).toMatchObject({ kind: 'refused' });
    expect((await rig.store.audit.of(id)).map((a) => a.action)).toContain('accept.refused');
    const answers = await Promise.all(Array.from({ length: 5 }, () => rig.flows.accept(BEN, id)));
    expect(answers.filter((a) => a.kind === 'accepted')).toHaveLength(1);
    expect(await decisionsOf(rig, id)).toEqual([[BEN.user, 'accept', 1]]);
  });

  test('an edit asks for the acceptance again, and a card that was drawn before it accepts nothing', async () => {
    const rig = await withOverlay({ start: false });
    const id = await ask(rig);
    await rig.flows.accept(BEN, id, 1);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    await send(rig, form, { bandwidth: 'mbps500' });
    expect((await viewOf(rig, id)).canApprove).toBe(false);
    expect(await rig.flows.accept(BEN, id, 1)).toMatchObject({ kind: 'refused' });
    expect(await rig.flows.accept(CARLA, id, 2)).toMatchObject({ kind: 'accepted' });
    expect((await viewOf(rig, id)).canApprove).toBe(true);
  });

  test('that are more by the time of the run were not accepted: nothing is written', async () => {
    const rig = await withOverlay();
    const id = await ask(rig, { values: { networks: ['Lab'] } });
    await rig.flows.accept(BEN, id);
    announce(rig, 'Guest');
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'void');
    expect(writes(rig)).toEqual([]);
  });

  test('cannot be accepted away together with another failure', async () => {
    const rig = await withOverlay({ start: false });
    rig.entra.store.profile('m365').state = 'disabled';
    const id = await ask(rig);
    const view = await viewOf(rig, id);
    expect(view.toAccept).toEqual([]);
    expect(await rig.flows.accept(BEN, id)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('has to be mended') as string,
    });
  });
});
