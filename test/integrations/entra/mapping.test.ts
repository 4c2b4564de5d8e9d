import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RemoteError } from '../../../src/base/failure.ts';
import { IKE_PROPOSALS } from '../../../src/design/ike-proposals.ts';
import {
  deviceLinkBody,
  deviceLinkFrom,
  policyDifferences,
  policyOf,
  prefixesFrom,
} from '../../../src/integrations/entra/mapping.ts';
import { isLoopback, scopeOf } from '../../../src/integrations/entra/options.ts';
import { pauseAfter, readRetryAfter } from '../../../src/integrations/entra/retry.ts';
import { rolesOf } from '../../../src/integrations/entra/roles.ts';
import { DeviceLink, HealthRow, PolicyLink, RemoteNetwork } from '../../../src/integrations/entra/schema.ts';
import { errorCodeOf } from '../../../src/integrations/entra/errors.ts';
import { deviceLinkCreate } from '../../../sandbox/contracts/graph/requests.ts';
import { guideProposal, lyonLink } from './links.ts';

describe('a proposal', () => {
  test.each(IKE_PROPOSALS.map((one) => [one.id, one] as const))(
    '%s is a device link that Graph takes and reads back the same',
    (_id, ike) => {
      const body = deviceLinkBody(lyonLink({ ike }), 'other');
      expect(deviceLinkCreate.safeParse(body).error).toBeUndefined();
      const read = deviceLinkFrom(DeviceLink.parse({ ...body, id: 'l' }));
      expect(policyDifferences(read.policy, ike)).toEqual([]);
    },
  );

  test('differs from every other one, and from the default policy', () => {
    for (const one of IKE_PROPOSALS) {
      for (const other of IKE_PROPOSALS) {
        if (one !== other) expect(policyDifferences(policyOf(one), other)).not.toEqual([]);
      }
      expect(policyDifferences({ kind: 'default' }, one)).toEqual(['kind']);
    }
  });

  test('equals a policy that names group 14 as Azure does', () => {
    const read = { ...policyOf(guideProposal()), dhGroup: 'dhGroup2048', pfsGroup: 'pfs2048' };
    expect(policyDifferences(read, guideProposal())).toEqual([]);
    expect(policyDifferences({ ...read, pfsGroup: 'pfs2', saLifeTimeSeconds: 300 }, guideProposal())).toEqual(
      ['pfsGroup', 'saLifeTimeSeconds'],
    );
  });

  test('equals no policy that was withheld', () => {
    const body = { ...deviceLinkBody(lyonLink(), 'other'), id: 'l', tunnelConfiguration: null };
    expect(policyDifferences(deviceLinkFrom(DeviceLink.parse(body)).policy, guideProposal())).toHaveLength(7);
  });

  test('equals no policy of a kind that is unknown or of which nothing was read', () => {
    const body = {
      ...deviceLinkBody(lyonLink(), 'other'),
      id: 'l',
      tunnelConfiguration: { '@odata.type': '#x.tunnelConfigurationIKEv3' },
    };
    const { policy, psk } = deviceLinkFrom(DeviceLink.parse(body));
    expect(psk).toBeUndefined();
    expect(policyDifferences(policy, guideProposal())).toHaveLength(7);
  });
});

test("the bodies put Microsoft's address into localIpAddress and the device's into peerIpAddress", () => {
  const { bgpConfiguration } = deviceLinkBody(lyonLink(), 'other');
  expect(bgpConfiguration).toEqual({ localIpAddress: '10.99.99.2', peerIpAddress: '10.99.99.1', asn: 65000 });
});

describe('prefixes of a profile', () => {
  const policy = (destinations: unknown[], action = 'forward', state = 'enabled'): PolicyLink =>
    PolicyLink.parse({ state, policy: { policyRules: [{ action, destinations }] } });

  test('are IPv4 networks that are forwarded, once each, with host bits cleared', () => {
    const values = [
      '10.1.2.3/8',
      '10.0.0.0/8',
      '192.0.2.7',
      '*.office.com',
      '2603:1006::/40',
      '10.0.0.1-10.0.0.9',
      '',
      null,
    ];
    const found = prefixesFrom([
      policy(values.map((value) => ({ value }))),
      policy([{ value: '172.16.0.0/12' }], 'bypass'),
      policy([{ value: '172.17.0.0/16' }], 'forward', 'disabled'),
    ]);
    expect(found).toEqual(['10.0.0.0/8', '192.0.2.7/32']);
  });

  test('are unknown where there are none, or one policy was not told', () => {
    expect(prefixesFrom([])).toBeUndefined();
    expect(prefixesFrom([policy([{ value: 'example.com' }])])).toBeUndefined();
    expect(
      prefixesFrom([policy([{ value: '10.0.0.0/8' }]), PolicyLink.parse({ state: 'enabled', policy: null })]),
    ).toBeUndefined();
  });
});

