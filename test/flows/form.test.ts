import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, CARLA, failureOf, openForm, valueOf } from './support/asking.ts';
import { deviceOf } from './support/both-sides.ts';
import { CHANNEL, startRig, type Rig } from './support/rig.ts';

function open(rig: Rig, site: string, option: 'single-wan' | 'dual-wan' = 'single-wan') {
  return rig.flows.openForm(ANNA, { siteId: rig.site(site), option, channel: CHANNEL });
}

describe('what the form suggests', () => {
  test('one static WAN: its address, the nearest region, the next free range and every network', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    expect(form).toMatchObject({
      site: { id: rig.site('Lyon'), name: 'Lyon' },
      option: 'single-wan',
      linkCount: 1,
      zoneRedundant: false,
      notes: [expect.stringContaining('prefix(es) of the organisation')],
    });
    expect(form.initial).toMatchObject({
      link1_wan: 'wan0',
      link1_public_ip: '203.0.113.10',
      region: 'franceSouth',
      bandwidth: 'mbps250',
      range_a: '10.99.96.0/29',
      device_asn: '65000',
      networks: ['Lab', 'Guest'],
      mode: 'm365',
      zone_topology: 'single-tunnel',
      device: deviceOf(rig).body.id,
    });
    expect(form.initial['link2_wan']).toBeUndefined();
    expect(form.initial['range_b']).toBeUndefined();
    expect(form.devices).toEqual([{ value: deviceOf(rig).body.id, label: 'lyon-ssr120' }]);
    expect(form.wans.map((w) => w.label)).toEqual(['wan0 (203.0.113.10)', 'wan1 (198.51.100.10)']);
    expect(form.networks.map((n) => n.label)).toEqual(['Lab (10.20.1.0/24)', 'Guest (10.30.1.0/24)']);
  });

  test('two links and two zones: two WANs and two ranges', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig, { option: 'dual-wan-zone-redundant' });
    expect(form).toMatchObject({ linkCount: 2, zoneRedundant: true });
    expect(form.initial).toMatchObject({
      link1_wan: 'wan0',
      link2_wan: 'wan1',
      link2_public_ip: '198.51.100.10',
      range_a: '10.99.96.0/29',
      range_b: '10.99.96.8/29',
    });
  });

  test('an HA pair takes the port of node n for link n, whatever their order', async () => {
    const rig = await startRig({ start: false });
    rig.mist.portal.editTemplate('Branch-HA', (body) => {
      const {
        'ge-0/0/0': first,
        'ge-1/0/0': second,
        ...rest
      } = body['port_config'] as Record<string, object>;
      body['port_config'] = { 'ge-1/0/0': second, 'ge-0/0/0': first, ...rest };
    });
    const form = await openForm(rig, { site: 'Geneva', option: 'dual-wan' });
    expect(form.wans.map((w) => w.value)).toEqual(['wan1', 'wan0']);
    expect(form.initial).toMatchObject({ link1_wan: 'wan0', link2_wan: 'wan1' });
  });

  test('a port with a provider address comes after a static one', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig, { site: 'Turin', option: 'dual-wan' });
    expect(form.initial).toMatchObject({ link1_wan: 'wan1', link2_wan: 'wan0' });
    expect(form.initial['link2_public_ip']).toBeUndefined();
    expect(form.wans[0]?.label).toBe('wan0 (no address, dhcp)');
  });

  test('behind NAT the outside address is suggested', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig, { site: 'Nice' });
    expect(form.initial['link1_public_ip']).toBe('203.0.113.50');
    expect(form.wans[0]?.label).toBe('wan0 (203.0.113.50)');
  });

  test('ranges of other sites, of other requests and in Entra are passed over', async () => {
    const rig = await startRig({ start: false });
    await ask(rig, { site: 'Porto', values: { range_a: '10.99.96.0/29' } });
    const foreign = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere' });
    rig.entra.store.edit(
      'link',
      foreign.links[0]?.resource.id ?? '',
      'bgpConfiguration.localIpAddress',
      '10.99.96.10',
    );
    rig.mist.portal.editDevice('Lyon', (body) => {
      body['ip_configs'] = { Lab: { type: 'static', ip: '10.20.1.1', netmask: '/24' } };
    });
    rig.mist.portal.editNetwork('Lab', (body) => (body['subnet'] = '10.99.96.16/28'));
    expect((await openForm(rig)).initial['range_a']).toBe('10.99.96.32/29');
  });

  test('a site without coordinates suggests no region', async () => {
    const rig = await startRig({ start: false });
    rig.mist.portal.editSite('Lyon', (body) => delete body['latlng']);
    expect((await openForm(rig)).initial['region']).toBeUndefined();
  });

  test('Entra away is a note, not a refusal', async () => {
    const rig = await startRig({ start: false });
    rig.entra.faults.plant({ path: '/remoteNetworks', times: -1, action: { kind: 'answer', status: 403 } });
    const form = valueOf(await open(rig, 'Lyon'));
    expect(form.notes.slice(0, 1)).toEqual([
      'Entra could not be read (entra.forbidden): ranges in use there are not known.',
    ]);
    expect(form.initial['range_a']).toBe('10.99.96.0/29');
  });
});

