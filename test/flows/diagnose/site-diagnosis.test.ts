import { describe, expect, test } from 'vitest';
import { askAndApprove, failureOf, valueOf, type Wish } from '../support/asking.ts';
import { eventually, startRig, type Rig, type RigOptions } from '../support/rig.ts';

async function connected(wish: Wish = {}, options: RigOptions = {}): Promise<Rig> {
  const rig = await startRig(options);
  await rig.until(await askAndApprove(rig, wish), 'onboarded');
  return rig;
}

const look = async (rig: Rig, site = 'Lyon') => valueOf(await rig.flows.diagnose(rig.site(site)));

/** Diagnoses until the first cause is this one: what was changed takes a moment to reach the router. */
const untilCause = (rig: Rig, id: string, site = 'Lyon') =>
  eventually(async () => {
    const found = await look(rig, site);
    return found.causes[0]?.id === id && found;
  });

describe('a site that the bot connected', () => {
  test('has nothing wrong when it is healthy, and the router was asked', async () => {
    const rig = await connected({ option: 'dual-wan-zone-redundant' });
    const found = await look(rig);
    expect(found.headline).toBe('Nothing is wrong as far as both vendors and the router tell.');
    expect({ causes: found.causes, unread: found.unread }).toEqual({ causes: [], unread: [] });
    expect(found.timeline.map(({ by }) => by)).toEqual(expect.arrayContaining(['Mist', 'Entra']));
    expect(rig.mist.calls.filter(({ path }) => path.endsWith('/ping'))).toHaveLength(8);
  });

  test('whose key somebody changed in Mist names the key, and shows none', async () => {
    const rig = await connected();
    rig.mist.portal.editDevice('Lyon', (body) => {
      const tunnels = body['tunnel_configs'] as Record<string, Record<string, unknown>>;
      Object.assign(tunnels['mssse-wan0'] ?? {}, { psk: 'planted-secret' });
    });
    const found = await untilCause(rig, 'X01');
    expect(found.headline).toMatch(/^Almost certain: Entra and Mist hold different keys/);
    expect(found.causes[0]?.evidence.join()).toContain('AUTHENTICATION_FAILED');
    expect(found.causes[0]?.evidence.join()).toContain('The configuration was changed in Mist');
    expect(JSON.stringify(found)).not.toContain('planted-secret');
  });

  test('whose link somebody changed in Entra names the value on both sides', async () => {
    const rig = await connected();
    rig.entra.store.edit('link', 'Lyon-wan0', 'bgpConfiguration.asn', 65010);
    const found = await untilCause(rig, 'X07');
    expect(found.causes[0]?.what).toContain('65010');
    expect(found.causes[0]?.mend).not.toBe('');
  });

  test('whose WAN is cut, whose router is away, and whose address moved', async () => {
    const rig = await connected();
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    expect((await untilCause(rig, 'wan-down')).causes[0]?.likelihood).toBe('almost certain');
    rig.mist.portal.setWanUp('Lyon', 'wan0', true);
    rig.mist.portal.setPublicIp('Lyon', 'wan0', '198.51.100.99');
    expect((await untilCause(rig, 'public-ip-changed')).headline).toContain('198.51.100.99');
    rig.mist.portal.setDeviceOnline('Lyon', false);
    const offline = await untilCause(rig, 'router-offline');
    expect(offline.headline).toMatch(/^Almost certain: The router does not report/);
  });

  test('whose second zone Microsoft takes away names the zone, and suspects nothing that was not asked', async () => {
    const rig = await connected({ option: 'single-wan-zone-redundant' });
    const [link] = rig.entra.store.links.values();
    rig.entra.setZoneAlive(link?.resource.id ?? '', 2, false);
    const found = await untilCause(rig, 'zone-away');
    expect(found.causes.map(({ id }) => id)).toEqual(['zone-away']);
  });

  test('whose tunnel carries small packets only', async () => {
    const rig = await connected();
    rig.mist.portal.setPathMtu('Lyon', 1300);
    const found = await look(rig);
    expect(found.causes[0]).toMatchObject({ id: 'packet-size', likelihood: 'likely' });
  });

  test('whose traffic somebody steered past the tunnel', async () => {
    const rig = await connected();
    rig.mist.portal.editDevice('Lyon', (body) => {
      const rules = body['service_policies'] as Record<string, unknown>[];
      const dia = rules.find((rule) => rule['path_preference'] !== undefined);
      const own = rules.find((rule) => rule['name'] === 'microsoft-sse');
      Object.assign(own ?? {}, { path_preference: dia?.['path_preference'] });
    });
    const found = await untilCause(rig, 'X22');
    expect(found.causes[0]?.what).toContain('names a path');
  });

  test('of which one side cannot be read: says what, and calls nothing certain', async () => {
    const rig = await connected();
    rig.mist.portal.editDevice('Lyon', (body) => {
      const tunnels = body['tunnel_configs'] as Record<string, Record<string, unknown>>;
      Object.assign(tunnels['mssse-wan0'] ?? {}, { psk: 'planted-secret' });
    });
    await untilCause(rig, 'X01');
    rig.entra.faults.plant({
      path: 'connectivity/remoteNetworks',
      times: -1,
      action: { kind: 'answer', status: 403 },
    });
    const found = await look(rig);
    expect(found.unread.join()).toContain('Entra configuration');
    expect(found.headline).toMatch(/^Cannot tell: IKE reports a wrong key/);
    expect(found.causes.every(({ likelihood }) => likelihood === 'possible')).toBe(true);
  });

  test('whose router prints nothing readable: the rest is diagnosed, and that is said', async () => {
    const rig = await connected();
    const cut = { kind: 'answer', status: 200, body: '{"session":"never"}' } as const;
    rig.mist.faults.plant({ path: '/(ping|show_service_path)$', times: -1, action: cut });
    const found = await look(rig);
    expect(found.causes).toEqual([]);
    expect(found.unread.join()).toContain('no readable answer');
    expect(found.headline).toMatch(/^Nothing wrong was found, but not everything could be read/);
  });
});

describe('a site that the bot does not know', () => {
  test('with no trace of Microsoft SSE is told so', async () => {
    const rig = await startRig();
    const { code, hint } = failureOf(await rig.flows.diagnose(rig.site('Porto')));
    expect(code).toBe('flow.site_not_connected');
    expect(hint).toContain('Porto has no Microsoft SSE configuration');
  });

  test('built by hand is diagnosed from what stands on both sides', async () => {
    const rig = await connected();
    await rig.store.sites.remove(rig.site('Lyon'));
    expect((await look(rig)).causes).toEqual([]);
    rig.entra.store.edit('link', 'Lyon-wan0', 'tunnelConfiguration.ikeEncryption', 'aes128');
    expect((await untilCause(rig, 'X09')).causes[0]?.likelihood).toBe('almost certain');
  });

  test('half built: a remote network and its link, and nothing on the router', async () => {
    const rig = await connected();
    await rig.store.sites.remove(rig.site('Lyon'));
    rig.mist.portal.editDevice('Lyon', (body) => {
      for (const key of ['tunnel_configs', 'bgp_config']) delete body[key];
    });
    const found = await untilCause(rig, 'no-connector');
    expect(found.headline).toMatch(/^Almost certain: Device link Lyon-wan0/);
    // What a link without a connector lacks besides is no cause of its own.
    expect(found.causes.map(({ id }) => id)).toEqual(['no-connector']);
  });
});
