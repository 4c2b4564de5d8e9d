import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { CHECK_IDS } from '../../../src/design/cross-checks/catalogue.ts';
import { crossCheck, crossCheckForCauses } from '../../../src/design/cross-checks/cross-check.ts';
import type { Shape } from '../../sandbox/data-plane/world.ts';
import { connectorOf, found, mistOf, views, worst, type Change } from './changed-views.ts';

describe('a finding', () => {
  test('comes in the order of the catalogue and says how to mend what is not right', () => {
    const findings = crossCheck(views({ connector: { localId: '203.0.113.99', endpoint: '20.9.9.9' } }));
    const order = findings.map(({ id }) => CHECK_IDS.indexOf(id));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const notable = findings.filter(({ verdict }) => verdict !== 'pass');
    expect(notable.map(({ id }) => id)).toEqual(['X02', 'X03']);
    expect(notable.every(({ message, mend }) => message !== '' && mend !== '')).toBe(true);
  });

  test('names both values and the side to mend', () => {
    expect(worst('X02', { connector: { localId: '203.0.113.99' } })).toMatchObject({
      verdict: 'fail',
      entra: '203.0.113.10',
      mist: '203.0.113.99',
      message: 'Public address and local ID: Entra has 203.0.113.10, Mist has 203.0.113.99',
      mend: 'Set Local ID of the connector in Mist to 203.0.113.10.',
    });
  });

  test('never holds a key, whether the two are equal or not', () => {
    const different = crossCheck(
      views({ link: { psk: new Secret('left-key') }, connector: { psk: new Secret('right-key') } }),
    );
    expect(different.find((finding) => finding.id === 'X01')).toMatchObject({ verdict: 'fail' });
    expect(JSON.stringify(different)).not.toMatch(/left-key|right-key|key-0/);
  });
});

describe('what could not be read is unknown, neither passed nor failed', () => {
  const unread = { read: false, why: 'entra.forbidden', mend: 'Grant the permission.' } as const;

  test('Entra as a whole: what Mist alone decides is still decided', () => {
    const findings = crossCheck({ ...views(), entra: unread });
    const verdicts = new Map(findings.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts.get('X22')).toBe('pass');
    expect(verdicts.get('X05')).toBe('unknown');
    expect(verdicts.get('X27')).toBe('unknown');
    expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect([...verdicts.keys()]).toEqual(CHECK_IDS);
    expect(findings.find(({ id }) => id === 'X05')).toMatchObject({
      message: 'could not be read (entra.forbidden)',
      mend: 'Grant the permission.',
      entra: '?',
    });
  });

  test('Entra as a whole: what is wrong on the router by itself is a cause, and no difference', () => {
    const { mist } = views();
    if (!mist.read) throw new Error('unread');
    const [connector] = mist.value.connectors.filter(({ name }) => name === 'mssse-wan0');
    const [neighbor] = connector?.group?.neighbors ?? [];
    if (!connector?.group || !neighbor) throw new Error('no connector with a group and a neighbor');
    const group = { ...connector.group, neighbors: [{ ...neighbor, asn: undefined, disabled: true }] };
    const wrong = { ...connector, version: '1', wan: 'wan9', psk: undefined, localId: undefined, group };
    const value = { ...mist.value, connectors: [wrong] };
    const odd = { ...views(), entra: unread, mist: { read: true, value } } as const;
    expect(crossCheck(odd).filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    const findings = crossCheckForCauses(odd);
    const failed = findings.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ id, subject }) => `${id} ${subject}`)).toEqual([
      'X01 mssse-wan0',
      'X02 mssse-wan0',
      `X08 neighbor ${neighbor.address}`,
      'X16 mssse-wan0',
      'X17 mssse-wan0',
      `X23 neighbor ${neighbor.address}`,
    ]);
    expect(failed.every(({ message, mend }) => message !== '' && mend !== '')).toBe(true);
    // The other connectors of the site might have another key: what one lacks does not decide for all.
    expect(findings.some(({ id, verdict }) => id === 'X01' && verdict === 'unknown')).toBe(true);
  });

  test('Mist as a whole', () => {
    const findings = crossCheck({ ...views(), mist: unread });
    const verdicts = new Map(findings.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts.get('X19')).toBe('pass');
    expect(verdicts.get('X22')).toBe('unknown');
    expect(verdicts.get('X03')).toBe('unknown');
  });

  test('both sides: everything is unknown', () => {
    const findings = crossCheck({ entra: unread, mist: unread });
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    expect(findings.map(({ id }) => id)).toEqual(CHECK_IDS);
  });

  test("Microsoft's endpoints, a key that Graph does not show, profiles, other networks", () => {
    expect(worst('X03', { link: { instances: unread } }).verdict).toBe('unknown');
    expect(worst('X08', { link: { instances: unread } }).verdict).toBe('unknown');
    expect(worst('X03', { link: { instances: { read: true, value: [] } } })).toMatchObject({
      verdict: 'unknown',
      mend: expect.stringContaining('90 s'),
    });
    expect(worst('X01', { link: { psk: undefined } }).verdict).toBe('unknown');
    expect(worst('X19', { entra: { profiles: unread } }).verdict).toBe('unknown');
    expect(worst('X25', { around: { otherNetworks: unread } }).verdict).toBe('unknown');
    expect(worst('X25', { around: { occupied: unread } }).verdict).toBe('unknown');
  });

  test('a value that is not known to us differs from nothing', () => {
    const { policy } = connectorOf();
    const strange = { ...policy, pfsGroup: 'unrecognised' as const };
    expect(worst('X14', { connector: { policy: strange } }).verdict).toBe('unknown');
  });

  test('of several proposals only the first one was compared', () => {
    const { policy } = connectorOf();
    const other = { ...policy, ikeEncryption: 'aes128' };
    expect(worst('X09', { connector: { policy: other } }).verdict).toBe('fail');
    expect(worst('X09', { connector: { policy: other, extras: ['ike_proposals'] } }).verdict).toBe('unknown');
  });
});

