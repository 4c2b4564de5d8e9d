import { describe, expect, test } from 'vitest';
import type { Topology } from '../../src/flows/topology.ts';
import { ask, askAndApprove, BEN, viewOf } from './support/asking.ts';
import { startRig } from './support/rig.ts';
import { runOutOfTime } from './support/waiting.ts';

const TWO_ZONES = { range_a: '10.99.99.0/29', range_b: '10.99.100.0/29' };

function states(topology: Topology | undefined): Record<string, boolean | undefined> {
  return Object.fromEntries(
    topology?.links.flatMap((link) => [
      ...link.tunnels.map(({ name, up }) => [name, up] as const),
      ...link.gateways.map(({ bgp, established }) => [bgp, established] as const),
    ]) ?? [],
  );
}

describe('the topology of a request', () => {
  test('is planned before anything ran, and knows no endpoint', async () => {
    const rig = await startRig({ start: false });
    const { topology } = await viewOf(rig, await ask(rig));
    expect(topology?.stage).toBe('planned');
    expect(JSON.stringify(topology)).not.toContain('endpoint');
  });

  test('of a connected site is up, with the endpoints that Microsoft gave', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig, { option: 'single-wan-zone-redundant', values: TWO_ZONES });
    await rig.until(id, 'onboarded');
    const { topology } = await viewOf(rig, id);
    expect(states(topology)).toEqual({ 'mssse-wan0': true, '10.99.99.2': true, '10.99.100.2': true });
    const given = rig.entra.gatewayInstances().map(({ endpoint }) => endpoint);
    expect(topology?.links[0]?.gateways.map(({ endpoint }) => endpoint)).toEqual(given);
  });

  test('of a site that needs a decision says what is down, and nothing of what was not looked at', async () => {
    const rig = await startRig();
    const id = await ask(rig, { option: 'dual-wan', values: { range_a: '10.99.99.0/29' } });
    rig.mist.portal.setWanUp('Lyon', 'wan1', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /1\/2/);
    await rig.until(id, 'needs-decision');
    expect(states((await viewOf(rig, id)).topology)).toEqual({
      'mssse-wan0': true,
      'mssse-wan1': false,
      '10.99.99.2': undefined,
      '10.99.99.6': undefined,
    });
  });

  test('shows the zone that stays silent over the tunnel to the other', async () => {
    const rig = await startRig();
    rig.plane.zone2ThroughZone1 = false;
    const id = await askAndApprove(rig, { option: 'single-wan-zone-redundant', values: TWO_ZONES });
    await runOutOfTime(rig, id, 'verify.neighbors', /zone 2 not reachable/);
    await rig.until(id, 'needs-decision');
    expect(states((await viewOf(rig, id)).topology)).toEqual({
      'mssse-wan0': true,
      '10.99.99.2': true,
      '10.99.100.2': false,
    });
  });
});
