import type { SiteRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { ok, type Result } from '../../base/failure.ts';
import type { CheckId } from '../../design/cross-checks/catalogue.ts';
import { crossCheck } from '../../design/cross-checks/cross-check.ts';
import type { SiteViews } from '../../design/cross-checks/types.ts';
import type { LinkConnectivity, RemoteNetwork } from '../../integrations/entra/types.ts';
import { entraView } from '../../integrations/entra/view.ts';
import type { MistDevice } from '../../integrations/mist/types.ts';
import { mistView } from '../../integrations/mist/view.ts';
import { Outputs } from '../onboard/outputs.ts';
import type { FlowParts } from '../parts.ts';
import type { Agreement } from '../types.ts';
import { designOf, type SiteLayout } from './layout.ts';

/** What two readings can tell: the device's own entries and the remote network. Ports, rules and applications need more. */
const OF_SESSIONS: ReadonlySet<CheckId> = new Set<CheckId>([
  'X01',
  'X02',
  'X03',
  'X04',
  'X05',
  'X06',
  'X07',
  'X08',
  'X09',
  'X10',
  'X11',
  'X12',
  'X13',
  'X14',
  'X16',
  'X18',
  'X19',
  'X20',
  'X23',
]);

/**
 * Whether both configurations of a connected site agree, from one call to each vendor. Microsoft's endpoints are those that were read when
 * the site was connected: /sse diagnose reads them anew.
 */
export async function readAgreement(
  parts: Pick<FlowParts, 'mist' | 'entra'>,
  row: SiteRow,
  layout: SiteLayout,
): Promise<Result<Agreement>> {
  const { networkId } = layout;
  const [device, network] = await Promise.all([
    attempt(parts.mist.device(layout.site.id, layout.deviceId)),
    networkId === undefined ? ok(undefined) : attempt(parts.entra.remoteNetwork(networkId)),
  ]);
  if (!device.ok) return device;
  if (!network.ok) return network;
  const gone = [
    ...(device.value ? [] : ['The router is no longer in Mist at this site']),
    ...(network.value ? [] : ['The remote network is no longer in Entra']),
  ];
  if (!device.value || !network.value) return ok({ checked: gone.length, differences: gone, unknown: [] });
  return ok(agreementOf(viewsOf(row, device.value, network.value), OF_SESSIONS));
}

/** The cross-checks' findings as sentences; `about` narrows them down. */
export function agreementOf(views: SiteViews, about: ReadonlySet<CheckId>): Agreement {
  const findings = crossCheck(views).filter(({ id }) => about.has(id));
  const sentences = (verdict: 'fail' | 'unknown'): string[] =>
    findings.flatMap((one) => (one.verdict === verdict ? [`${one.message} (${one.subject})`] : []));
  return {
    checked: findings.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').length,
    differences: [...new Set(sentences('fail'))],
    unknown: [...new Set(sentences('unknown'))],
  };
}

/** Everything about sessions, ports and traffic: for a site whose whole configuration was read. */
export const OF_WHOLE_SITE: ReadonlySet<CheckId> = new Set<CheckId>([
  ...OF_SESSIONS,
  'X17',
  'X21',
  'X22',
  'X24',
]);

function viewsOf(row: SiteRow, device: MistDevice, network: RemoteNetwork): SiteViews {
  const design = designOf(row);
  return {
    design,
    entra: { read: true, value: entraView(network, { read: true, value: knownEndpoints(row, network) }) },
    mist: {
      read: true,
      value: mistView({
        siteName: row.name,
        deviceName: device.name,
        isHa: design.links.some(({ node }) => node === 'node1'),
        latlng: undefined,
        config: device.config,
        wans: [],
        networks: [],
        services: [],
        organisation: [],
      }),
    },
  };
}

function knownEndpoints(row: SiteRow, network: RemoteNetwork): LinkConnectivity[] {
  const outputs = row.live as Readonly<Record<string, unknown>> | null;
  const known = Outputs.endpoints.safeParse(outputs?.['entra.endpoints']).data?.links ?? {};
  return network.links.map(({ id, name }) => ({
    linkId: id,
    linkName: name,
    instances: (known[name] ?? []).map((instance) => ({ ...instance, region: '' })),
    device: { endpoint: '', asn: 0, bgpAddress: '' },
  }));
}
