import { describe, expect, test } from 'vitest';
import { inputsOf, itemOf, plan, type Wish } from '../support/asking.ts';
import { deviceOf } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

async function itemIn(id: string, world: (rig: Rig) => void = () => undefined, wish: Wish = {}) {
  const rig = await startRig({ start: false });
  const inputs = await inputsOf(rig, wish);
  world(rig);
  return itemOf((await plan(rig, inputs)).preflight, id);
}

const report = (patch: object) => (rig: Rig) => {
  const { body } = deviceOf(rig);
  const stats = {
    type: 'gateway',
    id: body.id,
    mac: body.mac,
    status: 'connected',
    model: 'SSR120',
    is_ha: false,
  };
  rig.mist.faults.plant({
    path: '/stats/devices/',
    times: -1,
    action: {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...stats, ...patch }),
    },
  });
};

describe('addresses that the router reports', () => {
  const id = 'mist.wan.reported';

  test('are those of the configuration, or not reported at all', async () => {
    expect(await itemIn(id)).toMatchObject({ verdict: 'pass', seen: '203.0.113.10' });
    expect(await itemIn(id, report({}))).toMatchObject({ verdict: 'pass', seen: 'not reported' });
  });

  test('differ from the configuration: a warning that names both', async () => {
    const port = { port_id: 'ge-0/0/0', wan_name: 'wan0', ips: ['203.0.113.200/30'] };
    expect(await itemIn(id, report({ if_stat: { 'ge-0/0/0.0': port } }))).toMatchObject({
      verdict: 'warning',
      seen: "wan0 has 203.0.113.200, Mist's configuration says 203.0.113.10",
    });
  });

  test('the router is seen at an address that nobody knows', async () => {
    const item = await itemIn(id, report({ ext_ip: '198.51.100.200' }));
    expect(item).toMatchObject({ verdict: 'warning' });
    expect(item.seen).toContain('198.51.100.200');
  });

  test('cannot be read: unknown', async () => {
    const refuse = (rig: Rig) =>
      void rig.mist.faults.plant({
        path: '/stats/devices/',
        times: -1,
        action: { kind: 'answer', status: 403 },
      });
    expect((await itemIn(id, refuse)).verdict).toBe('unknown');
  });
});

describe('tunnels on each node', () => {
  const id = 'mist.tunnels';

  test("ours and other people's are counted together", async () => {
    expect(await itemIn(id, undefined, { option: 'dual-wan' })).toMatchObject({ verdict: 'pass' });
    const foreign = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [`other-${n}`, { primary: { wan_names: ['wan0'] } }]),
    );
    const crowded = await itemIn(id, (rig) =>
      rig.mist.portal.editDevice('Lyon', (body) => (body['tunnel_configs'] = foreign)),
    );
    expect(crowded.verdict).toBe('warning');
    expect(crowded.seen).toContain('on node0');
  });
});
