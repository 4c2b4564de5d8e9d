import type { CauseId } from '../../../../src/flows/diagnose/types.ts';
import type { Fault } from '../../../design/cross-checks/generated-faults.ts';
import type { HealthySite } from '../../../design/cross-checks/healthy-site.ts';
import type { Shape } from '../../../sandbox/data-plane/world.ts';

/** Something that goes wrong outside of the values that both sides must agree on, and the causes of which one has to name it. */
export interface OutsideFault {
  readonly name: string;
  readonly names: readonly CauseId[];
  /** Nothing on the wire that carries sessions is broken by it. */
  readonly sessionsStand?: true;
  /** It is so before the site comes up for the first time. */
  readonly fromTheStart?: true;
  /** It leaves a connector without an answer while no other one is up over the same WAN port. */
  readonly noAnswer?: true;
  apply(site: HealthySite): void;
}

/** Anything that can be wrong with a site. */
export type Trouble = Fault | OutsideFault;

/** What the simulated world can do to a site besides changing a value. */
export function outsideFaults({ links = 1, zones = 1, topology }: Shape): readonly OutsideFault[] {
  const ownTunnels = topology === 'tunnel-per-zone';
  const ofEachLink = Array.from({ length: links }, (_, n): readonly OutsideFault[] => [
    { name: `WAN port wan${n}: down`, names: ['wan-down'], apply: (site) => void (port(site, n).up = false) },
    {
      name: `UDP 500 and 4500 on wan${n}: blocked`,
      names: ['udp-blocked'],
      noAnswer: true,
      apply: (site) => void (port(site, n).blocksIpsec = true),
    },
    {
      name: `Microsoft's gateways of link ${n}: away`,
      names: ['microsoft-silent'],
      noAnswer: true,
      apply: (site) => silence(site, n, [1, 2]),
    },
  ]).flat();
  const secondZone: readonly OutsideFault[] = [
    {
      name: "Microsoft's second zone: away",
      names: ownTunnels ? ['microsoft-silent'] : ['zone-away'],
      apply: (site) => site.world.links.forEach((_, n) => silence(site, n, [2])),
    },
  ];
  const overOneTunnel: readonly OutsideFault[] = [
    {
      name: "Microsoft's second zone: away, and never seen",
      names: ['zone-away'],
      fromTheStart: true,
      apply: (site) => site.world.links.forEach((_, n) => silence(site, n, [2])),
    },
    {
      name: "Microsoft's second zone: not served over the first one's tunnel",
      names: ['zone-over-one-tunnel'],
      fromTheStart: true,
      apply: ({ world }) => void (world.plane.zone2ThroughZone1 = false),
    },
  ];
  return [
    ...ofEachLink,
    ...(zones === 2 ? secondZone : []),
    ...(zones === 2 && !ownTunnels ? overOneTunnel : []),
    {
      name: 'router: offline',
      names: ['router-offline'],
      apply: ({ world }) => void (world.edge.online = false),
    },
    {
      name: 'import policy: lets nothing in',
      names: ['policy-refuses-all'],
      apply: ({ world }) => {
        world.edge.routingPolicies['in'] = { terms: [{ actions: { accept: false } }] };
        for (const name of Object.keys(world.edge.bgpConfig))
          world.set(`bgpConfig.${name}.import_policy`, 'in');
      },
    },
    {
      name: 'large packets: lost on the way',
      names: ['packet-size'],
      sessionsStand: true,
      apply: (site) => void (site.pathMtu = 1300),
    },
  ];
}

function port({ world }: HealthySite, n: number): HealthySite['world']['edge']['wanPorts'][number] {
  const found = world.edge.wanPorts[n];
  if (!found) throw new Error(`no WAN port ${n}`);
  return found;
}

function silence({ world }: HealthySite, link: number, zones: readonly (1 | 2)[]): void {
  for (const zone of zones) world.links[link]?.deadZones.add(zone);
  world.store.changed();
}
