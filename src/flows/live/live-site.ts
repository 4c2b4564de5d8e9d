import { attempt, begin } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { ForwardingProfile, RemoteNetwork } from '../../integrations/entra/types.ts';
import type {
  DeviceStats,
  MistDevice,
  MistNetwork,
  MistSelf,
  MistService,
  MistServicePolicy,
  MistSite,
  MistTemplate,
} from '../../integrations/mist/types.ts';
import type { FlowParts } from '../parts.ts';

/** The Mist side of one site as read just now. Holds foreign PSKs in `config`: never log or store it. */
export interface LiveMist {
  readonly site: MistSite;
  readonly devices: readonly MistDevice[];
  readonly template: MistTemplate | undefined;
  readonly siteVars: Readonly<Record<string, string>>;
  readonly networks: readonly MistNetwork[];
  readonly services: readonly MistService[];
  /** The organisation's policies, to which rules may link; preflight says so where a link cannot be followed. */
  readonly policies: Result<readonly MistServicePolicy[]>;
}

/** What preflight adds; each part may be unknown, which is neither pass nor absent. */
export interface LiveChecks {
  /** Every site of the organisation; undefined where nobody is to be told of them. */
  readonly sites: Result<readonly MistSite[]> | undefined;
  readonly self: Result<MistSelf>;
  readonly usage: Result<{ readonly used: number; readonly limit: number }>;
  readonly stats: Result<DeviceStats>;
  readonly tenantStatus: Result<string>;
  readonly profiles: Result<readonly ForwardingProfile[]>;
  readonly remoteNetworks: Result<readonly RemoteNetwork[]>;
}

/**
 * Reads what a design cannot do without, side by side. The template is read after the site that names it, or at once where `templateId`
 * says which it was and still is.
 */
export async function readLiveMist(
  parts: FlowParts,
  siteId: string,
  templateId?: string,
): Promise<Result<LiveMist>> {
  const templateOf = templateReader(parts, templateId);
  const [site, devices, siteVars, networks, services, policies] = await Promise.all([
    attempt(parts.mist.site(siteId)),
    attempt(parts.mist.gateways(siteId)),
    attempt(parts.mist.siteVars(siteId)),
    attempt(parts.mist.networks()),
    attempt(parts.mist.services()),
    attempt(parts.mist.servicePolicies()),
  ]);
  if (!site.ok) return site;
  if (!site.value) return failed(gone(siteId));
  if (!devices.ok) return devices;
  if (!siteVars.ok) return siteVars;
  if (!networks.ok) return networks;
  if (!services.ok) return services;
  const template = await templateOf(site.value.gatewayTemplateId);
  if (!template.ok) return template;
  return ok({
    site: site.value,
    devices: devices.value,
    template: template.value,
    siteVars: siteVars.value,
    networks: networks.value,
    services: services.value,
    policies,
  });
}

/**
 * Begins to read the template that a site is thought to have and returns what reads the one that it has: the same, or another one, or
 * none. Saves one call's time, never a check.
 */
export function templateReader(
  parts: Pick<FlowParts, 'mist'>,
  likely: string | undefined,
): (id: string | undefined) => Promise<Result<MistTemplate | undefined>> {
  const read = (id: string) => attempt(parts.mist.gatewayTemplate(id));
  const begun = likely === undefined ? undefined : begin(read(likely));
  return async (id) => {
    if (id === undefined) return ok(undefined);
    return begun && id === likely ? begun : read(id);
  };
}

/** Reads the rest for preflight, all side by side. Never fails as a whole. The other sites only tell an approver what shares a template. */
export async function readLiveChecks(
  parts: FlowParts,
  siteId: string,
  deviceId: string,
  withSites = true,
): Promise<LiveChecks> {
  const { mist, entra } = parts;
  const [sites, self, usage, stats, tenantStatus, profiles, remoteNetworks] = await Promise.all([
    withSites ? attempt(mist.sites()) : undefined,
    attempt(mist.self()),
    attempt(mist.usage()),
    attempt(mist.deviceStats(siteId, deviceId)),
    attempt(entra.tenantStatus()),
    attempt(entra.forwardingProfiles()),
    attempt(entra.remoteNetworks()),
  ]);
  return { sites, self, usage, stats, tenantStatus, profiles, remoteNetworks };
}

function gone(siteId: string): Failure {
  return {
    code: 'flow.site_gone',
    message: `site ${siteId} is not in Mist`,
    hint: 'Mist does not know this site (any more). Search for it again.',
    retryable: false,
  };
}
