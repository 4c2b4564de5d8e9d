import type { CauseId } from '../../../../src/flows/diagnose/types.ts';
import type { HealthySite } from '../../../design/cross-checks/healthy-site.ts';
import type { Shape } from '../../../sandbox/data-plane/world.ts';

/** Something that goes wrong outside of the values that both sides must agree on, and the causes of which one has to name it. */
export interface OutsideFault {
  readonly name: string;
  readonly names: readonly CauseId[];
  /** Nothing on the wire that carries sessions is broken by it. */
  readonly sessionsStand?: true;
  apply(site: HealthySite): void;
}

/** What the simulated world can do to a site besides changing a value. */
export function outsideFaults({ links = 1, zones = 1, topology }: Shape): readonly OutsideFault[] {
  const ports = Array.from({ length: links }, (_, n): OutsideFault => ({
    name: `WAN port wan${n}: down`,
    names: ['wan-down'],
    apply: ({ world }) => {
      const port = world.edge.wanPorts[n];
      if (port) port.up = false;
    },
  }));
  const zoneAway: readonly OutsideFault[] = [
    {
      name: "Microsoft's second zone: away",
      names: topology === 'tunnel-per-zone' ? ['microsoft-silent'] : ['zone-away'],
      apply: ({ world }) => {
        for (const link of world.links) link.deadZones.add(2);
        world.store.changed();
      },
    },
  ];
  return [
    ...ports,
    ...(zones === 2 ? zoneAway : []),
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
