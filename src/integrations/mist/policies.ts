import { contains, overlaps } from '../../design/addressing.ts';
import { hasKey, isEqual, textOf, textsOf } from './json.ts';
import { withLinked } from './effective-config.ts';
import type { MistService, RawConfig } from './types.ts';

/** What is needed to judge rules. */
export interface PolicyContext {
  /** The organisation's applications: a rule names them. */
  readonly services: readonly Pick<MistService, 'name' | 'addresses'>[];
  /** Microsoft's prefixes; the application's own addresses where they are not known. */
  readonly prefixes: readonly string[];
  /** The organisation's policies, for rules that link to one. */
  readonly organisation?: readonly { readonly id: string; readonly raw: RawConfig }[];
}

/** Where our policy goes. */
export interface Insertion {
  /** The whole list to be written; the given one where it is refused or already right. */
  readonly policies: readonly RawConfig[];
  /** Index of our policy in it; -1 where it is refused. */
  readonly position: number;
  /** The deny rule that our policy would have to pass, by its name, or `rule <n>` counted from 1. */
  readonly refusedBy?: string;
  /**
   * Rules that take a part of Microsoft's prefixes from some of our tenants all the same: denies above ours, and steered rules
   * for longer prefixes, which the SSR prefers wherever they stand (SSR documentation, FIB construction).
   */
  readonly shadowedBy: readonly string[];
}

/** An application policy in short. */
export interface Rule {
  readonly label: string;
  readonly kind: 'deny' | 'steered' | 'routed';
  readonly tenants: readonly string[];
  readonly addresses: readonly string[];
  /** The path preference of a steered one. */
  readonly path?: string;
}

/** Whether a rule takes its content from one of the organisation's policies. */
export function hasLinkedRule(rules: readonly RawConfig[]): boolean {
  return rules.some((rule) => hasKey(rule, 'servicepolicy_id'));
}

/**
 * Puts our policy directly above the first rule that would win over it: an allow rule with a path for one of our tenants whose
 * application takes in one of Microsoft's prefixes; at the end where there is none. It is never put above a deny that overlaps
 * Microsoft's prefixes, unless an allow rule of the same prefix, above that deny, has already opened it for the same tenants; and it
 * is refused as well where a deny above it leaves it nothing. Rules whose application is not known by addresses decide nothing. An
 * equal policy that already stands well stays where it is; all other rules keep their content and order.
 */
export function insertPolicy(
  effective: readonly RawConfig[],
  ours: RawConfig,
  context: PolicyContext,
): Insertion {
  const name = textOf(ours['name']);
  const others = removePolicy(effective, name ?? '');
  const services = new Map(context.services.map((service) => [service.name, service.addresses]));
  const own = ruleOf(ours, -1, services, context);
  const wanted = context.prefixes.length > 0 ? context.prefixes : own.addresses;
  const rules = others.map((rule, index) => ruleOf(rule, index, services, context));
  const touches = (rule: Rule): boolean =>
    sharesTenant(rule, own) &&
    rule.addresses.some((address) => wanted.some((prefix) => overlaps(address, prefix)));

  // A longer prefix wins wherever it stands: only the others decide where ours has to be.
  const isLonger = (address: string): boolean =>
    own.addresses.some((wide) => wide !== address && contains(wide, address));
  const overlapping = (rule: Rule): readonly string[] =>
    rule.addresses.filter((address) => wanted.some((prefix) => overlaps(address, prefix)));
  const winner = rules.findIndex(
    (rule) =>
      rule.kind === 'steered' &&
      sharesTenant(rule, own) &&
      overlapping(rule).some((address) => !isLonger(address)),
  );
  const position = winner === -1 ? rules.length : winner;
  const above = rules.slice(0, position);
  const below = rules.slice(position);

  const passed = below.find((rule, index) => {
    return rule.kind === 'deny' && touches(rule) && !isOpened(rule, below.slice(0, index), own, wanted);
  });
  const blocker = above.find((rule) => {
    const covers = wanted.every((prefix) => rule.addresses.some((address) => contains(address, prefix)));
    return rule.kind === 'deny' && sharesTenant(rule, own) && covers && wanted.length > 0;
  });
  const refusedBy = passed ?? blocker;
  const longer = (rule: Rule): boolean =>
    rule.kind === 'steered' && sharesTenant(rule, own) && overlapping(rule).some(isLonger);
  const steered = rules.filter(longer).map(({ label }) => label);
  const shadowedBy = [
    ...above.filter((rule) => rule.kind === 'deny' && touches(rule)).map(({ label }) => label),
    ...steered,
  ];
  if (refusedBy !== undefined) {
    return { policies: effective, position: -1, refusedBy: refusedBy.label, shadowedBy };
  }

  const present = effective.findIndex((rule) => rule['name'] === name);
  const standsWell = present !== -1 && present <= position && isEqual(effective[present], ours);
  const isOnly = effective.length - others.length === 1;
  if (standsWell && isOnly) {
    const closer = rules.slice(0, present).filter((rule) => rule.kind === 'deny' && touches(rule));
    const jumped = rules.slice(present, position).some((rule) => rule.kind === 'deny' && touches(rule));
    if (!jumped)
      return {
        policies: effective,
        position: present,
        shadowedBy: [...closer.map(({ label }) => label), ...steered],
      };
  }
  return { policies: others.toSpliced(position, 0, ours), position, shadowedBy };
}

