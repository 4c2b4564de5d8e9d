import type { SiteRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { ok, type Result } from '../../base/failure.ts';
import { CHECKS, type CheckId } from '../../design/cross-checks/catalogue.ts';
import { crossCheck } from '../../design/cross-checks/cross-check.ts';
import type { SiteViews } from '../../design/cross-checks/types.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { LinkConnectivity, RemoteNetwork } from '../../integrations/entra/types.ts';
import { entraView } from '../../integrations/entra/view.ts';
import type { WanPort } from '../../integrations/mist/ports.ts';
import type { DeviceReport, MistDevice } from '../../integrations/mist/types.ts';
import { mistView } from '../../integrations/mist/view.ts';
import { Outputs } from '../onboard/outputs.ts';
import type { FlowParts } from '../parts.ts';
import type { Agreement } from '../types.ts';
import { designOf, type SiteLayout } from './layout.ts';

/** What two readings can tell: the device's own entries and the remote network. */
const OF_SESSIONS: readonly CheckId[] = [
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
];

/**
 * Whether both configurations of a connected site agree, from one call to each vendor and the router's report, which is read anyway.
 * Microsoft's endpoints are those that were read when the site was connected: /sse diagnose reads them anew. What would need further calls
 * is named as not judged.
 */
export async function readAgreement(
  parts: Pick<FlowParts, 'mist' | 'entra'>,
  row: SiteRow,
  layout: SiteLayout,
  reported: Promise<Result<DeviceReport>>,
): Promise<Result<Agreement>> {
  const { networkId } = layout;
  const [device, network, report] = await Promise.all([
    attempt(parts.mist.device(layout.site.id, layout.deviceId)),
    networkId === undefined ? ok(undefined) : attempt(parts.entra.remoteNetwork(networkId)),
    reported,
  ]);
  if (!device.ok) return device;
  if (!network.ok) return network;
  const gone = [
    ...(device.value ? [] : ['The router is no longer in Mist at this site']),
    ...(network.value ? [] : ['The remote network is no longer in Entra']),
  ];
  if (!device.value || !network.value)
    return ok({ checked: gone.length, differences: gone, unknown: [], notJudged: [] });
  const views = viewsOf(row, device.value, network.value, report.ok ? report.value : undefined);
  return ok(agreementOf(views, [...OF_SESSIONS, ...judgedWithout(views, layout)]));
}

/** The cross-checks' findings as sentences; `about` narrows them down, and what a whole site has beside them is named as not judged. */
export function agreementOf(views: SiteViews, about: readonly CheckId[]): Agreement {
  const findings = crossCheck(views).filter(({ id }) => about.includes(id));
  const sentences = (verdict: 'fail' | 'unknown'): string[] =>
    findings.flatMap((one) => (one.verdict === verdict ? [`${one.message} (${one.subject})`] : []));
  return {
    checked: findings.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').length,
    differences: [...new Set(sentences('fail'))],
    unknown: [...new Set(sentences('unknown'))],
    notJudged: OF_WHOLE_SITE.filter((id) => !about.includes(id)).map((id) => CHECKS[id].title),
  };
}

/** Everything about sessions, ports and traffic: for a site whose whole configuration was read. */
export const OF_WHOLE_SITE: readonly CheckId[] = [...OF_SESSIONS, 'X17', 'X21', 'X22', 'X24'];

/**
 * What else can be judged without the organisation's applications and the template. That our policy is wrong shows in the device's own
 * rules; that no other rule comes before it does not, since nobody knows what their applications cover.
 */
function judgedWithout(views: SiteViews, layout: SiteLayout): CheckId[] {
  const mist = views.mist.read ? views.mist.value : undefined;
  const links = views.design?.links ?? [];
  const knowsPorts = links.every(({ wan }) =>
    mist?.wans.some(({ name, ip, extIp }) => name === wan && (ip ?? extIp) !== undefined),
  );
  const rules = mist?.rules ?? [];
  const own = views.design?.policy.name;
  const maybeAnother = rules.some(
    ({ name, action, steered }) => name !== own && action === 'allow' && !steered,
  );
  const readsRule = rules.some(({ name }) => name === own) || (rules.length > 0 && !maybeAnother);
  const isWrong = crossCheck(views).some(({ id, verdict }) => id === 'X22' && verdict === 'fail');
  return [
    'X24',
    ...(knowsPorts ? (['X17'] as const) : []),
    ...(readsRule && isWrong && !layout.bypassed ? (['X22'] as const) : []),
  ];
}

function viewsOf(
  row: SiteRow,
  device: MistDevice,
  network: RemoteNetwork,
  report: DeviceReport | undefined,
): SiteViews {
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
        wans: portsOf(design, report),
        networks: [],
        services: [{ ...design.application, id: '', type: 'custom', anyProtocol: true }],
        organisation: [],
      }),
    },
  };
}

/** The design's ports with the addresses that the router reports, and those ports that it reports beside them. */
function portsOf(design: SiteDesign, report: DeviceReport | undefined): WanPort[] {
  const { portIps = {}, natIps = {} } = report ?? {};
  const nodes = new Map(design.links.map(({ wan, node }) => [wan, node]));
  return [...new Set([...nodes.keys(), ...Object.keys(portIps)])].map((name) => ({
    name,
    key: name,
    node: nodes.get(name) ?? 'node0',
    ipType: 'static',
    disabled: false,
    ...(portIps[name] !== undefined && { ip: portIps[name] }),
    ...(natIps[name] !== undefined && { extIp: natIps[name] }),
  }));
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
