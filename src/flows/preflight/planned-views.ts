import { Secret } from '../../base/secret.ts';
import type { SiteViews } from '../../design/cross-checks/types.ts';
import type {
  EntraView,
  MistConnectorView,
  MistView,
  Surroundings,
} from '../../design/cross-checks/views.ts';
import type { SiteDesign } from '../../design/types.ts';
import { policyOf } from '../../integrations/entra/mapping.ts';
import { policyView } from '../../integrations/entra/view.ts';
import {
  attachedNetworks,
  effectiveConfig,
  HYPOTHESES,
  type Hypothesis,
} from '../../integrations/mist/effective-config.ts';
import { connectorEntries, type ConnectorLive } from '../../integrations/mist/mapping.ts';
import { connectorKeys, policyKey } from '../../integrations/mist/merge.ts';
import { mistView } from '../../integrations/mist/view.ts';
import type { MistDevice, RawConfig } from '../../integrations/mist/types.ts';
import type { DeviceFacts } from '../live/device-facts.ts';
import type { LiveMist } from '../live/live-site.ts';

/** Microsoft's AS number in its published example. A stand-in: the real one is read during the run, and so is the endpoint. */
const STAND_IN_ASN = 65476;

/** What both sides would hold after the change. */
export interface PlannedSite {
  readonly design: SiteDesign;
  readonly live: LiveMist;
  readonly device: MistDevice;
  readonly facts: DeviceFacts;
  /** The device's application policies with ours in its place. */
  readonly policies: readonly RawConfig[];
  readonly around: Surroundings;
}

/**
 * The two sides as the plan would leave them, once for each way in which Mist may combine a device's keys with its template's:
 * made by the same mappings that make the writes, with stand-ins for what Microsoft hands out during the run and for the keys.
 */
export function plannedViews(site: PlannedSite): readonly SiteViews[] {
  const keys = new Map(keyIds(site.design).map((id) => [id, new Secret(id)]));
  const entra = { read: true, value: plannedEntra(site.design, keys) } as const;
  return HYPOTHESES.map((hypothesis) => ({
    design: site.design,
    entra,
    mist: { read: true, value: plannedMist(site, keys, hypothesis) },
    around: site.around,
  }));
}

/** All connectors that the router may have after the change, whichever way Mist combines keys. */
export function connectorsOf(views: readonly SiteViews[]): readonly MistConnectorView[] {
  const all = views.flatMap(({ mist }) => (mist.read ? mist.value.connectors : []));
  return [...new Map(all.map((connector) => [connector.name, connector])).values()];
}

function keyIds(design: SiteDesign): string[] {
  return design.links.flatMap((link) => [link.pskId, link.zonePskId ?? link.pskId]);
}

function standInEndpoint(link: number, zone: number): string {
  return `endpoint of link ${link} zone ${zone}`;
}

function plannedEntra(design: SiteDesign, keys: ReadonlyMap<string, Secret>): EntraView {
  const policy = policyView(policyOf(design.ike));
  return {
    networkName: design.remoteNetworkName,
    region: design.region,
    profiles: { read: true, value: design.profiles.map((type) => ({ type, enabled: true })) },
    links: design.links.map((link) => {
      const zones = [
        link.microsoftBgp,
        ...(link.microsoftBgpZone2 === undefined ? [] : [link.microsoftBgpZone2]),
      ];
      return {
        name: link.name,
        publicIp: link.publicIp,
        deviceBgp: link.deviceBgp,
        microsoftBgp: link.microsoftBgp,
        microsoftBgpZone2: link.microsoftBgpZone2,
        deviceAsn: design.deviceAsn,
        zoneRedundant: zones.length === 2,
        bandwidth: design.bandwidth,
        policy,
        psk: keys.get(link.pskId),
        zonePsk: keys.get(link.zonePskId ?? link.pskId),
        instances: {
          read: true,
          value: zones.map((bgpAddress, index) => ({
            endpoint: standInEndpoint(link.index, index + 1),
            asn: STAND_IN_ASN,
            bgpAddress,
          })),
        },
      };
    }),
  };
}

function plannedMist(site: PlannedSite, keys: ReadonlyMap<string, Secret>, hypothesis: Hypothesis): MistView {
  const { design, live, device, facts } = site;
  const entries = connectorEntries(design, connectorLives(design, keys));
  const after: RawConfig = {
    ...device.config,
    ...connectorKeys(device.config, facts.template, entries).keys,
    ...policyKey(device.config, facts.template, site.policies).keys,
  };
  const config = effectiveConfig(after, live.template?.config, hypothesis, facts.variables);
  const { application } = design;
  return mistView({
    siteName: design.site.name,
    deviceName: design.device.name,
    isHa: facts.isHa,
    latlng: facts.latlng,
    config,
    wans: facts.ports,
    networks: attachedNetworks(config, live.networks, facts.variables),
    services: live.services.some(({ name }) => name === application.name)
      ? live.services
      : [...live.services, { id: '', type: 'custom', anyProtocol: true, ...application }],
    organisation: live.policies.ok ? live.policies.value : [],
  });
}

function connectorLives(
  design: SiteDesign,
  keys: ReadonlyMap<string, Secret>,
): Readonly<Record<string, ConnectorLive>> {
  return Object.fromEntries(
    design.links.flatMap((link) =>
      link.connectors.map((connector) => [
        connector.name,
        {
          endpoint: standInEndpoint(link.index, connector.zone),
          psk: keys.get(connector.pskId) ?? new Secret(connector.pskId),
          asn: Object.fromEntries(connector.sessions.map((s) => [s.microsoftBgp, STAND_IN_ASN])),
        },
      ]),
    ),
  );
}
