import { attempt } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { policyEntry } from '../../integrations/mist/mapping.ts';
import { insertPolicy, ruleName, type Insertion } from '../../integrations/mist/policies.ts';
import { baseDigest } from '../live/base-digest.ts';
import { deviceFacts, type DeviceFacts } from '../live/device-facts.ts';
import { readLiveMist, type LiveMist } from '../live/live-site.ts';
import { notConnected } from '../offboard/read-site.ts';
import { expectedPrefixes } from '../onboard/expected-prefixes.ts';
import type { FlowParts } from '../parts.ts';
import { digestOf } from '../plan/digest.ts';
import { PLAN_VERSION, type Plan, type PlannedChange } from '../plan/types.ts';
import { fail, pass, rule, warning } from '../preflight/item.ts';
import type { PreflightItem } from '../types.ts';
import { bypassOffPlan } from './bypass-plan.ts';

/** Makes the plan that sends the traffic of a bypassed site into its tunnels again. */
export async function planBypassOff(parts: FlowParts, siteId: string): Promise<Result<PlannedChange>> {
  const row = await parts.store.sites.get(siteId);
  if (!row) return failed(notConnected());
  const design = row.design as unknown as SiteDesign;
  const [live, stats, prefixes] = await Promise.all([
    readLiveMist(parts, siteId),
    attempt(parts.mist.deviceStats(siteId, design.device.id)),
    expectedPrefixes(parts, design),
  ]);
  if (!live.ok) return live;
  if (!prefixes.ok) return prefixes;
  const device = live.value.devices.find((d) => d.id === design.device.id);
  if (!device) return failed(deviceGone(design));
  const facts = deviceFacts(live.value, device, stats);
  const place = insertPolicy(facts.rules, policyEntry(design), {
    services: live.value.services,
    prefixes: prefixes.value ?? [],
    organisation: live.value.policies.ok ? live.value.policies.value : [],
  });
  const operations = bypassOffPlan(design, {
    position: place.position + 1,
    above: place.refusedBy === undefined ? ruleName(place.policies[place.position + 1]) : undefined,
  });
  const base = baseDigest(device.config, live.value.template?.config);
  const plan: Plan = {
    version: PLAN_VERSION,
    operations,
    locks: [`device:${design.device.id}`],
    blastRadius: [
      `Changed in Mist: the application policies of ${design.device.name}, nothing else. Entra is not touched.`,
      `Users affected: ${design.policy.tenants.join(', ')}. Their traffic to ${design.application.name} uses the tunnels again.`,
    ],
    advice: ['Nothing is written before tunnels, neighbors and routes have been seen up.'],
  };
  const preflight = [
    ...rules(design, live.value, facts, place),
    rule('bypass.online', `${design.device.name} is connected`, stats, (s) =>
      s.connected ? pass(s.status) : warning(s.status, 'The run waits until the router is back.'),
    ),
  ];
  const digest = digestOf({ version: PLAN_VERSION, design: row.design, operations, base });
  return ok({ design: row.design, plan, preflight, digest });
}

function rules(
  design: SiteDesign,
  live: LiveMist,
  facts: DeviceFacts,
  place: Insertion,
): readonly PreflightItem[] {
  const stands = facts.rules.some((r) => r['name'] === design.policy.name);
  const application = live.services.some((s) => s.name === design.application.name);
  return [
    {
      id: 'bypass.policy',
      what: `Application policy ${design.policy.name} is not on the router`,
      ...(stands
        ? fail('it stands there already', 'The site is not bypassed: there is nothing to put back.')
        : pass('not there')),
    },
    {
      id: 'bypass.application',
      what: `Application ${design.application.name} exists`,
      ...(application
        ? pass('found')
        : fail(
            'gone from the organisation',
            'Somebody deleted it in Mist: take the site back and connect it anew.',
          )),
    },
    {
      id: 'bypass.deny',
      what: 'No deny rule stands in the way',
      ...(place.refusedBy === undefined
        ? pass('none')
        : fail(
            place.refusedBy,
            `Deny rule ${place.refusedBy} overlaps Microsoft's prefixes. Narrow or move it first.`,
          )),
    },
  ];
}

function deviceGone(design: SiteDesign): Failure {
  return {
    code: 'flow.device_gone',
    message: 'the device is not at the site',
    hint: `${design.device.name} is not assigned to this site in Mist (any more).`,
    retryable: false,
  };
}
