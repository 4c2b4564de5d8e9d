import { describe, expect, test } from 'vitest';
import { found, mistOf, worst } from './changed-views.ts';

describe('what Microsoft refuses or advises', () => {
  test.each([
    ['a loopback address', { deviceBgp: '127.0.0.1' }, '127.0.0.1: Microsoft does not accept 127.0.0.0/8'],
    ['a reserved AS', { deviceAsn: 65518 }, '65518'],
    ['no AS at all', { deviceAsn: undefined }, ''],
  ] as const)('%s', (_name, link, message) => {
    const finding = worst('X30', { link });
    expect(finding.verdict).toBe('fail');
    expect(finding.message).toContain(message);
  });

  test('an AS that only Azure VPN reserves is doubtful', () => {
    expect(worst('X30', { link: { deviceAsn: 65515 } }).verdict).toBe('warning');
  });

  test('a region that the list does not name, one that does not exist, one that is far', () => {
    const paris = { lat: 48.86, lng: 2.35 };
    expect(worst('X26', { entra: { region: 'taiwanNorth' } }).verdict).toBe('warning');
    expect(worst('X26', { entra: { region: 'atlantis' } }).verdict).toBe('warning');
    expect(worst('X26', { entra: { region: 'eastUS' }, mist: { latlng: paris } }).message).toMatch(
      /km nearer/,
    );
    expect(worst('X26', { mist: { latlng: paris } }).verdict).toBe('pass');
  });

  test('too many links, too many networks, too much bandwidth', () => {
    expect(worst('X29', { around: { maxLinks: 0 } }).verdict).toBe('fail');
    expect(worst('X29', { around: { maxNetworks: 0 } }).verdict).toBe('fail');
    expect(worst('X27', { around: { bandwidthPoolMbps: 100 } }).verdict).toBe('fail');
    expect(worst('X27', { around: { bandwidthPoolMbps: undefined } }).verdict).toBe('warning');
  });

  test('an address of another network, of the router, of the link itself, of a sibling', () => {
    const occupied = { read: true, value: [{ cidr: '10.99.99.0/24', usedBy: 'Porto' }] } as const;
    expect(worst('X25', { around: { occupied } }).message).toBe('10.99.99.0/24 is used by Porto');
    const networks = [{ name: 'Lab', prefix: '10.99.0.0/16', tenants: [] }];
    expect(worst('X25', { mist: { networks } }).message).toContain('overlaps network Lab');
    expect(worst('X25', { link: { deviceBgp: '10.99.99.2' } }).message).toBe(
      '10.99.99.2 is used twice in this link',
    );
    expect(worst('X25', { shape: { links: 2 }, link: { deviceBgp: '10.99.99.6' } }).message).toBe(
      'lyon-wan1 uses one of the same addresses',
    );
  });
});

describe('traffic', () => {
  test('internet traffic without the internet profile, on a site that nobody designed here', () => {
    const rules = [
      {
        name: 'all',
        action: 'allow' as const,
        steered: false,
        tenants: ['Lab'],
        applications: ['Everything'],
        addresses: ['0.0.0.0/0'],
      },
    ];
    expect(worst('X20', { mist: { rules } }).verdict).toBe('fail');
    expect(found('X20', {})).toEqual([]);
  });

  test('a longer prefix that somebody steers elsewhere keeps a part of the traffic', () => {
    const { rules } = mistOf({});
    const exchange = {
      name: 'exchange-direct',
      action: 'allow' as const,
      steered: true,
      tenants: ['printers.Lab'],
      applications: ['Exchange'],
      addresses: ['52.96.0.0/14'],
    };
    expect(worst('X22', { mist: { rules: [...rules, exchange] } })).toMatchObject({
      verdict: 'warning',
      message: "Rules that keep a part of Microsoft's prefixes: exchange-direct",
    });
  });

  test('users of a network are let through by a rule for the network, not the other way round', () => {
    const { rules } = mistOf({});
    const guests = rules.map((rule) => ({ ...rule, tenants: ['guests.Lab'] }));
    expect(worst('X22', { mist: { rules: guests } }).verdict).toBe('pass');
  });
});