describe("Entra's default policy", () => {
  const none = {
    ikeEncryption: undefined,
    ikeIntegrity: undefined,
    dhGroup: undefined,
    espEncryption: undefined,
    espIntegrity: undefined,
    pfsGroup: undefined,
    saLifetimeSeconds: undefined,
  };
  const link = { policy: { ...none, isEntraDefault: true } };

  test('needs group 24, which the guide does not use', () => {
    expect(worst('X11', { link })).toMatchObject({
      verdict: 'fail',
      message: "The link uses Entra's default policy, which needs Diffie-Hellman group 24",
    });
  });

  test('has no PFS, so that the first rekey fails whatever else agrees', () => {
    const { policy } = connectorOf();
    const fitting = { ...policy, ikeEncryption: 'aes128', ikeIntegrity: 'sha256', dhGroup: 24 };
    const change: Change = { link, connector: { policy: fitting } };
    expect([worst('X09', change), worst('X11', change)].map(({ verdict }) => verdict)).toEqual([
      'pass',
      'pass',
    ]);
    expect(worst('X14', change).verdict).toBe('fail');
  });
});

describe('habits and typing errors are called by their name', () => {
  test('BGP addresses that are not reversed', () => {
    expect(worst('X05', { connector: { deviceBgp: '10.99.99.2' } }).message).toBe(
      'The BGP addresses are not reversed: both sides call 10.99.99.2 their own',
    );
  });

  test("the AS number of Azure's VPN gateways, and the same one on both ends", () => {
    const { group } = connectorOf();
    const withAsn = (asn: number): Change => ({
      connector: { group: group && { ...group, neighbors: group.neighbors.map((n) => ({ ...n, asn })) } },
    });
    expect(worst('X08', withAsn(65515)).message).toContain("that of Azure's VPN gateways");
    expect(worst('X08', withAsn(65000)).message).toBe('Both ends of the session have AS 65000');
  });

  test('BFD and re-advertisement break nothing and are said', () => {
    const { group } = connectorOf();
    const loud = group && { ...group, bfdDisabled: false, readvertisedToOverlay: true };
    expect(found('X18', { connector: { group: loud } }).map(({ verdict }) => verdict)).toEqual([
      'pass',
      'warning',
      'warning',
    ]);
  });

  test('a BGP password that Entra cannot have', () => {
    const { group } = connectorOf();
    expect(worst('X18', { connector: { group: group && { ...group, authenticated: true } } }).verdict).toBe(
      'fail',
    );
  });

  test('two lifetimes differ, or one is too short for Entra', () => {
    const { policy } = connectorOf();
    const change = (saLifetimeSeconds: number): Change => ({
      link: { policy: { ...policy, saLifetimeSeconds } },
    });
    expect(worst('X15', change(3600)).verdict).toBe('warning');
    expect(worst('X15', change(300)).message).toBe('Entra wants an SA lifetime above 300 s');
  });
});

describe('links, ports and nodes', () => {
  const dual: Shape = { links: 2 };

  test('a link without any connector', () => {
    const { connectors } = mistOf(dual);
    const one = connectors.filter(({ name }) => name !== 'mssse-wan1');
    expect(worst('X24', { shape: dual, mist: { connectors: one } })).toMatchObject({
      verdict: 'fail',
      message: 'No connector of edge belongs to device link lyon-wan1',
    });
  });

  test('two links over one port', () => {
    expect(worst('X24', { shape: dual, connector: { wan: 'wan1' } }).message).toBe(
      'Two links leave the same WAN port (wan1, wan1)',
    );
  });

  test('both links of an HA pair leave one node', () => {
    const wans = mistOf(dual).wans.map((port) => ({ ...port, node: 'node0' as const }));
    expect(worst('X24', { shape: dual, mist: { wans, isHa: true } })).toMatchObject({
      verdict: 'warning',
      message: 'Both links leave node0, so that its failure takes both',
    });
    expect(worst('X24', { shape: dual, mist: { isHa: true } }).verdict).toBe('pass');
  });

  test("a foreign connector is nobody's counterpart", () => {
    const subjects = new Set(crossCheck(views()).map(({ subject }) => subject));
    expect([...subjects].filter((subject) => subject.includes('zscaler'))).toEqual([]);
  });

  test('a device link named after another port', () => {
    expect(worst('X28', { link: { name: 'lyon-fibre' } })).toMatchObject({
      verdict: 'warning',
      message: 'Device link lyon-fibre belongs to WAN port wan0, which its name does not say',
    });
    expect(worst('X28', { entra: { networkName: 'Paris' } }).verdict).toBe('warning');
  });
});
