import { randomUUID } from 'node:crypto';
import { Address4 } from 'ip-address';
import type { ForwardingProfile, ForwardingRule } from './resources.ts';

/** IPv4 subnets of Microsoft's published Microsoft 365 endpoints, grouped as the profile's policies are. */
const M365_POLICIES: Record<string, string[]> = {
  'Exchange Online': [
    ...[
      '13.107.6.152/31',
      '13.107.18.10/31',
      '13.107.128.0/22',
      '23.103.160.0/20',
      '40.96.0.0/13',
      '40.104.0.0/15',
    ],
    ...['52.96.0.0/14', '131.253.33.215/32', '132.245.0.0/16', '150.171.32.0/22', '204.79.197.215/32'],
    ...['40.92.0.0/15', '40.107.0.0/16', '52.100.0.0/14', '104.47.0.0/17'],
  ],
  'SharePoint Online and OneDrive': [
    '13.107.136.0/22',
    '40.108.128.0/17',
    '52.104.0.0/14',
    '104.146.128.0/17',
    '150.171.40.0/22',
  ],
  'Microsoft Entra ID and Microsoft Graph': [
    '20.20.32.0/19',
    '20.190.128.0/18',
    '20.231.128.0/19',
    '40.126.0.0/18',
    '52.108.0.0/14',
  ],
};

const TYPE = '#microsoft.graph.networkaccess.';

function subnetRule(type: string, name: string, subnets: string[]): ForwardingRule {
  return {
    '@odata.type': `${TYPE}${type}`,
    id: randomUUID(),
    name,
    action: 'forward',
    clientFallbackAction: 'bypass',
    ruleType: 'ipSubnet',
    destinations: subnets.map((value) => ({ '@odata.type': `${TYPE}ipSubnet`, value })),
    ...(type === 'm365ForwardingRule' && { category: 'optimized' as const }),
    ports: ['80', '443'],
    protocol: 'tcp',
  };
}

function fqdnRule(name: string, fqdns: string[]): ForwardingRule {
  return {
    ...subnetRule('m365ForwardingRule', name, []),
    ruleType: 'fqdn',
    category: 'default',
    destinations: fqdns.map((value) => ({ '@odata.type': `${TYPE}fqdn`, value })),
  };
}

function profile(
  type: ForwardingProfile['trafficForwardingType'],
  priority: number,
  name: string,
  state: ForwardingProfile['state'],
  rules: Record<string, ForwardingRule[]>,
): ForwardingProfile {
  return {
    id: randomUUID(),
    name,
    description: `Default traffic forwarding profile, type ${type}.`,
    state,
    version: '1.0.0',
    lastModifiedDateTime: '2026-01-15T08:00:00Z',
    isCustomProfile: false,
    priority,
    trafficForwardingType: type,
    associations: [],
    policies: Object.entries(rules).map(([policyName, policyRules]) => ({
      '@odata.type': `${TYPE}forwardingPolicyLink`,
      id: randomUUID(),
      state: 'enabled',
      version: '1.0.0',
      policy: {
        '@odata.type': `${TYPE}forwardingPolicy`,
        id: randomUUID(),
        name: policyName,
        description: '',
        version: '1.0.0',
        trafficForwardingType: type,
        policyRules,
      },
    })),
  };
}

/** The three default profiles of a tenant: Microsoft traffic and internet enabled, private access not. */
export function defaultProfiles(): ForwardingProfile[] {
  const m365 = Object.fromEntries(
    Object.entries(M365_POLICIES).map(([name, subnets]) => [
      name,
      [
        subnetRule('m365ForwardingRule', `${name}: addresses`, subnets),
        fqdnRule(`${name}: names`, ['*.office.com', '*.office365.com']),
        // IPv6 stands beside IPv4 in the real profile; a branch's IPv4 peering never learns it.
        subnetRule('m365ForwardingRule', `${name}: IPv6`, ['2603:1006::/40', '2603:1016::/36']),
      ],
    ]),
  );
  return [
    profile('m365', 0, 'Microsoft traffic profile', 'enabled', m365),
    profile('private', 1, 'Private access profile', 'disabled', {}),
    profile('internet', 2, 'Internet access profile', 'enabled', {
      'All internet traffic': [subnetRule('internetAccessForwardingRule', 'Default route', ['0.0.0.0/0'])],
    }),
  ];
}

/** The IPv4 prefixes that a gateway announces for one profile: forwarded subnets and addresses of enabled policies. */
export function announcedPrefixes(source: ForwardingProfile): string[] {
  if (source.state !== 'enabled') return [];
  const prefixes = new Set<string>();
  for (const link of source.policies) {
    if (link.state !== 'enabled') continue;
    for (const rule of link.policy.policyRules) {
      if (rule.action !== 'forward' || rule.ruleType === 'fqdn') continue;
      for (const { value } of rule.destinations) {
        if (Address4.isValid(value)) prefixes.add(value.includes('/') ? value : `${value}/32`);
      }
    }
  }
  return [...prefixes];
}
