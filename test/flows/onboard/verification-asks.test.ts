import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, CARLA, failureOf, viewOf } from '../support/asking.ts';
import { configuration, holdLock, ours } from '../support/both-sides.ts';
import { CHANNEL, startRig, type Rig } from '../support/rig.ts';
import { looksGoOn, runOutOfTime } from '../support/waiting.ts';

/** A request whose tunnel does not come up: configured on both sides, without the cutover. */
async function stuck(): Promise<{ rig: Rig; id: string; before: unknown }> {
  const rig = await startRig();
  const id = await ask(rig);
  const before = configuration(rig);
  rig.mist.portal.setWanUp('Lyon', 'wan0', false);
  await rig.flows.approve(BEN, id);
  await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
  await rig.until(id, 'needs-decision');
  return { rig, id, before };
}

describe('a tunnel that does not come up', () => {
  test('keeps the configuration without the cutover and asks', async () => {
    const { rig, id } = await stuck();
    const view = await viewOf(rig, id);
    expect(view.state).toBe('Needs decision');
    expect(view.reason).toContain('Tunnels come up: not reached within');
    expect(view.reason).toContain('mssse-wan0 is down (WAN interface down)');
    expect(view.failure?.code).toBe('flow.deadline');
    expect(ours(rig)).toMatchObject({ connectors: ['mssse-wan0'], policies: [], links: ['Lyon-wan0'] });
    const open = await rig.flows.openForm(ANNA, {
      siteId: rig.site('Lyon'),
      option: 'single-wan',
      channel: CHANNEL,
    });
    expect(failureOf(open).code).toBe('flow.request_open');
  });

  test('retry goes on where it stopped', async () => {
    const { rig, id } = await stuck();
    rig.mist.portal.setWanUp('Lyon', 'wan0', true);
    expect(await rig.flows.retry(ANNA, id)).toEqual({
      kind: 'accepted',
      message: 'Trying again. The card follows.',
    });
    await rig.until(id, 'onboarded');
    expect(ours(rig)).toMatchObject({
      networks: ['Lyon'],
      links: ['Lyon-wan0'],
      policies: ['microsoft-sse'],
    });
  });

  test('retry without anything mended asks again', async () => {
    const { rig, id } = await stuck();
    await rig.flows.retry(ANNA, id);
    await rig.until(id, 'running');
    await looksGoOn(rig);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    expect(ours(rig).policies).toEqual([]);
  });

  test('roll back leaves both sides as they were', async () => {
    const { rig, id, before } = await stuck();
    expect((await rig.flows.rollBack(BEN, id)).message).toBe(
      'Rolling back, in reverse order. The card follows.',
    );
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
    expect(await rig.store.ledger.live()).toEqual([]);
    expect(await rig.store.registry.all()).toEqual([]);
    expect((await viewOf(rig, id)).left).toEqual([]);
    expect((await rig.flows.retry(ANNA, id)).message).toContain('already rolled back');
  });

  test('keep leaves everything, and retry and roll back stay possible', async () => {
    const { rig, id } = await stuck();
    expect((await rig.flows.keep(BEN, id)).message).toBe('Kept as it is. The card follows.');
    expect(await viewOf(rig, id)).toMatchObject({
      state: 'Needs decision',
      reason: 'Kept without the cutover: the configuration stays on both sides, no traffic uses it.',
    });
    expect(ours(rig)).toMatchObject({ connectors: ['mssse-wan0'], policies: [] });
    expect((await rig.flows.keep(BEN, id)).kind).toBe('refused');
  });

  test('kept, then retried', async () => {
    const { rig, id } = await stuck();
    await rig.flows.keep(BEN, id);
    rig.mist.portal.setWanUp('Lyon', 'wan0', true);
    expect((await rig.flows.retry(ANNA, id)).kind).toBe('accepted');
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).reason).toBeUndefined();
  });

  test('kept, then rolled back', async () => {
    const { rig, id, before } = await stuck();
    await rig.flows.keep(BEN, id);
    expect((await rig.flows.rollBack(ANNA, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
  });

  test('of retry, roll back and keep at once exactly one is taken', async () => {
    const { rig, id } = await stuck();
    const answers = await Promise.all([
      rig.flows.rollBack(BEN, id),
      rig.flows.retry(ANNA, id),
      rig.flows.rollBack(CARLA, id),
      rig.flows.retry(CARLA, id),
    ]);
    expect(answers.filter((a) => a.kind === 'accepted')).toHaveLength(1);
    await rig.until(id, 'rolled-back');
  });

  test('roll back waits for a lock that a later run holds', async () => {
    const { rig, id } = await stuck();
    await rig.flows.keep(BEN, id);
    // The kept run has given its locks back: another site may create what it had created.
    const [run] = await rig.store.runs.ofRequest(id);
    const keys = await rig.store.runs.lockKeys(run!.id);
    await holdLock(rig, id, keys[0]!);
    expect(await rig.flows.rollBack(BEN, id)).toEqual({
      kind: 'refused',
      message: 'Somebody else has just decided, or another run holds this device.',
    });
    expect((await viewOf(rig, id)).state).toBe('Needs decision');
    await rig.store.runs.unlock('other');
    expect((await rig.flows.rollBack(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
  });
});

describe('what else is waited for', () => {
  test('a tunnel that is not reported is not called down', async () => {
    const rig = await startRig({ timing: { softwareInstallMs: 3_600_000 } });
    const id = await askAndApprove(rig);
    await runOutOfTime(rig, id, 'verify.tunnels', /not reported/);
    await rig.until(id, 'needs-decision');
    const { reason } = await viewOf(rig, id);
    expect(reason).toContain('mssse-wan0 is not reported yet');
    expect(reason).not.toContain('down');
  });

  test('a zone that is silent over one tunnel has a verdict of its own', async () => {
    const rig = await startRig();
    rig.plane.zone2ThroughZone1 = false;
    const id = await askAndApprove(rig, { option: 'single-wan-zone-redundant' });
    await runOutOfTime(rig, id, 'verify.neighbors', /zone 2 not reachable/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain(
      'up, zone 2 not reachable over this tunnel: 10.99.96.10 (zone 2)',
    );
    expect(ours(rig).policies).toEqual([]);
  });

  test('a neighbor that speaks another AS', async () => {
    const rig = await startRig({ timing: { bgpUpMs: 3_600_000 } });
    const id = await askAndApprove(rig, { option: 'dual-wan' });
    await runOutOfTime(rig, id, 'verify.neighbors', /0\/2/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toMatch(
      /BGP 0\/2: 10\.99\.96\.2 \(zone 1\) is (connect|open_sent|active)/,
    );
  });

  test('no route at all, and then some', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const peers = rig.plane.bgpPeers.bind(rig.plane);
    rig.plane.bgpPeers = (mac) => peers(mac).map((peer) => ({ ...peer, learned: [] }));
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.routes', /No routes/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain('No routes learned yet');
    rig.plane.bgpPeers = peers;
    await rig.flows.retry(ANNA, id);
    await rig.until(id, 'onboarded');
  });

  test('routes that do not cover the profile are counted and some of the missing named', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const peers = rig.plane.bgpPeers.bind(rig.plane);
    rig.plane.bgpPeers = (mac) => peers(mac).map((peer) => ({ ...peer, learned: peer.learned.slice(0, 21) }));
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.routes', /missing/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toMatch(
      /21 routes learned; 4 prefixes of the traffic profile are missing \(\S+, \S+, \S+\)/,
    );
  });

  test('our own prefixes that are not announced', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const peers = rig.plane.bgpPeers.bind(rig.plane);
    rig.plane.bgpPeers = (mac) => peers(mac).map((peer) => ({ ...peer, announced: [] }));
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.routes', /not announced/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain('our own prefixes are not announced to 10.99.96.2 yet');
  });

  test("a learned route that is wider than the site's own network and so not refused", async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const peers = rig.plane.bgpPeers.bind(rig.plane);
    const withOwn = (learned: string[]): string[] => (learned.length > 0 ? [...learned, '10.0.0.0/8'] : []);
    rig.plane.bgpPeers = (mac) => peers(mac).map((peer) => ({ ...peer, learned: withOwn(peer.learned) }));
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.routes', /overlaps/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain("A learned route overlaps the site's own network");
  });

  test('a router that does not answer is said so', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.faults.plant({
      path: '/show_route$',
      times: -1,
      action: { kind: 'answer', status: 200, body: '{"session":"never"}' },
    });
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.routes', /has not answered/);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain('The router has not answered "show routes" yet');
  });
});
