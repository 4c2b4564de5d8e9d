import type { Evidence } from '../../../../src/flows/diagnose/types.ts';

/** How much of the site the diagnosis gets to see. */
export type Sight = 'everything read' | 'no keys from Graph' | 'no configuration from Entra';

/** What is left of the evidence for somebody who sees this much. */
export function seenBy(evidence: Evidence, sight: Sight): Evidence {
  const { views } = evidence;
  switch (sight) {
    case 'everything read':
      return evidence;
    case 'no keys from Graph': {
      if (!views.entra.read) return evidence;
      const links = views.entra.value.links.map((link) => ({
        ...link,
        psk: undefined,
        zonePsk: undefined,
      }));
      const entra = { read: true, value: { ...views.entra.value, links } } as const;
      return { ...evidence, views: { ...views, entra } };
    }
    case 'no configuration from Entra':
      return {
        ...evidence,
        views: { ...views, entra: { read: false, why: 'Graph answered 403' } },
        inEntra: 'unread',
      };
  }
}

/** Whether nothing in what both vendors and the router report of the sessions and the traffic is out of order. */
export function looksHealthy({ device, tunnels, peers, path, pings = [], views }: Evidence): boolean {
  const connectors = views.mist.read ? views.mist.value.connectors.map(({ name }) => name) : [];
  return (
    device.read &&
    device.value.connected &&
    tunnels.read &&
    tunnels.value.filter(({ name }) => name !== 'zscaler').every(({ up }) => up === true) &&
    peers.read &&
    peers.value.every(({ up, rxRoutes }) => up && rxRoutes !== 0) &&
    path?.read === true &&
    path.value.length > 0 &&
    path.value.every((name) => connectors.includes(name)) &&
    pings.every(({ small, large }) => small === true && large === true)
  );
}
