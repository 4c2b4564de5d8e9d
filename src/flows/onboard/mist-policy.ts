import type { Json } from '../../../db/types.ts';
import type { RemoteError } from '../../base/failure.ts';
import { hasKey } from '../../integrations/mist/json.ts';
import { policyEntry } from '../../integrations/mist/mapping.ts';
import { POLICY_KEY, policyBase, policyKey, withoutConnectorKeys } from '../../integrations/mist/merge.ts';
import { insertPolicy } from '../../integrations/mist/policies.ts';
import type { MistServicePolicy, RawConfig } from '../../integrations/mist/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { expectedPrefixes } from './expected-prefixes.ts';
import {
  ALL_WRITTEN_KEYS,
  entryId,
  ledger,
  readDevice,
  refuse,
  rejected,
  take,
  untilApplied,
  written,
  type DeviceRead,
} from './mist-device.ts';
import { Outputs } from './outputs.ts';
import type { DesignOf } from './run-design.ts';

/** Mist write 2, the cutover: the application policy, above whatever would win over it. */
export function mistPolicy(parts: FlowParts, designOf: DesignOf): Operation {
  const fresh = new Map<string, DeviceRead>();
  return {
    kind: 'mist.policy',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const read = await readDevice(parts, design);
      const stands = policyBase(read.device.config, read.template).some(
        (r) => r['name'] === design.policy.name,
      );
      if (stands && context.intended) {
        return { state: 'done', output: written(read.device, parts, ALL_WRITTEN_KEYS) };
      }
      if (stands) return refuse('application policy', design.policy.name);
      fresh.set(context.run.id, read);
      return { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const design = await designOf(context.run);
      const { device, template } = take(fresh, context) ?? (await readDevice(parts, design));
      const [services, prefixes, organisation] = await Promise.all([
        parts.mist.services(),
        expectedPrefixes(parts, design),
        linkedPolicies(parts, device.config, template),
      ]);
      const { policies, refusedBy } = insertPolicy(policyBase(device.config, template), policyEntry(design), {
        services,
        prefixes: prefixes ?? [],
        organisation,
      });
      if (refusedBy !== undefined) throw denied(refusedBy);
      const { keys } = policyKey(device.config, template, policies);
      await context.guard();
      const answer = await parts.mist.putDevice(design.site.id, design.device.id, keys);
      const { name } = design.policy;
      await ledger(context, design.site.id, 'service-policy', entryId(design, name), name, design.device.id);
      return written(answer, parts, hasKey(device.config, POLICY_KEY) ? [] : [POLICY_KEY]);
    },
    async undo(context, output) {
      const design = await designOf(context.run);
      const { device, template } = await readDevice(parts, design);
      const known = Outputs.written.safeParse(output).data;
      const keys = withoutConnectorKeys(
        device.config,
        template,
        { [POLICY_KEY]: [design.policy.name] },
        known?.keysAbsentBefore ?? ALL_WRITTEN_KEYS,
      );
      let now = device;
      if (Object.keys(keys).length > 0) {
        await context.guard();
        now = await parts.mist.putDevice(design.site.id, design.device.id, keys);
      }
      await untilApplied(parts, design, now);
      await context.store.ledger.removed(
        'mist',
        'service-policy',
        entryId(design, design.policy.name),
        context.now(),
      );
      return [];
    },
  };
}

/** The organisation's policies, read only where a rule links to one; a link that cannot be followed stops the cutover. */
async function linkedPolicies(
  parts: FlowParts,
  device: RawConfig,
  template: RawConfig | undefined,
): Promise<readonly MistServicePolicy[]> {
  const links = policyBase(device, template).some((rule) => hasKey(rule, 'servicepolicy_id'));
  return links ? parts.mist.servicePolicies() : [];
}

const denied = (name: string): RemoteError =>
  rejected(
    'a deny rule overlaps',
    `Deny rule ${name} overlaps Microsoft's prefixes and would stand below ours. Narrow or move it first.`,
  );