describe('where there is no form', () => {
  test('a router that is no SSR is named and refused', async () => {
    const rig = await startRig({ start: false });
    const answer = failureOf(await open(rig, 'Oslo'));
    expect(answer.code).toBe('flow.not_an_ssr');
    expect(answer.hint).toContain('oslo-srx345 is a SRX345');
  });

  test('a site without a router', async () => {
    const rig = await startRig({ start: false });
    rig.mist.store.devices.delete(deviceOf(rig).body.id);
    expect(failureOf(await open(rig, 'Lyon'))).toEqual({
      code: 'flow.no_device',
      hint: 'Lyon has no WAN Edge in Mist. Assign one, then ask again.',
    });
  });

  test('a site that Mist does not know any more', async () => {
    const rig = await startRig({ start: false });
    const siteId = rig.site('Lyon');
    rig.mist.store.sites.delete(siteId);
    const answer = await rig.flows.openForm(ANNA, { siteId, option: 'single-wan', channel: CHANNEL });
    expect(failureOf(answer)).toEqual({
      code: 'flow.site_gone',
      hint: 'Mist does not know this site (any more). Search for it again.',
    });
  });

  test.each([
    ['site', '/sites/[^/]+$'],
    ['routers', '/devices$'],
    ['variables', '/setting$'],
    ['networks', '/networks$'],
    ['applications', '/services$'],
    ['template', '/gatewaytemplates/'],
  ])("Mist's %s cannot be read", async (_what, path) => {
    const rig = await startRig({ start: false });
    rig.mist.faults.plant({ method: 'GET', path, times: -1, action: { kind: 'answer', status: 403 } });
    expect(failureOf(await open(rig, 'Lyon')).code).toBe('mist.forbidden');
  });

  test('a request for the site is open', async () => {
    const rig = await startRig({ start: false });
    await ask(rig);
    expect(failureOf(await open(rig, 'Lyon'))).toEqual({
      code: 'flow.request_open',
      hint: `A request for Lyon by <@${ANNA.user}> is open. Decide on that card first.`,
    });
  });

  test('the site is connected already', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    const answer = failureOf(await open(rig, 'Lyon'));
    expect(answer.code).toBe('flow.already_connected');
    expect(answer.hint).toContain('/sse status Lyon');
  });
});

describe('reopening the form for an edit', () => {
  test('shows what the request holds, every override included', async () => {
    const rig = await startRig({ start: false });
    const values = {
      bandwidth: 'mbps500',
      range_a: '10.99.99.0/29',
      range_b: '10.99.100.0/29',
      device_asn: '65010',
      networks: ['Lab'],
      mode: 'internet',
      zone_topology: 'tunnel-per-zone',
      ticket: 'CHG-17',
      device_bgp_1: '10.99.99.3',
      microsoft_bgp_1: '10.99.99.4',
      microsoft_bgp_1_z2: '10.99.100.4',
    };
    const id = await ask(rig, { option: 'single-wan-zone-redundant', values });
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    expect(form.initial).toMatchObject(values);
    expect(form.option).toBe('single-wan-zone-redundant');
    expect(valueOf(await rig.flows.checkForm(form.draftId, form.initial))).toEqual([]);
  });

  test("its own ranges count as free, and a clash with another's does not", async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, { values: { range_a: '10.99.99.0/29' } });
    await ask(rig, { site: 'Porto', values: { range_a: '10.99.98.0/29' } });
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    const problems = valueOf(
      await rig.flows.checkForm(form.draftId, { ...form.initial, range_a: '10.99.98.0/29' }),
    );
    expect(problems).toEqual([{ field: 'range_a', message: expect.stringContaining('Porto') as string }]);
  });

  test('only the requester may, and only while the plan waits', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    expect(failureOf(await rig.flows.reopenForm(CARLA, id)).code).toBe('flow.not_yours');
    await rig.flows.reject(BEN, id, 'not now');
    expect(failureOf(await rig.flows.reopenForm(ANNA, id)).code).toBe('flow.not_editable');
    expect(failureOf(await rig.flows.reopenForm(ANNA, 'nothing')).code).toBe('flow.not_editable');
  });
});
