import type {
  Fleet,
  OnboardForm,
  PlanLine,
  PreflightItem,
  RequestView,
  SiteStatus,
  StepView,
} from '../../../src/flows/types.ts';

/** A small request of one link; override what the test is about. */
export function requestView(over: Partial<RequestView> = {}): RequestView {
  return {
    id: 'req-1',
    state: 'Plan',
    verb: 'onboard',
    site: { id: 'site-lyon', name: 'Lyon' },
    channel: 'C0NETWORK1',
    requester: 'U0REQUEST1',
    option: 'single-wan',
    facts: [
      ['Region', 'franceSouth'],
      ['Bandwidth', '500 Mbps per link'],
    ],
    plan: [planLine(1)],
    preflight: [{ id: 'X01', verdict: 'pass', what: 'tenant onboarded', seen: 'onboarded', mend: '' }],
    blastRadius: ['One device: lyon-edge.'],
    advice: ['MTU 1380.'],
    digest: 'sha256-0123456789abcdef0123456789abcdef',
    revision: 1,
    createdAt: 1_800_000_000_000,
    expiresAt: 1_800_086_400_000,
    canApprove: true,
    canEdit: true,
    canRollBack: true,
    approvals: [],
    approvalsNeeded: 1,
    steps: [],
    left: [],
    outcome: [],
    ...over,
  };
}

export function planLine(n: number, text = 'value'): PlanLine {
  return {
    id: `op-${n}`,
    side: n % 2 === 0 ? 'mist' : 'entra',
    what: `change ${n}`,
    before: [],
    after: [`${text} ${n}`],
  };
}

export function preflightItem(n: number, verdict: PreflightItem['verdict'], text = 'seen'): PreflightItem {
  return { id: `X${n}`, verdict, what: `rule ${n}`, seen: text, mend: verdict === 'pass' ? '' : 'mend it' };
}

export function step(n: number, state: StepView['state'], over: Partial<StepView> = {}): StepView {
  return { id: `op-${n}`, side: 'entra', what: `step ${n}`, state, ...over };
}

export function siteStatus(over: Partial<SiteStatus> = {}): SiteStatus {
  return {
    site: { id: 'site-lyon', name: 'Lyon' },
    atMs: 1_800_000_000_000,
    tunnels: [
      {
        name: 'mssse-wan0',
        wan: 'wan0',
        up: true,
        uptimeSeconds: 4000,
        neighbors: [{ address: '10.99.99.2', state: 'established', up: true, rxRoutes: 25, txRoutes: 2 }],
      },
    ],
    tunnelsUp: 1,
    neighborsUp: 1,
    neighborsExpected: 1,
    routes: 25,
    entra: [{ atMs: 1_799_999_000_000, status: 'remoteNetworkAlive', deviceIp: '203.0.113.10' }],
    unread: [],
    ages: [{ what: 'router', atMs: 1_799_999_990_000 }],
    severity: 'up',
    verdict: 'Up: every tunnel and neighbor, with routes.',
    line: 'Lyon: tunnels 1/1, BGP 1/1, routes 25',
    ...over,
  };
}

/** A fleet in the given order. */
export function fleetOf(sites: readonly SiteStatus[]): Fleet {
  const count = (severity: SiteStatus['severity']): number =>
    sites.filter((site) => site.severity === severity).length;
  return {
    atMs: 1_800_000_000_000,
    sites,
    unread: [],
    counts: { down: count('down'), degraded: count('degraded'), unknown: count('unknown'), up: count('up') },
  };
}

export function onboardForm(over: Partial<OnboardForm> = {}): OnboardForm {
  return {
    draftId: 'draft-1',
    timeZone: 'Europe/Berlin',
    site: { id: 'site-lyon', name: 'Lyon' },
    option: 'single-wan',
    linkCount: 1,
    zoneRedundant: false,
    devices: [{ value: 'dev-1', label: 'lyon-edge' }],
    wans: [
      { value: 'wan0', label: 'wan0 (ge-0/0/0)' },
      { value: 'wan1', label: 'wan1 (ge-0/0/1)' },
    ],
    regions: [
      { value: 'franceSouth', label: 'France South' },
      { value: 'westEurope', label: 'West Europe' },
    ],
    bandwidths: [
      { value: 'mbps250', label: '250 Mbps' },
      { value: 'mbps500', label: '500 Mbps' },
    ],
    networks: [
      { value: 'Corp', label: 'Corp (10.1.0.0/24)' },
      { value: 'Guest', label: 'Guest (10.2.0.0/24)' },
    ],
    ikes: [{ value: 'aes256-sha256-g14', label: 'AES-256, SHA-256, group 14' }],
    initial: {
      link1_wan: 'wan0',
      link1_public_ip: '203.0.113.10',
      region: 'franceSouth',
      bandwidth: 'mbps500',
      range_a: '10.99.99.0/29',
      device_asn: '65000',
      networks: ['Corp'],
      mode: 'm365',
      ike: 'aes256-sha256-g14',
    },
    notes: [],
    ...over,
  };
}
