import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import type { RemoteError, Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { resolveVariables } from '../../integrations/mist/effective-config.ts';
import { hasKey, isEqual } from '../../integrations/mist/json.ts';
import { policyEntry } from '../../integrations/mist/mapping.ts';
import { POLICY_KEY, policyBase, policyKey } from '../../integrations/mist/merge.ts';
import { insertPolicy, ruleName } from '../../integrations/mist/policies.ts';
import type { MistServicePolicy, RawConfig } from '../../integrations/mist/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { expectedPrefixes } from './expected-prefixes.ts';
import { ALL_WRITTEN_KEYS, readDevice, refuse, rejected, written } from './mist-device.ts';
import { adoptedPolicy } from './mist-adopted.ts';
import { forgetEntries, rememberEntries, removeEntries } from './mist-entries.ts';
import type { DesignOf } from './run-design.ts';

/** Params of `mist.policy`: the rule right below ours in the approved plan, and whether the one that stands is used as it is. */
const PolicyParams = z.object({ above: z.string().optional(), adopt: z.boolean().optional() });

/** Mist write 2, the cutover: the application policy, above whatever would win over it, at the approved position. */
export function mistPolicy(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'mist.policy',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const { above, adopt } = PolicyParams.parse(context.op.params);
      if (adopt) return adoptedPolicy(parts, context, design, above);
      const { device, template } = await readDevice(parts, design);
      const entry = policyEntry(design);
      const stands = policyBase(device.config, template).find((r) => r['name'] === design.policy.name);
      if (stands && context.intended && isEqual(stands, entry)) {
        await rememberEntries(context, design, namesOfPolicy(design));
        return { state: 'done', output: written(device, parts, ALL_WRITTEN_KEYS) };
      }
      return stands ? refuse('application policy', design.policy.name) : { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const design = await designOf(context.run);
      const { above } = PolicyParams.parse(context.op.params);
      return writePolicy(parts, context, design, (below) => {
        if (below !== above) throw elsewhere(below);
      });
    },
    async undo(context, output) {
      const design = await designOf(context.run);
      if (PolicyParams.parse(context.op.params).adopt) {
        await forgetEntries(context, design, namesOfPolicy(design));
        return [];
      }
      return removeEntries(parts, context, design, namesOfPolicy(design), output);
    },
  };
}

/**
 * Writes the site's application policy above whatever would win over it, in one PUT; `judge` is told the rule right below and may
 * throw. Returns the output of the write. Throws where a deny rule stands in the way.
 */
export async function writePolicy(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  judge: (below: string | undefined) => void = () => undefined,
): Promise<Json> {
  const entry = policyEntry(design);
  const [services, prefixes, policies] = await Promise.all([
    parts.mist.services(),
    expectedPrefixes(parts, design),
    attempt(parts.mist.servicePolicies()),
  ]);
  if (!prefixes.ok && prefixes.failure.retryable) throw prefixes.failure;
  // Read last: Mist has no version check, so nothing slow may stand between this and the write.
  const { device, template, vars, seen } = await readDevice(parts, design);
  const base = policyBase(device.config, template);
  const organisation = linkedPolicies(base, policies);
  const judged = { services, prefixes: (prefixes.ok ? prefixes.value : undefined) ?? [], organisation };
  const place = insertPolicy(resolveVariables([...base], vars), entry, judged);
  if (place.refusedBy !== undefined) throw denied(place.refusedBy);
  judge(ruleName(base[place.position]));
  const { keys } = policyKey(device.config, template, base.toSpliced(place.position, 0, entry));
  await context.guard();
  const answer = await parts.mist.putDevice(design.site.id, design.device.id, keys);
  await rememberEntries(context, design, namesOfPolicy(design));
  return written(answer, parts, hasKey(device.config, POLICY_KEY) ? [] : [POLICY_KEY], seen);
}

/** The name under which a design's application policy stands, by root key. */
export function namesOfPolicy(design: SiteDesign): { readonly [POLICY_KEY]: readonly string[] } {
  return { [POLICY_KEY]: [design.policy.name] };
}

/** The organisation's policies; unread they matter only where a rule links to one, and then they stop the cutover. */
function linkedPolicies(
  base: readonly RawConfig[],
  policies: Result<readonly MistServicePolicy[]>,
): readonly MistServicePolicy[] {
  if (policies.ok) return policies.value;
  if (base.some((rule) => hasKey(rule, 'servicepolicy_id'))) throw policies.failure;
  return [];
}

const denied = (name: string): RemoteError =>
  rejected(
    'a deny rule overlaps',
    `Deny rule ${name} overlaps Microsoft's prefixes and would stand below ours. Narrow or move it first.`,
  );

const elsewhere = (below: string | undefined): RemoteError =>
  rejected(
    'the rules moved after the approval',
    `The policy would now stand above ${below ?? 'nothing'}, which is not what was approved. What was done is undone; ask again.`,
  );
