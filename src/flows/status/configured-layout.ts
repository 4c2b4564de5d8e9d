import { looksLikeMicrosoft } from '../../design/cross-checks/microsoft-connectors.ts';
import { pairUp } from '../../design/cross-checks/pairing.ts';
import type { ConfiguredSite } from '../live/site-views.ts';
import type { SiteLayout } from './layout.ts';

/**
 * The layout of a site that nobody designed here: its connectors that belong to a device link or look as if they were Microsoft's, with
 * the neighbors that Entra expects, or those of Mist where Entra knows nothing of them. Pure.
 */
export function configuredLayout({ site, device, mist, network, views }: ConfiguredSite): SiteLayout {
  const pairs = views.entra.read ? pairUp(views.entra.value, mist).pairs : [];
  const connectors = mist.connectors.flatMap((connector) => {
    const pair = pairs.find((one) => one.connector.name === connector.name);
    if (!pair && !looksLikeMicrosoft(connector)) return [];
    return [
      {
        name: connector.name,
        ...(connector.wan !== undefined && { wan: connector.wan }),
        ...(pair && { publicIp: pair.link.publicIp }),
        neighbors: (connector.group?.neighbors ?? [])
          .filter(({ disabled }) => !disabled)
          .map(({ address }) => ({
            address,
            ...(pair?.link.microsoftBgpZone2 === address && { zone: 2 as const }),
          })),
      },
    ];
  });
  return {
    site,
    deviceId: device.id,
    connectors,
    refused: [],
    ...(network && { networkId: network.id }),
  };
}
