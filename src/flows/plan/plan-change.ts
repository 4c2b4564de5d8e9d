import type { Json } from '../../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import { designSite, missingNetworks } from '../../design/design-site.ts';
import type { SiteDesign, SiteInputs } from '../../design/types.ts';
import { policyEntry } from '../../integrations/mist/mapping.ts';
import { connectorKeys, policyBase, policyKey } from '../../integrations/mist/merge.ts';
import { hasLinkedRule, insertPolicy, ruleName } from '../../integrations/mist/policies.ts';
import type { MistDevice } from '../../integrations/mist/types.ts';
import { entraAdoption, type EntraAdoption } from '../adopt/entra-adoption.ts';
import { standingConnectors, standingPolicy, type MistAdoption } from '../adopt/mist-adoption.ts';
import { baseDigest, baseParts, portsDigest } from '../live/base-digest.ts';
import { deviceFacts, siteFacts } from '../live/device-facts.ts';
import { readLiveChecks, readLiveMist, type LiveChecks, type LiveMist } from '../live/live-site.ts';
import { prefixesOfProfiles, readAhead } from '../onboard/expected-prefixes.ts';
import type { FlowParts } from '../parts.ts';
import { prefixSnapshot } from '../registry/prefix-snapshot.ts';
import { overlayRules } from '../preflight/overlay-rules.ts';
import { crossCheckRules } from '../preflight/cross-check-rules.ts';
import { entraRules } from '../preflight/entra-rules.ts';
import { mistRules } from '../preflight/mist-rules.ts';
import { connectorsOf, plannedViews } from '../preflight/planned-views.ts';
import { snapshotRule } from '../preflight/snapshot-rules.ts';
import { surroundings } from '../preflight/surroundings.ts';
import { wanRules } from '../preflight/wan-rules.ts';
import { capacitiesOf } from '../registry/capacity.ts';
import { blastRadius } from './blast-radius.ts';
import { digestOf } from './digest.ts';
import { onboardPlan } from './onboard-plan.ts';
import { withValues } from './planned-values.ts';
import { PLAN_VERSION, type KnownOfSite, type Plan, type PlannedChange } from './types.ts';

/**
 * Reads both live sides and makes design, preflight, plan and digest for these inputs. Fails only where the plan cannot be
 * made at all: Mist's side unread, the device gone. Everything else is a preflight item. Equal inputs over an
 * unchanged live state give an equal digest; `requestId` is the request's own reservation, which is no clash. `isCompared`: the plan is
 * made to be compared and not to be shown, so what only its card says is not read. `known`: from an earlier plan of the
 * same request.
 */
