import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasDiaPolicy,
  insertPolicy,
  removePolicy,
  type PolicyContext,
} from '../../../src/integrations/mist/policies.ts';
import type { RawConfig } from '../../../src/integrations/mist/types.ts';

const services = [
  { name: 'Microsoft-SSE', addresses: ['0.0.0.0/1', '128.0.0.0/1'] },
  { name: 'internet', addresses: ['0.0.0.0/0'] },
  { name: 'servers', addresses: ['10.0.0.0/8'] },
  { name: 'office', addresses: ['13.107.0.0/16', '52.96.0.0/14'] },
  { name: 'teams', addresses: ['52.112.0.0/14'] },
  { name: 'social', addresses: [] },
];
const context: PolicyContext = { services, prefixes: ['13.107.6.152/31', '52.96.0.0/14'] };
const ours = {
  name: 'microsoft-sse',
  tenants: ['Lab', 'printers.Lab'],
  services: ['Microsoft-SSE'],
  action: 'allow',
};

function rule(name: string, service: string, more: RawConfig = {}): RawConfig {
  return { name, tenants: ['Lab'], services: [service], action: 'allow', ...more };
}
const steered = { path_preference: 'wan' };
const internal = rule('internal', 'servers', { path_preference: 'lan' });
const dia = rule('dia', 'internet', steered);
const deny = (name: string, service: string, more: RawConfig = {}): RawConfig =>
  rule(name, service, { action: 'deny', ...more });

function insert(rules: RawConfig[], more: Partial<PolicyContext> = {}) {
  return insertPolicy(rules, ours, { ...context, ...more });
}
function order(rules: readonly RawConfig[]): unknown[] {
  return rules.map((item) => item['name']);
}

describe('the policy goes', () => {
  test('directly above the rule that breaks out locally', () => {
    const { policies, position, refusedBy } = insert([internal, dia]);
    expect([order(policies), position, refusedBy]).toEqual([
      ['internal', 'microsoft-sse', 'dia'],
      1,
      undefined,
    ]);
  });

  test('above a rule for as much as ours, or for some of the tenants', () => {
    expect(insert([rule('halves', 'Microsoft-SSE', steered), dia])).toMatchObject({
      position: 0,
      shadowedBy: [],
    });
    expect(insert([rule('p', 'internet', { ...steered, tenants: ['printers.Lab'] }), dia]).position).toBe(0);
    expect(insert([rule('network', 'internet', { ...steered, tenants: ['Other', 'Lab'] })]).position).toBe(0);
  });

  test('regardless of a rule for longer prefixes, which wins wherever it stands and is named', () => {
    const office = rule('office', 'office', steered);
    expect(insert([office, dia])).toMatchObject({ position: 1, shadowedBy: ['office'] });
    expect(insert([dia, office])).toMatchObject({ position: 0, shadowedBy: ['office'] });
    expect(insert([office])).toMatchObject({ position: 1, shadowedBy: ['office'] });
    const stands = [office, ours, dia];
    expect(insert(stands)).toMatchObject({ policies: stands, position: 1, shadowedBy: ['office'] });
    // Above it, ours would have to pass the deny between the two.
    const teams = rule('teams', 'teams', steered);
    const prefixes = ['52.112.0.0/14', '13.107.6.152/31', '20.0.0.0/8'];
    const placed = insert([teams, deny('no office', 'office'), dia], { prefixes });
    expect(placed).toMatchObject({ position: 2, shadowedBy: ['no office', 'teams'] });
    expect(placed.refusedBy).toBeUndefined();
    expect(insert([office, rule('routed', 'internet'), dia])).toMatchObject({ position: 2 });
  });

  test('above a rule for longer prefixes that takes in as much as ours too', () => {
    const both = rule('both', 'office', { ...steered, services: ['office', 'internet'] });
    expect(insert([internal, both, dia])).toMatchObject({ position: 1, shadowedBy: ['both'] });
  });

  test('below what does not win: other tenants, other destinations, no path, unknown applications', () => {
    const harmless = [
      rule('others', 'internet', { ...steered, tenants: ['Guest'] }),
      internal,
      rule('teams', 'teams', steered),
      rule('routed', 'internet'),
      rule('empty path', 'internet', { path_preference: '' }),
      rule('apps', 'social', steered),
      rule('nowhere', 'no-such-application', steered),
    ];
    expect(insert(harmless).position).toBe(harmless.length);
    expect(insert([...harmless, dia]).position).toBe(harmless.length);
    expect(insert([]).policies).toEqual([ours]);
  });

  test('by what the application covers where the prefixes are not known', () => {
    const unknown = { prefixes: [] };
    expect(insert([internal, dia], unknown)).toMatchObject({ position: 1, shadowedBy: ['internal'] });
    expect(insert([internal, dia]).shadowedBy).toEqual([]);
    expect(insert([dia], unknown).position).toBe(0);
    const servers = deny('no servers', 'servers');
    expect(insert([dia, servers], unknown).refusedBy).toBe('no servers');
    expect(insert([dia, servers]).refusedBy).toBeUndefined();
  });

  test("above a rule that is only a link to one of the organisation's", () => {
    const organisation = [{ id: 'p1', raw: { ...dia, id: 'p1' } }];
    expect(insert([internal, { servicepolicy_id: 'p1' }], { organisation }).position).toBe(1);
    expect(insert([internal, { servicepolicy_id: 'p1' }]).position).toBe(2);
  });
});

