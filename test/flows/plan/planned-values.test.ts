import { describe, expect, test } from 'vitest';
import type { Option } from '../../../src/design/types.ts';
import { masked } from '../../../src/flows/plan/masked.ts';
import type { FormValues } from '../../../src/flows/types.ts';
import { ask, BEN } from '../support/asking.ts';
import { deviceOf } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Tree = Record<string, unknown>;

async function plannedAfter(rig: Rig, id: string, operation: string): Promise<Tree> {
  const plan = (await rig.store.requests.get(id))?.plan as {
    operations: { id: string; values?: { after: unknown } }[];
  };
  return plan.operations.find((o) => o.id === operation)?.values?.after as Tree;
}

/** What only the run can know, taken out of both: keys, endpoints, Microsoft's AS numbers. */
function known(value: unknown): unknown {
  const text = JSON.stringify(masked(value), (key, item: unknown) =>
    key === 'hosts' || key === 'remote_ids' || key === 'neighbor_as' ? 'read during the run' : item,
  );
  return JSON.parse(text);
}

describe('what a plan says that will stand', () => {
  test.each<[string, Option, FormValues]>([
    ['Lyon', 'single-wan', {}],
    ['Lyon', 'dual-wan-zone-redundant', {}],
    ['Geneva', 'dual-wan-zone-redundant', { zone_topology: 'tunnel-per-zone' }],
    ['Paris', 'single-wan', { mode: 'internet' }],
  ])('is what stands after the run: %s, %s', async (site, option, values) => {
    const rig = await startRig();
    const id = await ask(rig, { site, option, values });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    const { body } = deviceOf(rig, site);
    const wanted = {
      ...(await plannedAfter(rig, id, 'mist.connectors')),
      ...(await plannedAfter(rig, id, 'mist.policy')),
    };
    expect(Object.keys(wanted)).toEqual([
      'tunnel_configs',
      'bgp_config',
      'routing_policies',
      'service_policies',
    ]);
    for (const [key, value] of Object.entries(wanted)) expect(known(body[key])).toEqual(known(value));

    const [network] = [...rig.entra.store.networks.values()].filter((n) => n.name === site);
    const planned = await plannedAfter(rig, id, 'entra.network');
    expect(planned).toMatchObject({ name: network?.name, region: network?.region });
    for (const link of rig.entra.store.links.values()) {
      const index = String(link.resource.name).endsWith('wan1') ? 2 : 1;
      expect(masked(link.resource)).toMatchObject(
        masked(await plannedAfter(rig, id, `entra.link.${index}`)) as Tree,
      );
    }
    const services = [...rig.mist.store.services.values()].filter((s) =>
      String(s['name']).startsWith('Microsoft'),
    );
    expect(services).toEqual([expect.objectContaining(await plannedAfter(rig, id, 'mist.application'))]);
  });
});
