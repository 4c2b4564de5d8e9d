import { contains, overlaps } from '../addressing.ts';
import { DEFAULT_ROUTE, HALVES_OF_IPV4 } from '../design-site.ts';
import { POLICY_NAME } from '../names.ts';
import type { SiteDesign, TrafficMode } from '../types.ts';
import type { CheckId } from './catalogue.ts';
import { finding, notRead, said, type Sides } from './findings.ts';
import type { SiteViews, Finding } from './types.ts';
import type { EntraView, MistView, Part, RuleView } from './views.ts';

const SITE = 'site';

/** X19 and X20: whether Microsoft lets the traffic through that the site sends. */
export function profileChecks(entra: EntraView, { design, mist }: SiteViews): Finding[] {
  if (!entra.profiles.read) {
    const sides = { entra: { unread: entra.profiles } };
    return [finding('X19', SITE, 'unknown', sides, notRead(entra.profiles))];
  }
  const profiles = entra.profiles.value;
  const wantsInternet = design
    ? design.mode === 'internet'
    : mist.read && sendsEverything(mist.value) && !refusesDefault(mist.value);
  const check = (id: CheckId, type: TrafficMode): Finding => {
    const profile = profiles.find((candidate) => candidate.type === type);
    const sides = {
      design: design && type,
      entra: said(profile && (profile.enabled ? type : `${type}, disabled`)),
    };
    if (profile?.enabled === true) return finding(id, SITE, 'pass', sides);
    return finding(id, SITE, 'fail', sides, {
      message: profile
        ? `Traffic profile ${type} is disabled, and the gateway silently drops its traffic`
        : `Traffic profile ${type} is not associated with the remote network, and the gateway silently drops its traffic`,
      mend: profile
        ? `Enable the profile ${type} in Entra.`
        : `Associate the profile ${type} with ${entra.networkName} in Entra.`,
    });
  };
  return [check('X19', 'm365'), ...(wantsInternet ? [check('X20', 'internet')] : [])];
}

function sendsEverything(mist: MistView): boolean {
  const rule = ownRule(mist.rules, []);
  return rule?.addresses.some((address) => contains(address, DEFAULT_ROUTE)) === true;
}

/** Whether every neighbor's import policy begins by refusing the default route, so that nothing but named prefixes is sent. */
function refusesDefault(mist: MistView): boolean {
  const policies = mist.connectors.flatMap((c) => c.group?.neighbors.map((n) => n.importPolicy) ?? []);
  return (
    policies.length > 0 &&
    policies.every((name) => {
      const terms = name === undefined ? [] : (mist.routingPolicies[name] ?? []);
      const first = terms.find((t) => t.prefixes.some((prefix) => prefix.split('-')[0] === DEFAULT_ROUTE));
      return first?.accept === false;
    })
  );
}

/** X21 and X22: whether the router sends Microsoft's traffic where the learned routes say. */
export function routingChecks(mist: MistView, { design, around }: SiteViews): Finding[] {
  const prefixes: Part<readonly string[]> = around?.microsoftPrefixes ?? {
    read: false,
    why: 'not asked for',
  };
  const known = prefixes.read ? prefixes.value : [];
  const rule = ownRule(mist.rules, known);
  const subject = `policy ${rule?.name ?? POLICY_NAME}`;
  if (rule === undefined) return [missingPolicy(mist, design, subject)];
  return [coverage(mist, rule, prefixes, subject), orderCheck(mist, rule, known, design, subject)];
}

/** The rule that carries the site's traffic: ours by name, else the first without a path that covers Microsoft's prefixes. */
function ownRule(rules: readonly RuleView[], prefixes: readonly string[]): RuleView | undefined {
  const wanted = prefixes.length > 0 ? prefixes : HALVES_OF_IPV4;
  return (
    rules.find(({ name }) => name === POLICY_NAME) ??
    rules.find((rule) => rule.action === 'allow' && !rule.steered && covers(rule.addresses, wanted))
  );
}

/** The default route is covered by its two halves as well, which is how the application carries it beside a breakout rule. */
function covers(addresses: readonly string[], prefixes: readonly string[]): boolean {
  return prefixes
    .flatMap((prefix) => (prefix === DEFAULT_ROUTE ? HALVES_OF_IPV4 : [prefix]))
    .every((prefix) => addresses.some((address) => contains(address, prefix)));
}

function missingPolicy(mist: MistView, design: SiteDesign | undefined, subject: string): Finding {
  const sides = { design: design?.policy.name, mist: said(undefined) };
  return finding('X22', subject, 'fail', sides, {
    message: `${mist.deviceName} has no application policy that follows the learned routes: traffic goes as it did before`,
    mend: 'Add the application policy without a path, above any rule that breaks out locally.',
  });
}

