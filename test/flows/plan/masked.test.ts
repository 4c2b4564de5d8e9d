import { describe, expect, test } from 'vitest';
import { masked } from '../../../src/flows/plan/masked.ts';

describe('masking', () => {
  test.each([
    'psk',
    'PSK',
    'preSharedKey',
    'pre_shared_key',
    'zoneRedundancyPreSharedKey',
    'auth_key',
    'secret',
    'password',
    'radius_secret',
  ])('hides what stands under %s at any depth', (key) => {
    expect(masked({ a: [{ b: { [key]: 'hidden-value', c: 1 } }] })).toEqual({
      a: [{ b: { [key]: '[secret]', c: 1 } }],
    });
  });

  test('hides objects and lists under such a key as well, and keeps everything else', () => {
    expect(masked({ psk: { value: 'x' }, secret: ['y'], spanking: 'z', none: null })).toEqual({
      psk: '[secret]',
      secret: '[secret]',
      spanking: 'z',
      none: null,
    });
    expect(masked({ psk: undefined })).toEqual({ psk: undefined });
    expect(masked('text')).toBe('text');
  });

  test('goes by the key path: a name that a person chose is no key', () => {
    const config = {
      tunnel_configs: { 'backup-psk': { psk: 'hidden', ike_lifetime: 1 } },
      bgp_config: {
        secret: { auth_key: 'hidden', neighbors: { '10.0.0.1': { auth_key: 'hidden', neighbor_as: 2 } } },
      },
      vars: { guest_psk: 'hidden', octet: '7' },
    };
    expect(masked(config)).toEqual({
      tunnel_configs: { 'backup-psk': { psk: '[secret]', ike_lifetime: 1 } },
      bgp_config: {
        secret: { auth_key: '[secret]', neighbors: { '10.0.0.1': { auth_key: '[secret]', neighbor_as: 2 } } },
      },
      vars: { guest_psk: '[secret]', octet: '7' },
    });
  });
});
