import { describe, expect, test } from 'vitest';
import { prefixSnapshot, refreshSnapshot } from '../../../src/flows/registry/prefix-snapshot.ts';
import { inputsOf, itemOf, openForm, plan } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

async function snapshotOf(rig: Rig) {
  const read = await prefixSnapshot(rig.parts);
  if (!read.ok) throw new Error(read.failure.code);
  return read.value;
}

/** Calls to the two lists that the snapshot is made from. */
function listCalls(rig: Rig): number {
  return rig.mist.calls.filter(({ path }) => /\/(networks|gatewaytemplates)(\?|$)/.test(path)).length;
}

const away = (rig: Rig) =>
  rig.mist.faults.plant({
    path: '/gatewaytemplates(\\?|$)',
    times: -1,
    action: { kind: 'answer', status: 403 },
  });

describe("the organisation's prefixes", () => {
  test('are networks, WAN subnets and extra routes of templates, each with who uses it', async () => {
    const rig = await startRig({ start: false });
    rig.mist.portal.editTemplate('Branch-Std', (body) => {
      body['extra_routes'] = { '172.30.0.0/16': { via: '10.20.0.9' }, '0.0.0.0/0': { via: '10.20.0.9' } };
      const ports = body['port_config'] as Record<string, Record<string, unknown>>;
      ports['ge-0/0/0']!['ip_config'] = { type: 'static', ip: '198.51.100.9', netmask: '/29' };
    });
    const { prefixes } = await snapshotOf(rig);
    const users = new Map(prefixes.map(({ cidr, usedBy }) => [cidr, usedBy]));
    expect(users.get('172.30.0.0/16')).toBe('an extra route of template Branch-Std');
    expect(users.has('0.0.0.0/0')).toBe(false);
    expect([...users.values()].some((usedBy) => usedBy.startsWith('network '))).toBe(true);
    expect(users.get('198.51.100.8/29')).toBe('a WAN port of template Branch-Std');
  });

  test('that are variables of each site are counted and not taken for free', async () => {
    const rig = await startRig({ start: false });
    const before = (await snapshotOf(rig)).unresolved;
    rig.mist.portal.editTemplate('Branch-Std', (body) => {
      body['extra_routes'] = { '{{nowhere}}': { via: '10.20.0.9' } };
    });
    await refreshSnapshot(rig.parts);
    expect((await snapshotOf(rig)).unresolved).toBe(before + 1);
  });

  test('are read once and kept; a refresh reads again, and only where somebody has asked before', async () => {
    const rig = await startRig({ start: false });
    await refreshSnapshot(rig.parts);
    expect(listCalls(rig)).toBe(0);
    const first = await snapshotOf(rig);
    const calls = listCalls(rig);
    expect(await snapshotOf(rig)).toEqual(first);
    expect(listCalls(rig)).toBe(calls);
    rig.clock.aheadMs = 3_600_000;
    await refreshSnapshot(rig.parts);
    expect((await snapshotOf(rig)).at).toBeGreaterThan(first.at);
  });
});

describe('a peering range', () => {
  test('is not suggested where another network or template of the organisation has it', async () => {
    const rig = await startRig({ start: false });
    const first = (await openForm(rig)).initial['range_a'] as string;
    const other = await startRig({ start: false });
    other.mist.portal.editTemplate('Branch-HA', (body) => {
      body['extra_routes'] = { [first]: { via: '10.20.0.9' } };
    });
    const form = await openForm(other);
    expect(form.initial['range_a']).not.toBe(first);
    expect(form.notes.join(' ')).toContain('networks and templates, read just now');
    const problems = await other.flows.checkForm(form.draftId, { ...form.initial, range_a: first });
    expect(problems).toMatchObject({ ok: true, value: [{ field: 'range_a' }] });
  });

  test('that the organisation uses fails the plan, with the name of who uses it', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig, { values: { range_a: '10.99.99.0/29' } });
    rig.mist.portal.editTemplate('Branch-HA', (body) => {
      body['extra_routes'] = { '10.99.99.0/24': { via: '10.20.0.9' } };
    });
    await refreshSnapshot(rig.parts);
    const item = itemOf((await plan(rig, inputs)).preflight, 'X25');
    expect(item).toMatchObject({
      verdict: 'fail',
      seen: '10.99.99.0/24 is used by an extra route of template Branch-HA',
    });
  });

  test('is never free by not having looked: unread is unknown, and the form says so', async () => {
    const rig = await startRig({ start: false });
    away(rig);
    const form = await openForm(rig);
    expect(form.notes.join(' ')).toContain('could not be read (mist.forbidden)');
    const { preflight } = await plan(rig, await inputsOf(rig));
    expect(itemOf(preflight, 'mist.snapshot').verdict).toBe('unknown');
    expect(itemOf(preflight, 'X25').verdict).toBe('unknown');
  });

  test('that was checked against an old picture is a warning with its age', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig);
    rig.clock.aheadMs = 5 * 3_600_000;
    const item = itemOf((await plan(rig, inputs)).preflight, 'mist.snapshot');
    expect(item.verdict).toBe('warning');
    expect(item.seen).toContain('read 5 h ago');
  });
});
