import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectiveKey, HYPOTHESES } from '../../../src/integrations/mist/effective-config.ts';
import type { ConnectorEntries } from '../../../src/integrations/mist/mapping.ts';
import {
  CONNECTOR_KEYS,
  connectorKeys,
  policyBase,
  policyKey,
  withoutConnectorKeys,
  type OurNames,
} from '../../../src/integrations/mist/merge.ts';
import type { RawConfig } from '../../../src/integrations/mist/types.ts';

const ours: ConnectorEntries = {
  tunnel_configs: { 'mssse-wan0': { psk: 'x' } },
  bgp_config: { 'mssse-wan0': { via: 'tunnel' } },
  routing_policies: { 'mssse-in': { terms: [] }, 'mssse-out': { terms: [] } },
};
const names: OurNames = {
  tunnel_configs: ['mssse-wan0'],
  bgp_config: ['mssse-wan0'],
  routing_policies: ['mssse-in', 'mssse-out'],
};
const foreign = { provider: 'jse-ipsec', psk: 'foreign', unknown_to_us: { deep: [1, null] } };

/** What Mist stores after a PUT: each sent key replaces, `-key` removes. */
function put(device: RawConfig, keys: RawConfig): RawConfig {
  const kept = Object.entries(device).filter(([key]) => !(`-${key}` in keys) && !(key in keys));
  return Object.fromEntries([...kept, ...Object.entries(keys).filter(([key]) => !key.startsWith('-'))]);
}

describe('writing', () => {
  test("goes into the device's own key, and copies the template's where there is none", () => {
    const device = { tunnel_configs: { own: foreign } };
    const template = { tunnel_configs: { inherited: foreign }, bgp_config: { lan: { via: 'lan' } } };
    expect(connectorKeys(device, template, ours)).toEqual({
      keys: {
        tunnel_configs: { own: foreign, ...ours.tunnel_configs },
        bgp_config: { lan: { via: 'lan' }, ...ours.bgp_config },
        routing_policies: ours.routing_policies,
      },
      inheritedStopped: ['bgp_config'],
    });
  });

  test('stops no inheritance where there is no template, or nothing in it', () => {
    expect(connectorKeys({}, undefined, ours).inheritedStopped).toEqual([]);
    expect(connectorKeys({}, { bgp_config: null }, ours)).toEqual({
      keys: { ...ours },
      inheritedStopped: [],
    });
  });

  test('replaces an older entry of ours', () => {
    const device = { tunnel_configs: { 'mssse-wan0': { psk: 'old' } } };
    expect(connectorKeys(device, undefined, ours).keys['tunnel_configs']).toEqual(ours.tunnel_configs);
  });

  test('of policies says what stops being inherited', () => {
    const rules = [{ name: 'a' }];
    expect(policyKey({}, { service_policies: rules }, rules)).toEqual({
      keys: { service_policies: rules },
      inheritedStopped: ['service_policies'],
    });
    expect(policyKey({ service_policies: [] }, { service_policies: rules }, rules).inheritedStopped).toEqual(
      [],
    );
    expect(policyBase({}, { service_policies: rules })).toEqual(rules);
    expect(policyBase({ service_policies: [] }, { service_policies: rules })).toEqual([]);
  });
});

describe('taking away', () => {
  const template = { tunnel_configs: { inherited: foreign } };

  test('lets the device inherit again where the key was absent and nothing else changed', () => {
    const device = put({}, connectorKeys({}, template, ours).keys);
    expect(withoutConnectorKeys(device, template, names, [...CONNECTOR_KEYS])).toEqual({
      '-tunnel_configs': '',
      '-bgp_config': '',
      '-routing_policies': '',
    });
  });

  test('keeps what somebody added meanwhile', () => {
    const device = put({}, connectorKeys({}, template, ours).keys);
    const edited = {
      ...device,
      tunnel_configs: { ...(device['tunnel_configs'] as object), theirs: foreign },
    };
    expect(withoutConnectorKeys(edited, template, names, [...CONNECTOR_KEYS])).toEqual({
      tunnel_configs: { inherited: foreign, theirs: foreign },
      '-bgp_config': '',
      '-routing_policies': '',
    });
  });

  test("keeps a key that was the device's own, even empty", () => {
    const before = { tunnel_configs: {}, bgp_config: { lan: { via: 'lan' } }, routing_policies: {} };
    const device = put(before, connectorKeys(before, template, ours).keys);
    expect(withoutConnectorKeys(device, template, names, [])).toEqual(before);
  });

  test('has nothing to do where ours are gone already', () => {
    expect(withoutConnectorKeys({}, template, names, [...CONNECTOR_KEYS])).toEqual({});
    expect(withoutConnectorKeys({ tunnel_configs: { own: foreign } }, template, names, [])).toEqual({});
  });

  test('finishes a removal that was only half done', () => {
    const half = { tunnel_configs: { inherited: foreign }, bgp_config: {} };
    expect(withoutConnectorKeys(half, template, names, [...CONNECTOR_KEYS])).toEqual({
      '-tunnel_configs': '',
      '-bgp_config': '',
    });
  });

  test('of a policy keeps the others in order', () => {
    const rules = [{ name: 'a' }, { name: 'microsoft-sse' }, 'odd', { servicepolicy_id: 'p' }];
    const policy = { service_policies: ['microsoft-sse'] };
    const without = [{ name: 'a' }, 'odd', { servicepolicy_id: 'p' }];
    expect(withoutConnectorKeys({ service_policies: rules }, undefined, policy, [])).toEqual({
      service_policies: without,
    });
    expect(
      withoutConnectorKeys({ service_policies: rules }, { service_policies: without }, policy, [
        'service_policies',
      ]),
    ).toEqual({
      '-service_policies': '',
    });
    const inherited = { service_policies: rules.slice(0, 1) };
    expect(withoutConnectorKeys(inherited, inherited, policy, ['service_policies'])).toEqual({
      '-service_policies': '',
    });
  });
});

