import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asnProblem, asnWarning, parseAsn } from '../../src/design/asn-rules.ts';
import { BANDWIDTH_MBPS, bandwidthPoolMbps } from '../../src/design/bandwidth.ts';
import { whyReservedForBgp } from '../../src/design/bgp-addresses.ts';
import { DEFAULT_IKE_ID, findIkeProposal, IKE_PROPOSALS } from '../../src/design/ike-proposals.ts';
import { distanceKm, findRegion, nearestRegion, REGIONS } from '../../src/design/regions.ts';

describe('device ASN', () => {
  it.each([
    1, 8074, 8077, 12075, 12077, 23455, 23457, 64495, 64512, 65000, 65475, 65477, 65515, 65516, 65521, 65534,
  ])('%d is usable', (asn) => {
    expect(asnProblem(asn)).toBeUndefined();
    expect(parseAsn(String(asn))).toEqual({ ok: true, asn });
  });

  it.each([
    [8075, 'ASN 8075 is reserved by Azure. Choose another, usually 65000.'],
    [8076, 'ASN 8076 is reserved by Azure. Choose another, usually 65000.'],
    [12076, 'ASN 12076 is reserved by Azure. Choose another, usually 65000.'],
    [23456, 'ASN 23456 is reserved by IANA (AS_TRANS). Choose another, usually 65000.'],
    [64496, 'ASN 64496 is reserved by IANA (documentation). Choose another, usually 65000.'],
    [64511, 'ASN 64511 is reserved by IANA (documentation). Choose another, usually 65000.'],
    [65517, 'ASN 65517 is reserved by Azure. Choose another, usually 65000.'],
    [65518, 'ASN 65518 is reserved by Azure. Choose another, usually 65000.'],
    [65520, 'ASN 65520 is reserved by Azure. Choose another, usually 65000.'],
    [65476, "65476 is Microsoft's own ASN; both ends would be equal. Enter the router's ASN, usually 65000."],
    [0, 'The device ASN must be a 2-byte number from 1 to 65534.'],
    [65535, 'The device ASN must be a 2-byte number from 1 to 65534.'],
    [4294967295, 'The device ASN must be a 2-byte number from 1 to 65534.'],
    [-1, 'The device ASN must be a 2-byte number from 1 to 65534.'],
    [1.5, 'The device ASN must be a 2-byte number from 1 to 65534.'],
  ])('%d is refused', (asn, message) => {
    expect(asnProblem(asn)).toBe(message);
  });

  it.each([
    '',
    ' 65000',
    '65000 ',
    '+65000',
    '-1',
    '065000',
    '65000.0',
    '65e3',
    '0xfde8',
    'AS65000',
    '65,000',
    '٦٥٠٠٠',
    '６５０００',
    '1.10',
  ])('%j is not a plain number', (text) => {
    expect(parseAsn(text)).toEqual({
      ok: false,
      message: 'Enter the device ASN as a plain number, for example 65000.',
    });
  });

  it('says of a huge number that it is out of range, not that it is unreadable', () => {
    expect(parseAsn('9'.repeat(400))).toEqual({
      ok: false,
      message: 'The device ASN must be a 2-byte number from 1 to 65534.',
    });
  });

  it('warns of the ASN that only Azure VPN gateways reserve', () => {
    expect(asnWarning(65515)).toBe(
      "Azure's VPN gateways reserve ASN 65515; Microsoft's list for remote networks does not name it.",
    );
    expect(asnWarning(65000)).toBeUndefined();
  });

  it('never throws on any text, and never accepts an ASN that is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat(70_000).map(String)), (text) => {
        const parsed = parseAsn(text);
        if (parsed.ok) expect(asnProblem(parsed.asn)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('regions', () => {
  it('has the 40 members of the enum, 34 of them documented, each once', () => {
    expect(REGIONS).toHaveLength(40);
    expect(new Set(REGIONS.map((region) => region.id)).size).toBe(40);
    expect(new Set(REGIONS.map((region) => region.name)).size).toBe(40);
    expect(REGIONS.filter((region) => !region.documented).map((region) => region.id)).toEqual([
      'eastUS2',
      'taiwanNorth',
      'mexicoCentral',
      'spainCentral',
      'jioIndiaCentral',
      'brazilSouthEast',
    ]);
  });

  it.each([
    ['Lyon', 45.76, 4.84, 'franceSouth'],
    ['Madrid', 40.42, -3.7, 'franceSouth'],
    ['Berlin', 52.52, 13.4, 'germanyWestCentral'],
    ['New York', 40.71, -74.0, 'canadaCentral'],
    ['Richmond', 37.54, -77.44, 'eastUS'],
    ['Dallas', 32.78, -96.8, 'southCentralUS'],
    ['Wellington', -41.29, 174.78, 'australiaEast'],
    ['Taipei', 25.03, 121.56, 'koreaSouth'],
    ['Fiji, over the date line', -17.7, -179.9, 'australiaEast'],
  ])('the nearest documented region to %s', (_, lat, lng, id) => {
    expect(nearestRegion({ lat, lng })?.id).toBe(id);
  });

  it('every documented region is nearest to itself', () => {
    for (const region of REGIONS.filter((candidate) => candidate.documented)) {
      expect(nearestRegion(region)?.id).toBe(region.id);
    }
  });

  it('has no nearest region for a place that is not on earth', () => {
    expect(nearestRegion({ lat: 91, lng: 0 })).toBeUndefined();
    expect(nearestRegion({ lat: 0, lng: -181 })).toBeUndefined();
    expect(nearestRegion({ lat: Number.NaN, lng: 0 })).toBeUndefined();
    expect(nearestRegion({ lat: 0, lng: Number.NaN })).toBeUndefined();
  });

  it('measures distances along the globe', () => {
    const london = { lat: 51.5074, lng: -0.1278 };
    expect(distanceKm(london, { lat: 48.8566, lng: 2.3522 })).toBeCloseTo(343.6, 0);
    expect(distanceKm(london, london)).toBe(0);
    expect(distanceKm({ lat: 0, lng: 0 }, { lat: 0, lng: 180 })).toBeCloseTo(Math.PI * 6371, 3);
    expect(distanceKm({ lat: 0, lng: 179 }, { lat: 0, lng: -179 })).toBeCloseTo(222.4, 1);
  });

  it('finds regions by their exact id', () => {
    expect(findRegion('ukSouth')?.name).toBe('UK South');
    expect(findRegion('uksouth')).toBeUndefined();
    expect(findRegion('unknownFutureValue')).toBeUndefined();
  });
});

describe('bandwidth', () => {
  it('knows the Mbit/s of each class', () => {
    expect(BANDWIDTH_MBPS).toEqual({ mbps250: 250, mbps500: 500, mbps750: 750, mbps1000: 1000 });
  });

  it.each([
    [0, 0],
    [49, 0],
    [50, 500],
    [99, 500],
    [100, 1_000],
    [499, 1_000],
    [500, 2_000],
    [999, 2_000],
    [1_000, 3_500],
    [1_499, 3_500],
    [1_500, 4_000],
    [1_999, 4_000],
    [2_000, 4_500],
    [4_500, 7_000],
    [4_999, 7_000],
    [5_000, 10_000],
    [5_499, 10_000],
    [9_500, 14_500],
    [9_999, 14_500],
    [10_000, 35_000],
    [10_500, 35_500],
  ])('%d licences give %d Mbit/s', (licences, mbps) => {
    expect(bandwidthPoolMbps(licences)).toBe(mbps);
  });
});

describe('BGP addresses', () => {
  it.each([
    ['0.0.0.0', 'Microsoft does not accept 0.0.0.0 as a BGP address'],
    ['127.0.0.1', 'Microsoft does not accept 127.0.0.0/8 for BGP addresses'],
    ['127.0.0.0/29', 'Microsoft does not accept 127.0.0.0/8 for BGP addresses'],
    ['224.0.0.5', 'Microsoft does not accept 224.0.0.0/4 for BGP addresses'],
    ['239.255.255.248/29', 'Microsoft does not accept 224.0.0.0/4 for BGP addresses'],
    ['255.255.255.255', 'Microsoft does not accept 255.255.255.255 as a BGP address'],
    ['255.255.255.248/29', 'Microsoft does not accept 255.255.255.255 as a BGP address'],
    ['0.0.0.0/29', 'Microsoft does not accept 0.0.0.0 as a BGP address'],
    ['0.1.0.0/29', '0.0.0.0/8 holds no addresses of interfaces'],
    ['240.0.0.1', '240.0.0.0/4 is reserved'],
  ])('%s is refused', (address, reason) => {
    expect(whyReservedForBgp(address)).toBe(reason);
  });

  it.each([
    '10.99.99.1',
    '10.99.99.0/29',
    '169.254.1.1',
    '126.255.255.255',
    '128.0.0.0',
    '223.255.255.255',
    '1.0.0.0',
    'nonsense',
  ])('%s is not', (address) => {
    expect(whyReservedForBgp(address)).toBeUndefined();
  });
});

describe('IKE proposals', () => {
  it('begins with the one of the guide', () => {
    expect(IKE_PROPOSALS[0]).toEqual({
      id: 'aes256-sha256-dh14',
      label: 'AES-256, SHA-256, DH 14; ESP AES-GCM-256, PFS 14 (guide)',
      ike: { encryption: 'aes256', integrity: 'sha256', dhGroup: 14, lifetimeSeconds: 28_800 },
      esp: { encryption: 'aes-gcm-256', pfsGroup: 14, lifetimeSeconds: 1_800 },
    });
    expect(findIkeProposal(DEFAULT_IKE_ID)).toBe(IKE_PROPOSALS[0]);
    expect(findIkeProposal('default')).toBeUndefined();
  });

  it('offers each key length with each group once, under stable ids', () => {
    expect(IKE_PROPOSALS.map((proposal) => proposal.id)).toEqual([
      'aes256-sha256-dh14',
      'aes128-sha256-dh14',
      'aes256-sha256-dh19',
      'aes128-sha256-dh19',
      'aes256-sha256-dh20',
      'aes128-sha256-dh20',
      'aes256-sha256-dh24',
      'aes128-sha256-dh24',
    ]);
  });

  it('fits the lifetimes of both vendors and a label of a Slack option', () => {
    for (const { label, ike, esp } of IKE_PROPOSALS) {
      expect(label.length).toBeLessThanOrEqual(75);
      expect(esp.pfsGroup).toBe(ike.dhGroup);
      expect(label.includes('unproven')).toBe(ike.dhGroup > 20);
      for (const seconds of [ike.lifetimeSeconds, esp.lifetimeSeconds]) {
        expect(seconds).toBeGreaterThan(300);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }
    }
  });
});
