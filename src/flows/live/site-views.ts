import { attempt } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import { looksLikeMicrosoft } from '../../design/cross-checks/microsoft-connectors.ts';
import { pairUp } from '../../design/cross-checks/pairing.ts';
import type { SiteViews } from '../../design/cross-checks/types.ts';
import type { EntraView, MistView, Part } from '../../design/cross-checks/views.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import { entraView } from '../../integrations/entra/view.ts';
import { attachedNetworks, effectiveConfig, variablesOf } from '../../integrations/mist/effective-config.ts';
import type { MistDevice, RawConfig } from '../../integrations/mist/types.ts';
import { wanPorts } from '../../integrations/mist/ports.ts';
import { mistView } from '../../integrations/mist/view.ts';
import type { FlowParts } from '../parts.ts';
import { designOf, layoutOf } from '../status/layout.ts';
import { readLiveMist, type LiveMist } from './live-site.ts';

/** A site as both vendors have it configured, whoever built it. Views hold keys that cannot be printed. */
export interface ConfiguredSite {
  readonly site: { readonly id: string; readonly name: string };
  readonly device: MistDevice;
  readonly mist: MistView;
  /** `unread` is not "none": Entra could not be asked, and `why` says why. */
  readonly inEntra: 'found' | 'none' | 'unread';
  readonly network: RemoteNetwork | undefined;
  readonly views: SiteViews;
}

const NOT_ASKED = { read: false, why: "Microsoft's endpoints were not asked for" } as const;

/**
 * Reads the configuration of one site on both sides: the router's with its template and variables, and the remote network that has
 * most in common with it. A site without
 * any trace of Microsoft SSE is a failure that says so.
 */
export async function readConfiguredSite(parts: FlowParts, siteId: string): Promise<Result<ConfiguredSite>> {
  const [live, networks, row] = await Promise.all([
    readLiveMist(parts, siteId),
    attempt(parts.entra.remoteNetworks()),
    parts.store.sites.get(siteId),
  ]);
  if (!live.ok) return live;
  const { site } = live.value;
  const device = chooseDevice(live.value, row && layoutOf(row).deviceId);
  if (!device) return failed(noRouter(site.name));
  const mist = mistSide(live.value, device);
  const known = row && layoutOf(row).networkId;
  const network = networks.ok ? chooseNetwork(networks.value, mist, known) : undefined;
  const hasConnector = mist.connectors.some(looksLikeMicrosoft);
  if (networks.ok && !network && !hasConnector && !row) return failed(noSse(site.name));
  const entra = await entraSide(parts, network, networks);
  const prefixes = network ? await microsoftPrefixes(parts, network) : undefined;
  return ok({
    site: { id: site.id, name: site.name },
    device,
    mist,
    inEntra: !networks.ok ? 'unread' : network ? 'found' : 'none',
    network,
    views: {
      ...(row && { design: designOf(row) }),
      entra,
      mist: { read: true, value: mist },
      ...(prefixes && {
        around: {
          // Limits and ranges concern changes; here only what the traffic should cover matters.
          otherNetworks: { read: false, why: 'not asked for' },
          occupied: { read: false, why: 'not asked for' },
          maxNetworks: parts.settings.maxNetworks,
          maxLinks: parts.settings.maxLinks,
          bandwidthPoolMbps: parts.settings.bandwidthPoolMbps,
          reserved: { networks: 0, bandwidthMbps: 0 },
          microsoftPrefixes: prefixes,
        },
      }),
    },
  });
}

/** The device's side, read under the hypothesis that its own keys replace the template's. */
export function mistSide(live: LiveMist, device: MistDevice): MistView {
  const vars = variablesOf(live.siteVars, device.config);
  const config: RawConfig = effectiveConfig(device.config, live.template?.config, 'replace', vars);
  const merged = effectiveConfig(device.config, live.template?.config, 'merge', vars);
  const wans = wanPorts(merged);
  return mistView({
    siteName: live.site.name,
    deviceName: device.name,
    isHa: wans.some(({ node }) => node === 'node1'),
    latlng: live.site.latlng,
    config,
    wans,
    networks: attachedNetworks(merged, live.networks, vars),
    services: live.services,
    organisation: live.policies.ok ? live.policies.value : [],
  });
}

async function entraSide(
  parts: FlowParts,
  network: RemoteNetwork | undefined,
  networks: Result<unknown>,
): Promise<Part<EntraView>> {
  if (!networks.ok) return { read: false, why: networks.failure.hint };
  if (!network) return { read: false, why: 'no remote network of the tenant belongs to this site' };
  const answer = await attempt(parts.entra.connectivity(network.id));
  const connectivity = answer.ok
    ? ({ read: true, value: answer.value } as const)
    : ({ read: false, why: answer.failure.hint } as const);
  return { read: true, value: entraView(network, connectivity) };
}

async function microsoftPrefixes(parts: FlowParts, network: RemoteNetwork): Promise<Part<readonly string[]>> {
  const lists = await Promise.all(
    network.profiles
      .filter(({ enabled }) => enabled)
      .map(({ id }) => attempt(parts.entra.profilePrefixes(id))),
  );
  const unread = lists.find((list) => !list.ok);
  if (unread && !unread.ok) return { read: false, why: unread.failure.hint };
  const all = lists.flatMap((list) => (list.ok ? (list.value ?? []) : []));
  return { read: true, value: [...new Set(all)].filter((prefix) => prefix !== '0.0.0.0/0') };
}

function chooseDevice(live: LiveMist, known: string | undefined): MistDevice | undefined {
  const own = live.devices.find(({ id }) => id === known);
  if (own) return own;
  const withConnector = live.devices.find((device) =>
    mistSide(live, device).connectors.some(looksLikeMicrosoft),
  );
  return withConnector ?? live.devices[0];
}

/** The known one; else the one with most connectors in common, with a link at one of the site's addresses, or with the site's name. */
function chooseNetwork(
  networks: readonly RemoteNetwork[],
  mist: MistView,
  known: string | undefined,
): RemoteNetwork | undefined {
  const own = networks.find(({ id }) => id === known);
  if (own) return own;
  const [best] = networks
    .map((network) => ({ network, pairs: pairUp(entraView(network, NOT_ASKED), mist).pairs.length }))
    .filter(({ pairs }) => pairs > 0)
    .toSorted((a, b) => b.pairs - a.pairs);
  if (best) return best.network;
  const addresses = new Set(mist.wans.flatMap(({ ip, extIp }) => [ip, extIp]));
  return (
    networks.find(({ links }) => links.some(({ ipAddress }) => addresses.has(ipAddress))) ??
    networks.find(({ name }) => name.toLowerCase() === mist.siteName.toLowerCase())
  );
}

function noRouter(site: string): Failure {
  return {
    code: 'flow.no_router',
    message: 'the site has no WAN Edge',
    hint: `${site} has no WAN Edge in Mist.`,
    retryable: false,
  };
}

function noSse(site: string): Failure {
  return {
    code: 'flow.site_not_connected',
    message: 'the site is not connected',
    hint: `${site} has no Microsoft SSE configuration: no connector for Microsoft in Mist, and nothing of it in Entra. \`/sse onboard\` connects it.`,
    retryable: false,
  };
}