const entryName = fc.constantFrom('a', 'b', 'partner', '__proto__', 'constructor', '');
const section = fc.oneof(
  fc.dictionary(entryName, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4, noNullPrototype: true }),
  fc.constant(undefined),
  fc.constant(null),
);
const config = fc
  .record({ tunnel_configs: section, bgp_config: section, routing_policies: section, other: fc.jsonValue() })
  .map((value) => JSON.parse(JSON.stringify(value)) as RawConfig);

const ruleList = fc.oneof(
  fc.array(
    fc.record(
      { name: fc.constantFrom('a', 'b'), servicepolicy_id: fc.uuid(), unknown_to_us: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    { maxLength: 5 },
  ),
  fc.constant(undefined),
  fc.constant(null),
);

describe('whatever the configuration holds', () => {
  test('foreign entries are the same afterwards, and what runs besides ours too, under both hypotheses', () => {
    fc.assert(
      fc.property(config, fc.option(config, { nil: undefined }), (device, template) => {
        const after = put(device, connectorKeys(device, template, ours).keys);
        for (const hypothesis of HYPOTHESES) {
          for (const key of CONNECTOR_KEYS) {
            const runs = {
              ...(effectiveKey(device, template, key, hypothesis) as object | undefined),
              ...ours[key],
            };
            expect(effectiveKey(after, template, key, hypothesis)).toEqual(runs);
          }
        }
        expect(after['other']).toEqual(device['other']);
      }),
    );
  });

  test('taking ours away again gives back what was there', () => {
    fc.assert(
      fc.property(config, fc.option(config, { nil: undefined }), (device, template) => {
        const absent = CONNECTOR_KEYS.filter((key) => device[key] === undefined || device[key] === null);
        const after = put(device, connectorKeys(device, template, ours).keys);
        const back = put(after, withoutConnectorKeys(after, template, names, absent));
        for (const key of CONNECTOR_KEYS) expect(back[key] ?? null).toEqual(device[key] ?? null);
        expect(back['other']).toEqual(device['other']);
        expect(withoutConnectorKeys(back, template, names, absent)).toEqual({});
      }),
    );
  });

  test('a policy put in anywhere and taken away again leaves every other rule as it was, under both hypotheses', () => {
    const policy = { name: 'microsoft-sse', tenants: ['Lab'], services: ['Microsoft-SSE'], action: 'allow' };
    const mine = { service_policies: ['microsoft-sse'] };
    fc.assert(
      fc.property(ruleList, ruleList, fc.nat({ max: 6 }), (own, inherited, at) => {
        const device: RawConfig = { service_policies: own, other: [1] };
        const template: RawConfig = { service_policies: inherited };
        const base = policyBase(device, template);
        const before = HYPOTHESES.map((h) => effectiveKey(device, template, 'service_policies', h) ?? null);
        const { keys } = policyKey(device, template, base.toSpliced(at, 0, policy));
        const after = put(device, keys);
        for (const hypothesis of HYPOTHESES) {
          const runs = effectiveKey(after, template, 'service_policies', hypothesis) as RawConfig[];
          expect(runs.filter(({ name }) => name !== 'microsoft-sse')).toEqual(base);
          expect(runs.filter(({ name }) => name === 'microsoft-sse')).toEqual([policy]);
        }
        const back = put(
          after,
          withoutConnectorKeys(after, template, mine, Array.isArray(own) ? [] : ['service_policies']),
        );
        expect(back['service_policies'] ?? null).toEqual(own ?? null);
        expect(HYPOTHESES.map((h) => effectiveKey(back, template, 'service_policies', h) ?? null)).toEqual(
          before,
        );
        expect(back['other']).toEqual([1]);
      }),
    );
  });

  test('an inherited list that the template lost meanwhile is still given back', () => {
    const mine = { service_policies: ['microsoft-sse'] };
    const left = [{ name: 'microsoft-sse' }];
    const answer = withoutConnectorKeys({ service_policies: left }, undefined, mine, ['service_policies']);
    expect(answer).toEqual({ '-service_policies': '' });
  });

  test('inputs are not changed', () => {
    fc.assert(
      fc.property(config, config, (device, template) => {
        const before = JSON.stringify([device, template]);
        const { keys } = connectorKeys(device, template, ours);
        withoutConnectorKeys(put(device, keys), template, names, [...CONNECTOR_KEYS]);
        expect(JSON.stringify([device, template])).toBe(before);
      }),
    );
  });
});