/** A rule's own name; undefined where it has none, such as a mere link. */
export function ruleName(rule: RawConfig | undefined): string | undefined {
  return textOf(rule?.['name']);
}

/** The list without our policy; others keep their content and order. */
export function removePolicy(policies: readonly RawConfig[], name: string): RawConfig[] {
  return policies.filter((rule) => rule['name'] !== name);
}

/**
 * Whether the device has a rule that breaks out locally: an allow rule for one of the tenants whose application takes in
 * 0.0.0.0/0 and that names a path.
 */
export function hasDiaPolicy(
  effective: readonly RawConfig[],
  tenants: readonly string[],
  context: Omit<PolicyContext, 'prefixes'>,
): boolean {
  const services = new Map(context.services.map((service) => [service.name, service.addresses]));
  return effective.some((policy, index) => {
    const rule = ruleOf(policy, index, services, context);
    const isForThem = rule.tenants.some((tenant) => tenants.includes(tenant));
    return (
      rule.kind === 'steered' && isForThem && rule.addresses.some((address) => contains(address, '0.0.0.0/0'))
    );
  });
}

/** What an application policy is about: for whom, which addresses, and where to. `index` names a rule without a name. */
export function policyReaches(
  policy: RawConfig,
  index: number,
  context: Omit<PolicyContext, 'prefixes'>,
): Rule {
  const services = new Map(context.services.map((service) => [service.name, service.addresses]));
  return ruleOf(policy, index, services, context);
}

function ruleOf(
  policy: RawConfig,
  index: number,
  services: ReadonlyMap<string, readonly string[]>,
  context: Pick<PolicyContext, 'organisation'>,
): Rule {
  const rule = withLinked(policy, context.organisation ?? []);
  const steered = hasKey(rule, 'path_preference') && rule['path_preference'] !== '';
  const path = textOf(rule['path_preference']);
  return {
    label: textOf(rule['name']) ?? `rule ${index + 1}`,
    kind: rule['action'] === 'deny' ? 'deny' : steered ? 'steered' : 'routed',
    tenants: textsOf(rule['tenants']),
    addresses: textsOf(rule['services']).flatMap((name) => services.get(name) ?? []),
    ...(path !== undefined && { path }),
  };
}

/** A user belongs to its network: a rule for `lab` meets one for `printers.lab`. */
function sharesTenant(a: Rule, b: Rule): boolean {
  return a.tenants.some((left) => b.tenants.some((right) => isWithin(left, right) || isWithin(right, left)));
}

function isWithin(tenant: string, wider: string): boolean {
  return tenant === wider || tenant.endsWith(`.${wider}`);
}

/**
 * Whether rules above a deny already let the same traffic through, so that ours changes nothing about it. Only an equal prefix does:
 * of different ones the SSR takes the longer, whatever their order.
 */
function isOpened(deny: Rule, above: readonly Rule[], own: Rule, wanted: readonly string[]): boolean {
  const addresses = deny.addresses.filter((address) => wanted.some((prefix) => overlaps(address, prefix)));
  const tenants = own.tenants.filter((tenant) =>
    deny.tenants.some((denied) => isWithin(tenant, denied) || isWithin(denied, tenant)),
  );
  return tenants.every((tenant) =>
    addresses.every((address) =>
      above.some(
        (rule) =>
          rule.kind !== 'deny' &&
          rule.tenants.some((allowed) => isWithin(tenant, allowed)) &&
          rule.addresses.includes(address),
      ),
    ),
  );
}