export async function planChange(
  parts: FlowParts,
  inputs: SiteInputs,
  options: { readonly requestId?: string; readonly isCompared?: boolean; readonly known?: KnownOfSite } = {},
): Promise<Result<PlannedChange>> {
  const { requestId, isCompared = false, known = {} } = options;
  const prefixesOf = readAhead(parts, known.profileIds ?? []);
  const [mist, checks, organisation] = await Promise.all([
    readLiveMist(parts, inputs.site.id, known.templateId),
    readLiveChecks(parts, inputs.site.id, inputs.device.id, !isCompared),
    prefixSnapshot(parts),
  ]);
  if (!mist.ok) return mist;
  const live = mist.value;
  const device = live.devices.find((d) => d.id === inputs.device.id);
  if (!device) return failed(deviceGone(inputs.device.name));
  const facts = deviceFacts(live, device, checks.stats);
  const site = siteFacts(live, facts, inputs.networks);
  const missing = missingNetworks(inputs, site);
  if (missing.length > 0) return failed(networksGone(missing));
  const design = designSite(inputs, site);
  const prefixes = checks.profiles.ok
    ? await prefixesOfProfiles(prefixesOf, design, profileIds(design, checks))
    : checks.profiles;
  const position = insertPolicy(facts.rules, policyEntry(design), {
    services: [...live.services, { name: design.application.name, addresses: design.application.addresses }],
    prefixes: (prefixes.ok ? prefixes.value : undefined) ?? [],
    organisation: live.policies.ok ? live.policies.value : [],
  });
  const adoption: EntraAdoption = checks.remoteNetworks.ok
    ? entraAdoption(design, profileIds(design, checks), checks.remoteNetworks.value)
    : { state: 'free' };
  const standing: MistAdoption = {
    connectors: await standingConnectors(parts, {
      design,
      device: device.config,
      template: facts.template,
      adoption,
      networks: checks.remoteNetworks.ok ? checks.remoteNetworks.value : [],
    }),
    policy: standingPolicy(design, device.config, facts.rules, position),
  };
  const stopped = inheritedStopped(device, live, standing);
  const plan: Plan = {
    version: PLAN_VERSION,
    operations: withValues(
      onboardPlan(design, {
        profileIds: profileIds(design, checks),
        adoption,
        standing,
        inheritedStopped: stopped,
        templateName: live.template?.name,
        base: baseDigest(device.config, live.template?.config),
        ports: portsDigest(device.config, live.template?.config, facts.variables),
        policyPosition: position.position + 1,
        policyAbove:
          position.refusedBy === undefined ? ruleName(position.policies[position.position + 1]) : undefined,
      }),
      design,
      {
        profileIds: profileIds(design, checks),
        adoption,
        standing,
        deviceVendor: parts.settings.deviceVendor ?? 'other',
        device: device.config,
        template: facts.template,
        policyPosition: position.position,
      },
    ),
    locks: [`device:${device.id}`],
    basis: baseParts(device, live.template),
    known: {
      mac: device.mac,
      profileIds: profileIds(design, checks),
      linksToPolicies: hasLinkedRule(policyBase(device.config, live.template?.config)),
      ...(live.site.gatewayTemplateId !== undefined && { templateId: live.site.gatewayTemplateId }),
    },
    blastRadius: blastRadius(design, live, checks, stopped, adoption, standing),
    advice: ADVICE,
  };
  const reserved = (await parts.store.registry.all()).filter(
    (r) => r.requestId !== requestId && r.siteId !== inputs.site.id,
  );
  const planned = plannedViews({
    design,
    live,
    device,
    facts,
    policies: position.policies,
    around: surroundings({
      design,
      facts,
      remoteNetworks: checks.remoteNetworks,
      prefixes,
      reserved,
      organisation,
      settings: parts.settings,
    }),
  });
  const preflight = [
    ...entraRules(design, checks, prefixes, adoption),
    ...mistRules({
      inputs,
      design,
      live,
      facts,
      checks,
      position,
      standing,
      pool: parts.settings.peeringPool,
    }),
    ...wanRules({ design, facts, stats: checks.stats, connectors: connectorsOf(planned) }),
    ...overlayRules(design, live, device, facts),
    snapshotRule(organisation, parts.clock.now()),
    ...crossCheckRules(planned),
  ];
  const digest = digestOf({ version: PLAN_VERSION, design, operations: plan.operations });
  const capacities = capacitiesOf(design, checks.remoteNetworks, parts.settings);
  return ok({
    design: design as unknown as Json,
    plan,
    preflight,
    digest,
    capacities,
    ...(checks.remoteNetworks.ok && { remoteNetworks: checks.remoteNetworks.value }),
  });
}

const ADVICE: readonly string[] = [
  'MTU through the tunnel is 1,380 bytes; clamp the MSS.',
  'UDP 500 and 4500 must reach Microsoft from every WAN link.',
  'Remote networks need at least 50 licences of Entra Internet Access; Graph does not tell how many there are.',
  'Conditional Access does not apply to traffic that comes through a remote network.',
  'Until a route is learned, traffic of these networks follows the policies as before; the cutover is the last step.',
];

function profileIds(design: SiteDesign, checks: LiveChecks): string[] {
  const { profiles } = checks;
  if (!profiles.ok) return [];
  return design.profiles.flatMap((type) => profiles.value.find((p) => p.type === type)?.id ?? []);
}

/** Root keys that the device inherits now and will have of its own after the connectors and the policy are written. */
function inheritedStopped(device: MistDevice, live: LiveMist, standing: MistAdoption): readonly string[] {
  const template = live.template?.config;
  const nothing = { tunnel_configs: {}, bgp_config: {}, routing_policies: {} };
  return [
    ...(standing.connectors.state === 'adopt'
      ? []
      : connectorKeys(device.config, template, nothing).inheritedStopped),
    ...(standing.policy.state === 'adopt' ? [] : policyKey(device.config, template, []).inheritedStopped),
  ];
}

function deviceGone(name: string): Failure {
  return {
    code: 'flow.device_gone',
    message: 'the device is not at the site',
    hint: `${name} is not assigned to this site in Mist (any more). Ask again.`,
    retryable: false,
  };
}

function networksGone(names: readonly string[]): Failure {
  return {
    code: 'flow.network_gone',
    message: 'a network is not attached',
    hint: `Not attached to the device (any more): ${names.join(', ')}. Ask again with other networks.`,
    retryable: false,
  };
}