function coverage(
  mist: MistView,
  rule: RuleView,
  prefixes: Part<readonly string[]>,
  subject: string,
): Finding {
  const sides: Sides = {
    entra: prefixes.read ? said(`${prefixes.value.length} prefixes`) : { unread: prefixes },
    mist: said(rule.addresses.join(', ') || undefined),
  };
  const narrow = rule.applications.find(
    (name) => mist.applications.find((application) => application.name === name)?.anyProtocol === false,
  );
  if (narrow !== undefined)
    return finding('X21', subject, 'fail', sides, {
      message: `Application ${narrow} is not for every protocol; without specs Mist takes http and https only`,
      mend: `Set the protocol of application ${narrow} in Mist to any.`,
    });
  const wanted = prefixes.read && prefixes.value.length > 0 ? prefixes.value : HALVES_OF_IPV4;
  const outside = wanted.filter((prefix) => !covers(rule.addresses, [prefix]));
  if (outside.length > 0)
    return finding('X21', subject, 'fail', sides, {
      message: `The application does not cover ${outside.slice(0, 3).join(', ')}${outside.length > 3 ? ` and ${outside.length - 3} more` : ''}`,
      mend: `Give application ${rule.applications.join(', ')} the addresses ${HALVES_OF_IPV4.join(' and ')}.`,
    });
  return finding('X21', subject, 'pass', sides);
}

function orderCheck(
  mist: MistView,
  rule: RuleView,
  known: readonly string[],
  design: SiteDesign | undefined,
  subject: string,
): Finding {
  const sides = {
    design: design?.policy.tenants.join(', '),
    mist: said(`${rule.action} ${rule.tenants.join(', ')}${rule.steered ? ', with a path' : ''}`),
  };
  const fail = (message: string, mend: string) => finding('X22', subject, 'fail', sides, { message, mend });
  if (rule.action === 'deny') return fail('The application policy denies the traffic', 'Set it to allow.');
  if (rule.steered)
    return fail(
      'The application policy names a path, which overrides the learned routes',
      'Leave traffic steering of this policy empty in Mist.',
    );
  const left = (design?.policy.tenants ?? []).filter(
    (tenant) => !rule.tenants.some((allowed) => isWithin(tenant, allowed)),
  );
  if (left.length > 0)
    return fail(`No policy lets ${left.join(', ')} through`, `Add ${left.join(', ')} to the policy in Mist.`);
  const wanted = known.length > 0 ? known : rule.addresses;
  const place = mist.rules.indexOf(rule);
  const rivals = mist.rules.map((other, at) => ({
    other,
    at,
    wins: winsOver(other, at < place, rule, wanted),
  }));
  const winner = rivals.find(({ wins }) => wins === 'all');
  const label = ({ other, at }: { other: RuleView; at: number }): string => other.name ?? `rule ${at + 1}`;
  if (winner)
    return fail(
      `${label(winner)} stands above and ${winner.other.action === 'deny' ? 'denies' : 'steers'} the same traffic`,
      `Move ${rule.name ?? 'the policy'} above ${label(winner)} in Mist.`,
    );
  const partly = rivals.filter(({ wins }) => wins === 'part');
  if (partly.length === 0) return finding('X22', subject, 'pass', sides);
  return finding('X22', subject, 'warning', sides, {
    message: `Rules that keep a part of Microsoft's prefixes: ${partly.map(label).join(', ')}`,
    mend: 'See whether that is wanted: the router prefers the longer prefix wherever the rule stands.',
  });
}

/** Of different prefixes the router takes the longer one wherever the rules stand; of equal and wider ones the upper rule. */
function winsOver(
  other: RuleView,
  isAbove: boolean,
  own: RuleView,
  wanted: readonly string[],
): 'all' | 'part' | 'no' {
  if (other === own || (other.action === 'allow' && !other.steered)) return 'no';
  if (!other.tenants.some((a) => own.tenants.some((b) => isWithin(a, b) || isWithin(b, a)))) return 'no';
  const touching = other.addresses.filter((address) => wanted.some((prefix) => overlaps(address, prefix)));
  if (touching.length === 0) return 'no';
  const isLonger = (address: string): boolean =>
    own.addresses.some((wide) => wide !== address && contains(wide, address));
  if (touching.every(isLonger)) return isAbove || other.steered ? 'part' : 'no';
  return isAbove ? 'all' : 'no';
}

/** A user belongs to its network: `printers.lab` is within `lab`. */
function isWithin(tenant: string, wider: string): boolean {
  return tenant === wider || tenant.endsWith(`.${wider}`);
}
