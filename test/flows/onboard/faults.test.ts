import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../../sandbox/http/faults.ts';
import { ask, BEN } from '../support/asking.ts';
import { configuration, ours, type Ours } from '../support/both-sides.ts';
import { startRig } from '../support/rig.ts';

type System = 'entra' | 'mist';

/** Every kind of call that an onboarding with one link makes, from the approval on. */
const CALLS: readonly (readonly [System, string, string, number?])[] = [
  ['entra', 'POST', '/remoteNetworks$'],
  ['entra', 'POST', '/deviceLinks$'],
  ['mist', 'POST', '/services$'],
  ['mist', 'PUT', '/devices/[^/]+$', 0],
  ['mist', 'PUT', '/devices/[^/]+$', 1],
  ['entra', 'GET', '/tenantStatus$'],
  ['entra', 'GET', '/forwardingProfiles$'],
  ['entra', 'GET', '/policies'],
  ['entra', 'GET', '/remoteNetworks$'],
  ['entra', 'GET', '/deviceLinks'],
  ['entra', 'GET', '/connectivityConfiguration'],
  ['mist', 'GET', '/sites/[^/]+$'],
  ['mist', 'GET', '/devices$'],
  ['mist', 'GET', '/setting$'],
  ['mist', 'GET', '/gatewaytemplates/'],
  ['mist', 'GET', '/networks$'],
  ['mist', 'GET', '/services$', 1],
  ['mist', 'GET', '/devices/[^/]+$'],
  ['mist', 'GET', '/stats/devices/'],
  ['mist', 'GET', '/devices/events/search$'],
  ['mist', 'GET', '/stats/tunnels/search$'],
  ['mist', 'GET', '/stats/bgp_peers/search$'],
  ['mist', 'POST', '/show_route$'],
  ['mist', 'POST', '/show_service_path$'],
];

/** Only for those calls whose answer comes too late: on a busy machine others may be slow as well. */
const TIMEOUT_MS = 2_000;

interface Trouble {
  readonly action: FaultAction;
  readonly delayMs?: number;
}

const HTML = '<html>proxy</html>';
const WRITE_TROUBLES: Readonly<Record<string, Trouble>> = {
  '429': { action: { kind: 'answer', status: 429, headers: { 'retry-after': '0' } } },
  '503 before': { action: { kind: 'answer', status: 503 } },
  '503 after': { action: { kind: 'answer-after', status: 503 } },
  '500 after': { action: { kind: 'answer-after', status: 500 } },
  'reset before': { action: { kind: 'reset-before' } },
  'reset after': { action: { kind: 'reset-after' } },
  'answer too late': { action: { kind: 'slow' }, delayMs: TIMEOUT_MS + 400 },
  malformed: { action: { kind: 'answer-after', status: 200, body: HTML } },
};
/** Reads meet each trouble in turn, so that every kind of call meets several and the matrix stays small. */
const READ_TROUBLES: Readonly<Record<string, Trouble>> = {
  '503': { action: { kind: 'answer', status: 503 } },
  reset: { action: { kind: 'reset-after' } },
  '429': { action: { kind: 'answer', status: 429, headers: { 'retry-after': '0' } } },
  malformed: { action: { kind: 'answer', status: 200, body: HTML } },
  'too late': { action: { kind: 'slow' }, delayMs: TIMEOUT_MS + 400 },
};

const isRead = (method: string, path: string): boolean => method === 'GET' || path.includes('show_');

const MATRIX = CALLS.flatMap(([system, method, path, skip = 0], index) => {
  const all = Object.entries(isRead(method, path) ? READ_TROUBLES : WRITE_TROUBLES);
  const some = isRead(method, path) ? [0, 2].map((n) => all[(index + n) % all.length]!) : all;
  return some.map(([name, trouble]) => ({ system, method, path, skip, name, trouble }));
});

const ONCE: Ours = {
  networks: ['Lyon'],
  links: ['Lyon-wan0'],
  profiles: ['m365'],
  applications: ['Microsoft-SSE'],
  connectors: ['mssse-wan0'],
  groups: ['mssse-wan0'],
  routingPolicies: ['mssse-out', 'mssse-in'],
  policies: ['microsoft-sse'],
};
const LEDGER = [
  'bgp-group',
  'connector',
  'device-link',
  'remote-network',
  'routing-policy',
  'routing-policy',
  'service',
  'service-policy',
];

interface Named {
  readonly name: string;
}

/** What is somebody else's, of both sides. */
function foreign(all: unknown): unknown {
  const { entra, mist } = all as Record<string, Record<string, Named[]>>;
  return {
    networks: entra!['networks']!.filter((n) => n.name !== 'Lyon'),
    links: entra!['links']!.filter((l) => !l.name.startsWith('Lyon-')),
    devices: mist!['devices']!.filter((d) => !d.name.startsWith('lyon-')),
    services: mist!['services']!.filter((s) => s.name !== 'Microsoft-SSE'),
    templates: mist!['templates'],
    sites: mist!['sites'],
  };
}

describe('one vendor call goes wrong once: the site is onboarded all the same and nothing is there twice', () => {
  test.concurrent.each(MATRIX)(
    '$system $method $path number $skip: $name',
    { timeout: 40_000 },
    async ({ system, method, path, skip, trouble }) => {
      const slow = trouble.delayMs !== undefined;
      const rig = await startRig({ ...(slow && { timeoutMs: TIMEOUT_MS }), shared: true });
      try {
        // What is made a second time must show instead of being refused.
        rig.entra.settings.uniqueNames = false;
        rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 1, profile: 'm365' });
        const id = await ask(rig);
        const before = configuration(rig);
        const { id: fault } = rig[system].faults.plant({ method, path, skip, ...trouble });
        await rig.flows.approve(BEN, id);
        const state = await rig.until(id, 'onboarded', 'rolled-back', 'failed');
        expect(rig[system].calls.some((c) => c.fault === fault)).toBe(true);
        // Each of these troubles passes: none is a reason to give up.
        expect(state).toBe('onboarded');
        expect(ours(rig)).toEqual(ONCE);
        expect(foreign(configuration(rig))).toEqual(foreign(before));
        expect((await rig.store.ledger.live()).map((r) => r.kind).toSorted()).toEqual(LEDGER);
      } finally {
        await rig.close();
      }
    },
  );
});

describe('a vendor that stays away', () => {
  test.concurrent.each([
    ['entra', 'POST', '/deviceLinks$'],
    ['mist', 'PUT', '/devices/[^/]+$'],
  ] as const)(
    '%s refuses %s %s for good, by a 403: undone, and the hint says whose right is missing',
    async (system, method, path) => {
      const rig = await startRig({ shared: true });
      const id = await ask(rig);
      const before = configuration(rig);
      rig[system].faults.plant({ method, path, times: -1, action: { kind: 'answer', status: 403 } });
      await rig.flows.approve(BEN, id);
      await rig.until(id, 'rolled-back', 'needs-decision');
      rig[system].faults.remove();
      const state = (await rig.store.requests.get(id))?.state;
      if (state === 'needs-decision') {
        await rig.flows.retry(BEN, id);
        await rig.until(id, 'rolled-back');
      }
      expect(configuration(rig)).toEqual(before);
      const view = await rig.flows.cards.view(id);
      expect(view?.failure?.code).toBe(`${system}.forbidden`);
      await rig.close();
    },
  );
});