describe('whatever is sent', () => {
  test('schemas answer with a result', () => {
    for (const shape of [DeviceLink, RemoteNetwork, PolicyLink, HealthRow]) {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          expect(typeof shape.safeParse(value).success).toBe('boolean');
        }),
      );
    }
  });

  test('destinations never become anything but IPv4 prefixes', () => {
    const value = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.integer({ min: -1, max: 40 })).map((p) => p.join('/')),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ value })), (destinations) => {
        const link = PolicyLink.parse({
          state: 'enabled',
          policy: { policyRules: [{ action: 'forward', destinations }] },
        });
        for (const prefix of prefixesFrom([link]) ?? [])
          expect(prefix).toMatch(/^\d{1,3}(\.\d{1,3}){3}\/([0-9]|[12]\d|3[0-2])$/);
      }),
    );
  });

  test('tokens give a list of roles or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String(), { minLength: 1, maxLength: 4 }).map((p) => p.join('.')),
        ),
        (token) => {
          const roles = rolesOf(token);
          expect(roles === undefined || Array.isArray(roles)).toBe(true);
        },
      ),
    );
    const claims = fc.array(fc.string());
    fc.assert(
      fc.property(claims, (roles) => {
        expect(rolesOf(`h.${Buffer.from(JSON.stringify({ roles })).toString('base64url')}.s`)).toEqual(roles);
      }),
    );
  });

  test('error codes are short words', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((code) => JSON.stringify({ error: { code } })),
        ),
        (body) => {
          expect(errorCodeOf(body) ?? 'word').toMatch(/^[A-Za-z_.]{1,40}$/);
        },
      ),
    );
    expect(errorCodeOf('{"error":{"code":"Request_BadRequest"}}')).toBe('Request_BadRequest');
    expect(errorCodeOf('{"error":{"code":"Zk3vPq9TtR1mW8sXn2bGh5JdLc7YfA4oUe6iVgM0KwQ"}}')).toBeUndefined();
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');

  test('is seconds or a date', () => {
    expect(readRetryAfter('7', now)).toBe(7_000);
    expect(readRetryAfter('0', now)).toBe(0);
    expect(readRetryAfter('Sun, 01 Mar 2026 10:00:30 GMT', now)).toBe(30_000);
    expect(readRetryAfter('Sun, 01 Mar 2026 09:00:00 GMT', now)).toBe(0);
  });

  test.each([undefined, null, '', '-1', 'soon', '1e9', '99999999', 'Sun', '7 apples'])(
    '%j says nothing',
    (header) => {
      expect(readRetryAfter(header, now)).toBeUndefined();
    },
  );

  test('is never negative, whatever was sent', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(readRetryAfter(header, now) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  const failure = (retryAfterMs?: number): RemoteError =>
    new RemoteError({
      system: 'entra',
      kind: 'unavailable',
      message: '',
      hint: '',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });

  test('is waited for as asked up to ten seconds, and not at all beyond', () => {
    expect(pauseAfter(1, failure(0))).toBe(0);
    expect(pauseAfter(2, failure(10_000))).toBe(10_000);
    expect(pauseAfter(1, failure(10_001))).toBeUndefined();
  });

  test('absent means a short wait that grows', () => {
    for (let i = 0; i < 50; i += 1) {
      expect(pauseAfter(1, failure())).toBeLessThanOrEqual(250);
      expect(pauseAfter(2, failure())).toBeGreaterThanOrEqual(500);
      expect(pauseAfter(2, failure())).toBeLessThanOrEqual(1_000);
    }
  });
});

describe('the scope', () => {
  test.each([
    ['https://graph.microsoft.com', 'https://graph.microsoft.com/.default'],
    ['https://localhost:8443', 'https://graph.microsoft.com/.default'],
    ['https://127.0.0.5:1/', 'https://graph.microsoft.com/.default'],
    ['https://[::1]:1/', 'https://graph.microsoft.com/.default'],
    ['https://graph.microsoft.us/', 'https://graph.microsoft.us/.default'],
    ['https://proxy.example:8443', 'https://proxy.example:8443/.default'],
  ])('of %s is %s', (base, scope) => {
    expect(scopeOf(base)).toBe(scope);
  });

  test('a name that only looks like loopback is none', () => {
    expect(
      ['https://localhost.example', 'https://127.0.0.1.example', 'https://127.example'].some(isLoopback),
    ).toBe(false);
  });
});
