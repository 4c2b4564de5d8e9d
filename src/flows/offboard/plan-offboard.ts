import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import { ok, type Result } from '../../base/failure.ts';
import { namesOf } from '../../integrations/mist/holdings.ts';
import { hasDiaPolicy } from '../../integrations/mist/policies.ts';
import { POLICY_KEY, policyBase } from '../../integrations/mist/merge.ts';
import { baseDigest } from '../live/base-digest.ts';
import { OP, Outputs } from '../onboard/outputs.ts';
import { namesOfPolicy } from '../onboard/mist-policy.ts';
import type { FlowParts } from '../parts.ts';
import { digestOf } from '../plan/digest.ts';
import { PLAN_VERSION, type Plan, type PlannedChange } from '../plan/types.ts';
import { fail, pass, rule, warning } from '../preflight/item.ts';
import type { PreflightItem } from '../types.ts';
import { offboardPlan, type OffboardFacts } from './offboard-plan.ts';
import { readConnectedSite, type ConnectedSite } from './read-site.ts';

/** Makes the plan that takes a connected site back, from both live sides and the ownership ledger. */
export async function planOffboard(
  parts: FlowParts,
  siteId: string,
  requestId?: string,
): Promise<Result<PlannedChange>> {
  const read = await readConnectedSite(parts, siteId, requestId);
  if (!read.ok) return read;
  const site = read.value;
  const facts = factsOf(site);
  const operations = offboardPlan(site.design, facts);
  const plan: Plan = {
    version: PLAN_VERSION,
    operations,
    locks: [`device:${site.design.device.id}`],
    blastRadius: blastRadius(site),
    advice: ADVICE,
  };
  const design = site.row.design;
  const digest = digestOf({ version: PLAN_VERSION, design, operations });
  return ok({ design, plan, preflight: checks(site, facts), digest });
}

const ADVICE: readonly string[] = [
  'Roll back puts the router back as it was, as long as nothing was removed in Entra.',
  'What was asked, approved and done stays in the history.',
];

function factsOf({ design, device, live, row, ledger, networks, application }: ConnectedSite): OffboardFacts {
  const ours = ledger.find((r) => r.kind === 'remote-network');
  const network = ours && networks.find((n) => n.id === ours.remoteId);
  const links = ledger.flatMap((r) => {
    const holder = networks.find((n) => n.links.some((l) => l.id === r.remoteId));
    return r.kind === 'device-link' && holder ? [{ id: r.remoteId, name: r.name, networkId: holder.id }] : [];
  });
  return {
    router: device && {
      base: baseDigest(device.config, live.template?.config),
      policy: namesOfPolicy(design),
      connectors: namesOf(design),
      absentBefore: absentBefore(row.live),
    },
    application:
      application?.users.length === 0
        ? { id: application.row.remoteId, name: application.row.name }
        : undefined,
    network: network && {
      id: network.id,
      name: network.name,
      profiles: network.profiles.map((p) => p.name),
    },
    links,
  };
}

/** Root keys that the device had not of its own before our two writes; what nobody recorded counts as possible. */
export function absentBefore(live: Json): readonly string[] {
  const { data } = Written.safeParse(live);
  return [
    ...(data?.[OP.connectors]?.keysAbsentBefore ?? ['tunnel_configs', 'bgp_config', 'routing_policies']),
    ...(data?.[OP.policy]?.keysAbsentBefore ?? [POLICY_KEY]),
  ].toSorted();
}

const Written = z.object({
  [OP.connectors]: Outputs.written.nullish(),
  [OP.policy]: Outputs.written.nullish(),
});

function checks(site: ConnectedSite, facts: OffboardFacts): PreflightItem[] {
  const { design, device, stats, ledger, networks } = site;
  const name = design.device.name;
  const foreign = facts.network
    ? (networks.find((n) => n.id === facts.network?.id)?.links ?? []).filter(
        (l) => !ledger.some((r) => r.kind === 'device-link' && r.remoteId === l.id),
      )
    : [];
  return [
    {
      id: 'offboard.links',
      what: 'The remote network holds nothing but our links',
      ...(foreign.length === 0
        ? pass(`${facts.links.length} link(s) of ours`)
        : fail(
            foreign.map((l) => l.name).join(', '),
            'These links were not made by the bot. Remove or move them in the Entra portal, then ask again.',
          )),
    },
    {
      id: 'offboard.network',
      what: 'The remote network is there',
      ...(facts.network
        ? pass(facts.network.name)
        : warning(
            'not in Entra',
            'There is nothing to remove on that side; the router is cleaned up all the same.',
          )),
    },
    device
      ? rule('offboard.online', `${name} is connected`, stats, (s) =>
          s.connected
            ? pass(s.status)
            : warning(
                s.status,
                'The run waits until the router is back: Entra is not touched before it runs without our part.',
              ),
        )
      : {
          id: 'offboard.device',
          what: `${name} is at the site`,
          ...warning('not in Mist', 'There is nothing to take out of it; only Entra is cleaned up.'),
        },
  ];
}

function blastRadius(site: ConnectedSite): readonly string[] {
  const { design, device, application } = site;
  const users = design.policy.tenants.join(', ');
  return [
    device
      ? `Changed in Mist: device ${design.device.name} of ${design.site.name}. Its template is not written.`
      : `Mist does not know ${design.device.name} any more: nothing is written there.`,
    ...(application === undefined
      ? [`Application ${design.application.name} is not ours and stays.`]
      : application.users.length > 0
        ? [`Application ${design.application.name} stays: ${application.users.join(', ')} refers to it.`]
        : []),
    'Removed in Entra: only what the bot made for this site, by its ID.',
    `Users affected: ${users}. ${fallback(site)}`,
    'Peering ranges, bandwidth and slots of the site become free.',
  ];
}

/** Where the traffic of these users goes once the policy is out. */
function fallback({ design, device, live }: ConnectedSite): string {
  if (!device) return '';
  const rules = policyBase(device.config, live.template?.config).filter(
    (r) => r['name'] !== design.policy.name,
  );
  const breakout = hasDiaPolicy(rules, design.policy.tenants, {
    services: live.services,
    organisation: live.policies.ok ? live.policies.value : [],
  });
  return breakout
    ? 'Their traffic goes to the local breakout again, as soon as the policy is out.'
    : 'The router has no local breakout for them: what went through the tunnel has no other way out.';
}
