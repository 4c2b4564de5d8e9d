import { describe, expect, it } from 'vitest';
import { isPrivateRange, isPublicRoutable, whyNotPublic } from '../../src/design/public-address.ts';

describe('public addresses', () => {
  it.each([
    '8.8.8.8',
    '20.172.65.16',
    '192.0.2.1',
    '198.51.100.10',
    '203.0.113.10',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
  ])('%s can be a WAN address', (address) => {
    expect(whyNotPublic(address)).toBeUndefined();
    expect(isPublicRoutable(address)).toBe(true);
  });

  it.each([
    ['10.1.2.3', 'is a private address (RFC 1918)'],
    ['172.16.0.1', 'is a private address (RFC 1918)'],
    ['172.31.255.255', 'is a private address (RFC 1918)'],
    ['192.168.1.2', 'is a private address (RFC 1918)'],
    ['100.64.0.1', 'is a carrier-grade NAT address (100.64.0.0/10)'],
    ['100.127.255.255', 'is a carrier-grade NAT address (100.64.0.0/10)'],
    ['127.0.0.1', 'is a loopback address (127.0.0.0/8)'],
    ['169.254.1.1', 'is a link-local address (169.254.0.0/16)'],
    ['224.0.0.1', 'is a multicast address (224.0.0.0/4)'],
    ['239.255.255.255', 'is a multicast address (224.0.0.0/4)'],
    ['0.0.0.0', 'is the unspecified address'],
    ['255.255.255.255', 'is the broadcast address'],
    ['0.1.2.3', 'is reserved by IANA and not routed in the internet'],
    ['240.0.0.1', 'is reserved by IANA and not routed in the internet'],
    ['198.18.0.1', 'is reserved by IANA and not routed in the internet'],
    ['192.0.0.1', 'is reserved by IANA and not routed in the internet'],
    ['203.0.113.10/32', 'is not an IPv4 address'],
    ['', 'is not an IPv4 address'],
  ])('%s cannot: it %s', (address, reason) => {
    expect(whyNotPublic(address)).toBe(reason);
    expect(isPublicRoutable(address)).toBe(false);
  });

  it('a range is private only as a whole', () => {
    expect(isPrivateRange('10.99.99.0/29')).toBe(true);
    expect(isPrivateRange('172.16.0.0/12')).toBe(true);
    expect(isPrivateRange('172.16.0.0/11')).toBe(false);
    expect(isPrivateRange('172.0.0.0/11')).toBe(false);
    expect(isPrivateRange('100.64.0.0/29')).toBe(false);
    expect(isPrivateRange('nonsense')).toBe(false);
  });
});
