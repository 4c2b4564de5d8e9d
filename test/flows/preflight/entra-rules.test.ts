import { describe, expect, test } from 'vitest';
import type { PreflightItem } from '../../../src/flows/types.ts';
import { inputsOf, itemOf, plan, type Wish } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

interface Scene {
  readonly id: string;
  readonly wish?: Wish;
  readonly world?: (rig: Rig) => void;
}

/** One rule's answer over a live state that `world` prepared after the form was filled in. */
async function itemIn({ id, wish, world }: Scene): Promise<PreflightItem> {
  const rig = await startRig({ start: false });
  const inputs = await inputsOf(rig, wish);
  world?.(rig);
  return itemOf((await plan(rig, inputs)).preflight, id);
}

const refuse = (path: string) => (rig: Rig) =>
  void rig.entra.faults.plant({ method: 'GET', path, times: -1, action: { kind: 'answer', status: 403 } });

describe('every rule about the tenant is unknown where it cannot be read, which is no pass', () => {
  test.each([
    ['entra.tenant', '/tenantStatus'],
    ['entra.profile.m365', '/forwardingProfiles$'],
    ['entra.prefixes', '/policies$'],
    ['entra.network.name', '/remoteNetworks'],
  ])('%s', async (id, path) => {
    const item = await itemIn({ id, world: refuse(path) });
    expect(item).toMatchObject({ verdict: 'unknown', seen: 'could not be read (entra.forbidden)' });
    expect(item.mend).not.toBe('');
  });
});

describe('rules about the tenant', () => {
  test('onboarded or not', async () => {
    expect(await itemIn({ id: 'entra.tenant' })).toMatchObject({ verdict: 'pass', seen: 'onboarded' });
    const off = await itemIn({
      id: 'entra.tenant',
      world: (rig) => (rig.entra.store.tenant.onboardingStatus = 'offboarded'),
    });
    expect(off).toMatchObject({ verdict: 'fail', seen: 'offboarded' });
  });

  test('the traffic profile: enabled, disabled, absent; both for all internet traffic', async () => {
    const id = 'entra.profile.m365';
    expect(await itemIn({ id })).toMatchObject({ verdict: 'pass', seen: 'Microsoft traffic profile' });
    const disabled = await itemIn({
      id,
      world: (rig) => rig.entra.store.edit('profile', 'm365', 'state', 'disabled'),
    });
    expect(disabled).toMatchObject({ verdict: 'fail', seen: 'Microsoft traffic profile is disabled' });
    const absent = await itemIn({ id, world: (rig) => void rig.entra.store.profiles.shift() });
    expect(absent).toMatchObject({ verdict: 'fail', seen: 'not found' });
    const internet = await itemIn({ id: 'entra.profile.internet', wish: { values: { mode: 'internet' } } });
    expect(internet.verdict).toBe('pass');
  });

  test("Microsoft's prefixes: known, not listed, or away for a moment", async () => {
    const id = 'entra.prefixes';
    expect(await itemIn({ id })).toMatchObject({ verdict: 'pass', seen: '25 known' });
    const unlisted = await itemIn({ id, world: (rig) => (rig.entra.store.profile('m365').policies = []) });
    expect(unlisted).toMatchObject({
      verdict: 'warning',
      seen: 'the traffic profile does not list them',
    });
    const away = await itemIn({
      id: 'entra.prefixes.unread',
      world: (rig) => {
        const action = { kind: 'answer', status: 503 } as const;
        rig.entra.faults.plant({ path: '/policies$', times: -1, action });
      },
    });
    expect(away.verdict).toBe('unknown');
  });

  test('a remote network of our name is not ours', async () => {
    const id = 'entra.network.name';
    expect(await itemIn({ id })).toMatchObject({ verdict: 'pass', seen: 'free' });
    const taken = await itemIn({
      id,
      world: (rig) => void rig.entra.store.seedForeignNetwork({ name: 'Lyon', links: 2 }),
    });
    expect(taken.verdict).toBe('fail');
    expect(taken.seen).toContain('exists and does not match: region westEurope, not');
    expect(taken.seen).toContain('it holds other links: Lyon-link1, Lyon-link2');
  });
});
