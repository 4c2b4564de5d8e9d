import { looksLikeMicrosoft } from '../../design/cross-checks/microsoft-connectors.ts';
import { pairUp, type Pair, type Pairing } from '../../design/cross-checks/pairing.ts';
import type { Finding } from '../../design/cross-checks/types.ts';
import type { EntraLinkView, MistConnectorView } from '../../design/cross-checks/views.ts';
import type { Evidence } from './types.ts';

/** A connector that the diagnosis is about, with the device link that it belongs to, where there is one. */
export interface ConnectorCase {
  readonly connector: MistConnectorView;
  readonly pair: Pair | undefined;
  readonly link: EntraLinkView | undefined;
}

/** What belongs together on both sides; connectors to other providers are left out. */
export interface SitePairs {
  readonly cases: readonly ConnectorCase[];
  readonly linksWithoutConnector: readonly EntraLinkView[];
}

/** Never throws; with one side unread the other stands alone. */
export function sitePairs({ views }: Evidence): SitePairs {
  const { entra, mist } = views;
  const connectors = mist.read ? mist.value.connectors : [];
  const pairing: Pairing =
    entra.read && mist.read ? pairUp(entra.value, mist.value) : { pairs: [], linksWithoutConnector: [] };
  const cases = connectors.flatMap((connector) => {
    const pair = pairing.pairs.find((one) => one.connector === connector);
    if (!pair && !looksLikeMicrosoft(connector)) return [];
    return [{ connector, pair, link: pair?.link }];
  });
  return { cases, linksWithoutConnector: pairing.linksWithoutConnector };
}

/** Whether a finding is about this connector, its link or one of its neighbors. */
export function isAbout({ subject, verdict }: Finding, { connector, link }: ConnectorCase): boolean {
  if (subject === connector.name) return true;
  // Where a whole side is unread, what it would have decided is unknown for every connector alike.
  if (verdict === 'unknown' && subject === 'site') return true;
  if (link && (subject === link.name || subject.startsWith(`${link.name},`))) return true;
  return connector.group?.neighbors.some(({ address }) => subject === `neighbor ${address}`) === true;
}
