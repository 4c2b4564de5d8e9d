import { ok } from '../../base/failure.ts';
import { inputWarnings } from '../../design/input-warnings.ts';
import type { SiteDesign, SiteInputs } from '../../design/types.ts';
import { hasKey } from '../../integrations/mist/json.ts';
import type { Insertion } from '../../integrations/mist/policies.ts';
import type { MistSelf } from '../../integrations/mist/types.ts';
import type { MistAdoption, Standing } from '../adopt/mist-adoption.ts';
import type { DeviceFacts } from '../live/device-facts.ts';
import type { LiveChecks, LiveMist } from '../live/live-site.ts';
import type { PreflightItem } from '../types.ts';
import { fail, pass, rule, unknown, warning } from './item.ts';

const BUDGET_RESERVE = 0.8;

export interface MistRulesInput {
  readonly inputs: SiteInputs;
  readonly design: SiteDesign;
  readonly live: LiveMist;
  readonly facts: DeviceFacts;
  readonly checks: LiveChecks;
  readonly position: Insertion;
  /** What stands on the device under our names already. */
  readonly standing: MistAdoption;
  readonly pool: readonly string[];
}

/** Rules about the device, its configuration, the organisation and the token. */
export function mistRules(input: MistRulesInput): PreflightItem[] {
  return [...deviceRules(input), ...configRules(input), ...warnings(input)];
}

function deviceRules({ design, facts, checks, live }: MistRulesInput): PreflightItem[] {
  const { stats } = checks;
  return [
    rule('mist.device.ssr', `${design.device.name} is a Session Smart Router`, stats, (s) => {
      if (s.isSsr === true || (s.isSsr === undefined && /^SSR/i.test(facts.model))) return pass(facts.model);
      if (s.isSsr === false || !facts.isSsr) {
        return fail(facts.model, 'Only Session Smart Routers take these connectors as designed.');
      }
      return warning(`model ${facts.model}`, 'Mist does not tell whether this is a Session Smart Router.');
    }),
    rule('mist.device.online', `${design.device.name} is connected`, stats, (s) =>
      s.connected
        ? pass(s.status)
        : warning(
            s.status,
            'Mist saves the change and the run waits until the router is back; Entra is ready by then.',
          ),
    ),
    rule('mist.device.config', 'The last configuration was applied', stats, (s) =>
      s.configStatus !== undefined && /fail|error|revert/i.test(s.configStatus)
        ? fail(
            s.configStatus,
            "Mend the pending configuration first; Mist shows why under the device's events.",
          )
        : pass(s.configStatus ?? 'no failure reported'),
    ),
    rule('mist.rights', 'The Mist token may write', checks.self, (self) =>
      mayWrite(self, live.site.id)
        ? pass('write')
        : fail('read only', 'Give the organisation token the role write or admin for this site.'),
    ),
    rule('mist.budget', 'Mist calls left in this hour', checks.usage, ({ used, limit }) =>
      used <= limit * BUDGET_RESERVE
        ? pass(`${used} of ${limit} used`)
        : warning(`${used} of ${limit} used`, 'The run may have to wait for the next hour.'),
    ),
  ];
}

function configRules({ design, live, facts, position, standing }: MistRulesInput): PreflightItem[] {
  return [
    rule('mist.names', 'Connector, BGP group and routing policy names are free or match', ok(undefined), () =>
      standingOf(standing.connectors, 'exist as designed; used as they are'),
    ),
    rule('mist.policy.name', `Policy name ${design.policy.name} is free or matches`, ok(undefined), () =>
      standingOf(standing.policy, 'exists as designed; used as it is'),
    ),
    ...(facts.rules.some((r) => hasKey(r, 'servicepolicy_id'))
      ? [
          rule(
            'mist.policy.linked',
            "Rules that link to the organisation's policies",
            live.policies,
            (all) => {
              const lost = facts.rules.filter(
                (r) => hasKey(r, 'servicepolicy_id') && !all.some((p) => p.id === r['servicepolicy_id']),
              );
              return lost.length === 0
                ? pass('all found')
                : fail(
                    `${lost.length} link(s) lead nowhere`,
                    'What these rules do is not known. Mend them in Mist.',
                  );
            },
          ),
        ]
      : []),
    rule('mist.policy.position', 'The policy wins over steered rules and over no deny', ok(position), (p) => {
      if (p.refusedBy !== undefined) {
        return fail(
          `deny rule ${p.refusedBy} overlaps Microsoft's prefixes`,
          'Our policy would have to stand above it. Narrow or move that rule first.',
        );
      }
      return p.shadowedBy.length === 0
        ? pass(`position ${p.position + 1}`)
        : warning(
            `rules that win over it: ${p.shadowedBy.join(', ')}`,
            "They keep a part of Microsoft's prefixes from some of these networks.",
          );
    }),
    rule('mist.application', `Application ${design.application.name}`, ok(live.services), (services) => {
      const found = services.find((s) => s.name === design.application.name);
      if (!found) return pass('free, will be created');
      const same =
        [...found.addresses].toSorted().join() === [...design.application.addresses].toSorted().join();
      if (same && found.anyProtocol) return pass('exists and matches; used as it is');
      return fail(
        `exists with ${found.addresses.join(', ') || 'no addresses'}${found.anyProtocol ? '' : ', not for every protocol'}`,
        'It is shared and never edited by me. Correct or rename it in Mist.',
      );
    }),
  ];
}

/** What exists exactly as designed is used; anything else of our names is nobody's to change but its owner's. */
function standingOf(standing: Standing, used: string): ReturnType<typeof pass> {
  switch (standing.state) {
    case 'free':
      return pass('free');
    case 'adopt':
      return pass(used);
    case 'refused':
      return fail(standing.seen, standing.mend);
    case 'unknown':
      return unknown(standing.failure);
  }
}

function warnings({ inputs, design, facts, live, pool }: MistRulesInput): PreflightItem[] {
  const snapshot = {
    site: { ...design.site, ...(live.site.latlng && { latlng: live.site.latlng }) },
    option: design.option,
    device: { ...facts.device, isHa: facts.isHa, isSsr: facts.isSsr },
    wans: facts.wans,
    networks: facts.networks,
    takenRanges: [],
    pool,
  };
  const items = inputWarnings(inputs, snapshot).map((w): PreflightItem => ({
    id: `input.${w.id}`,
    verdict: 'warning',
    what: 'Worth a look',
    seen: w.message,
    mend: 'Edit the request, or approve it as it is.',
  }));
  if (design.zoneTopology === 'tunnel-per-zone') {
    items.push({
      id: 'design.tunnel_per_zone',
      verdict: 'warning',
      what: 'One tunnel per zone',
      seen: `${design.links.length * 2} tunnels on the router`,
      mend: 'Microsoft documents this layout; on a Session Smart Router it is unproven.',
    });
  }
  return items;
}

function mayWrite(self: MistSelf, siteId: string): boolean {
  return self.privileges.some(
    (p) =>
      (p.role === 'admin' || p.role === 'write') &&
      (p.scope !== 'site' || p.siteId === undefined || p.siteId === siteId),
  );
}
