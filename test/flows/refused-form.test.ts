import { expect, test } from 'vitest';
import type { FormValues } from '../../src/flows/types.ts';
import { ANNA, openForm, valueOf } from './support/asking.ts';
import { deviceOf } from './support/both-sides.ts';
import { startRig } from './support/rig.ts';

const rig = await startRig({ shared: true, start: false });
const { body } = deviceOf(rig);
body['port_config'] = {
  ...(body['port_config'] as object | undefined),
  'ge-0/0/9': { usage: 'wan', name: 'lte', ip_config: { type: 'dhcp' } },
};
const form = await openForm(rig, { option: 'dual-wan-zone-redundant' });

function calls(): number[] {
  return [rig.entra.calls.length, rig.mist.calls.length];
}

const WRONG: readonly (readonly [what: string, values: FormValues, field: string])[] = [
  ['a private public address', { link1_public_ip: '192.168.1.2' }, 'link1_public_ip'],
  ['a carrier-grade NAT address', { link2_public_ip: '100.64.9.9' }, 'link2_public_ip'],
  ['an octal address', { link1_public_ip: '0313.0.113.10' }, 'link1_public_ip'],
  ['spaces around an address', { link1_public_ip: ' 203.0.113.10 ' }, 'link1_public_ip'],
  ['full-width digits', { link1_public_ip: '２03.0.113.10' }, 'link1_public_ip'],
  ['a WAN port with DHCP', { link2_wan: 'lte' }, 'link2_wan'],
  ['the same WAN port twice', { link1_wan: 'wan0', link2_wan: 'wan0' }, 'link2_wan'],
  ['a range inside a LAN', { range_a: '10.20.1.8/29' }, 'range_a'],
  ['equal ranges', { range_a: '10.99.99.0/29', range_b: '10.99.99.0/29' }, 'range_b'],
  ['a /30', { range_a: '10.99.99.0/30' }, 'range_a'],
  ['a reserved ASN', { device_asn: '65518' }, 'device_asn'],
  ["Microsoft's ASN on both ends", { device_asn: '65476' }, 'device_asn'],
  ['an unknown network', { networks: ['Lab', 'gone'] }, 'networks'],
];

test.each(WRONG)('%s is refused at its field without a call to a vendor', async (_what, wrong, field) => {
  const values = { ...form.initial, ...wrong };
  const before = calls();
  const problems = valueOf(await rig.flows.checkForm(form.draftId, values));
  expect(problems.map((problem) => problem.field)).toContain(field);
  expect((await rig.flows.submitForm(ANNA, form.draftId, values)).ok).toBe(false);
  expect(calls()).toEqual(before);
  expect(await rig.store.requests.recent(10)).toEqual([]);
});

test('the same form with nothing wrong is read against both vendors', async () => {
  const before = calls();
  const sent = await rig.flows.submitForm(ANNA, form.draftId, form.initial);
  expect(sent.ok).toBe(true);
  calls().forEach((count, index) => expect(count).toBeGreaterThan(before[index] ?? 0));
});
