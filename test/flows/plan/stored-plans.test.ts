import { describe, expect, test } from 'vitest';
import type { RequestRow, Store } from '../../../db/types.ts';
import { PLANTED_PSKS } from '../../../sandbox/mist/seed.ts';
import { findStoredPlan } from '../../../src/flows/plan/stored-plans.ts';
import { tempDir } from '../../db/temp-store.ts';
import { requestRow } from '../../db/rows.ts';
import { ANNA, ask, failureOf, valueOf } from '../support/asking.ts';
import { startRig } from '../support/rig.ts';

const PLAN = { version: 1, operations: [], locks: [], blastRadius: [], advice: [] };

async function withRequests(
  rows: readonly Partial<RequestRow>[],
  look: (store: Store) => Promise<void>,
): Promise<void> {
  const temp = tempDir();
  const store = await temp.open();
  for (const row of rows) await store.requests.insert(requestRow({ plan: PLAN, ...row }));
  await look(store);
  await store.close();
  temp.remove();
}

const idOf = async (store: Store, typed: string) => valueOf(await findStoredPlan(store, typed)).requestId;
const refusal = async (store: Store, typed: string) => failureOf(await findStoredPlan(store, typed));

describe('a stored plan is found', () => {
  const rows = [
    { id: '1a2b3c4d-1', siteId: 's1', siteName: 'Lyon', state: 'rejected', createdAt: 1 },
    { id: '1a2b3c4d-1-again', siteId: 's1', siteName: 'Lyon', state: 'planned', createdAt: 2 },
    { id: '1a2bffff-2', siteId: 's2', siteName: 'Lyon South', state: 'verified', createdAt: 3 },
    { id: '9f00aaaa-3', siteId: 's3', siteName: 'Paris', state: 'running', createdAt: 4 },
    { id: '9f00bbbb-4', siteId: 's3', siteName: 'Paris', state: 'failed', createdAt: 5 },
  ] as const;

  test('by its ID and by an unambiguous beginning of it, whatever the case', () =>
    withRequests(rows, async (store) => {
      expect(await idOf(store, '1a2b3c4d-1')).toBe('1a2b3c4d-1');
      expect(await idOf(store, ' 1A2Bff ')).toBe('1a2bffff-2');
      // The plan that took its place begins alike.
      expect(await idOf(store, '1a2b3c4d')).toBe('1a2b3c4d-1-again');
    }));

  test('by a site: the open request, else the newest', () =>
    withRequests(rows, async (store) => {
      expect(await idOf(store, 'paris')).toBe('9f00aaaa-3');
      expect(await idOf(store, 'Lyon')).toBe('1a2b3c4d-1-again');
      expect(await idOf(store, 'lyon s')).toBe('1a2bffff-2');
    }));

  test('not where several are meant, which are then named, or none', () =>
    withRequests(rows, async (store) => {
      const several = await refusal(store, '1a2b');
      expect(several.code).toBe('flow.request_ambiguous');
      expect(several.hint).toContain('1a2bffff-2 (Lyon South, verified)');
      for (const typed of ['', 'Oslo', '1a2b3c4d-2', '%', '_']) {
        expect((await refusal(store, typed)).code).toBe('flow.request_unknown');
      }
    }));
});

describe('the file of a plan', () => {
  test('has the ordered operations with both sides as data, design, digest, preflight and blast radius', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, { site: 'Paris', values: { networks: ['Lab'] } });
    const { file } = valueOf(await rig.flows.storedPlan(id));
    const request = await rig.store.requests.get(id);
    expect(file).toMatchObject({
      format: 'sse-plan/1',
      request: { id, state: 'planned', revision: 1, site: { name: 'Paris' }, requester: ANNA.user },
      digest: request?.digest,
      design: { remoteNetworkName: 'Paris' },
      locks: [expect.stringMatching(/^device:/)],
      preflight: request?.preflight,
    });
    const { operations } = file as { operations: { order: number; id: string; after: unknown }[] };
    expect(operations.map(({ order }) => order)).toEqual(operations.map((_, n) => n + 1));
    expect(operations.filter(({ after }) => after !== null).map((o) => o.id)).toEqual([
      'entra.network',
      'entra.link.1',
      'mist.application',
      'mist.connectors',
      'mist.policy',
    ]);
    const connectors = operations.find((o) => o.id === 'mist.connectors');
    expect(connectors).toMatchObject({
      before: { tunnel_configs: { 'partner-vpn': { psk: '[secret]' } }, bgp_config: null },
      after: {
        tunnel_configs: {
          'partner-vpn': { psk: '[secret]' },
          'mssse-wan0': { psk: '[secret] psk/Paris/Paris-wan0/z1' },
        },
        bgp_config: { 'mssse-wan0': { local_as: 65000 } },
      },
    });
  });

  test('holds no key, ours or foreign', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, { site: 'Paris' });
    const text = JSON.stringify(valueOf(await rig.flows.storedPlan(id)).file);
    for (const psk of Object.values(PLANTED_PSKS)) expect(text).not.toContain(psk);
    expect(text).toContain('"partner-vpn":{"provider":"custom-ipsec"');
  });
});