describe('a deny', () => {
  test("that overlaps Microsoft's prefixes is never passed, and is named", () => {
    const before = [dia, deny('no office', 'office')];
    const { policies, position, refusedBy } = insert(before);
    expect([policies, position, refusedBy]).toEqual([before, -1, 'no office']);
  });

  test('without a name is named by its place', () => {
    const { name: _, ...nameless } = deny('x', 'office');
    expect(insert([internal, dia, nameless]).refusedBy).toBe('rule 3');
  });

  test('that touches neither the tenants nor the prefixes does not matter', () => {
    const rules = [
      dia,
      deny('guests', 'office', { tenants: ['Guest'] }),
      deny('teams', 'teams'),
      deny('apps', 'social'),
    ];
    expect(insert(rules)).toMatchObject({ position: 0, shadowedBy: [] });
  });

  test('of everything below a breakout that opens everything is no obstacle: it decides nothing for these tenants', () => {
    const everyone = { ...dia, tenants: ['Lab', 'Guest'] };
    expect(insert([internal, everyone, deny('rest', 'internet')])).toMatchObject({ position: 1 });
  });

  test('of everything is one where the breakout opens it for some of the tenants only', () => {
    const some = { ...dia, tenants: ['printers.Lab'] };
    expect(insert([internal, some, deny('rest', 'internet')]).refusedBy).toBe('rest');
  });

  test('more specific than the breakout above it is one, because the longer prefix wins', () => {
    expect(insert([dia, deny('half', 'Microsoft-SSE')]).refusedBy).toBe('half');
  });

  test('above that takes a part leaves the rest, and is told', () => {
    expect(
      insert([deny('no exchange', 'office', {}), dia], { prefixes: ['13.107.6.152/31', '20.0.0.0/8'] }),
    ).toMatchObject({
      position: 1,
      shadowedBy: ['no exchange'],
    });
  });

  test('above that takes all leaves nothing, so that it is refused', () => {
    expect(insert([deny('all', 'internet'), dia]).refusedBy).toBe('all');
    expect(insert([internal, deny('all', 'internet')]).refusedBy).toBe('all');
  });
});

describe('a second time', () => {
  test('nothing changes', () => {
    const once = insert([internal, dia]).policies;
    const twice = insertPolicy(once, ours, context);
    expect(twice.policies).toBe(once);
    expect(twice.position).toBe(1);
  });

  test('it stays where it is although others were put between', () => {
    const rules = [ours, internal, dia];
    expect(insert(rules)).toMatchObject({ policies: rules, position: 0 });
  });

  test('it is moved up where somebody put a winner above it, and written anew where it differs', () => {
    expect(order(insert([dia, ours, internal]).policies)).toEqual(['microsoft-sse', 'dia', 'internal']);
    const other = { ...ours, tenants: ['Lab'] };
    expect(insert([internal, other, dia]).policies).toEqual([internal, ours, dia]);
    expect(insert([ours, internal, ours, dia]).policies).toEqual([internal, ours, dia]);
  });
});

test('a breakout is an allow rule with a path that takes in everything', () => {
  const has = (rules: RawConfig[]): boolean => hasDiaPolicy(rules, ['Lab'], { services });
  expect(has([internal, dia])).toBe(true);
  expect(has([rule('routed', 'internet')])).toBe(false);
  expect(has([deny('no', 'internet', steered)])).toBe(false);
  expect(has([rule('others', 'internet', { ...steered, tenants: ['Guest'] })])).toBe(false);
  expect(has([rule('halves', 'Microsoft-SSE', steered)])).toBe(false);
});

const anyRule = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  tenants: fc.subarray(['Lab', 'printers.Lab', 'Guest']),
  services: fc.subarray(['internet', 'Microsoft-SSE', 'servers', 'office', 'teams', 'social', 'nowhere']),
  action: fc.constantFrom('allow', 'deny'),
  path_preference: fc.constantFrom('wan', '', null),
  unknown_to_us: fc.jsonValue(),
});

test('whatever the rules are: others keep content and order, ours is above the first winner and passes no deny', () => {
  const meets = (item: RawConfig, among: readonly string[]): boolean =>
    (item['tenants'] as string[]).some((tenant) => tenant.includes('Lab')) &&
    (item['services'] as string[]).some((service) => among.includes(service));
  const wide = ['internet', 'Microsoft-SSE'];
  const overlapping = [...wide, 'office'];
  const isDeny = (item: RawConfig): boolean => item['action'] === 'deny' && meets(item, overlapping);
  const isSteered = (item: RawConfig): boolean =>
    item['action'] === 'allow' && item['path_preference'] === 'wan';
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), (rules) => {
      const result = insertPolicy(rules, ours, context);
      expect(removePolicy(result.policies, 'microsoft-sse')).toEqual(rules);
      if (result.refusedBy !== undefined) {
        expect(result.policies).toEqual(rules);
        expect(rules.some(isDeny)).toBe(true);
        return;
      }
      expect(result.policies[result.position]).toEqual(ours);
      const winner = rules.findIndex((item) => isSteered(item) && meets(item, wide));
      expect(result.position).toBe(winner === -1 ? rules.length : winner);
      const below = rules.slice(result.position);
      for (const [index, item] of below.entries()) {
        if (!isDeny(item)) continue;
        // A deny that is passed nevertheless decided nothing: another rule opened the same before it.
        for (const service of item.services.filter((name) => overlapping.includes(name))) {
          const opens = (other: (typeof rules)[number]): boolean =>
            other.action === 'allow' && meets(other, [service]);
          expect(below.slice(0, index).some(opens)).toBe(true);
        }
      }
      expect(result.shadowedBy).toEqual(
        [
          ...rules.slice(0, result.position).filter(isDeny),
          ...rules.filter((item) => isSteered(item) && meets(item, ['office'])),
        ].map((item) => item.name),
      );
      expect(insertPolicy(result.policies, ours, context)).toMatchObject({
        policies: result.policies,
        position: result.position,
      });
    }),
    { numRuns: 1000 },
  );
});
