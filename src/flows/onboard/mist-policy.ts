import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import { begin } from '../../base/attempt.ts';
import type { RemoteError } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { resolveVariables } from '../../integrations/mist/effective-config.ts';
import { hasKey, isEqual } from '../../integrations/mist/json.ts';
import { policyEntry } from '../../integrations/mist/mapping.ts';
import { POLICY_KEY, policyBase, policyKey } from '../../integrations/mist/merge.ts';
import { hasLinkedRule, insertPolicy, ruleName } from '../../integrations/mist/policies.ts';
import type { MistService, MistServicePolicy } from '../../integrations/mist/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import type { KnownOfSite } from '../plan/types.ts';
import { expectedPrefixes } from './expected-prefixes.ts';
import { ALL_WRITTEN_KEYS, readDevice, refuse, rejected, written, type DeviceRead } from './mist-device.ts';
import { createJustRead } from './just-read.ts';
import { adoptedPolicy } from './mist-adopted.ts';
import { forgetEntries, rememberEntries, removeEntries } from './mist-entries.ts';
import type { DesignOf, KnownOf } from './run-design.ts';

/** Params of `mist.policy`: the rule right below ours in the approved plan, and whether the one that stands is used as it is. */
const PolicyParams = z.object({ above: z.string().optional(), adopt: z.boolean().optional() });

/** Mist write 2, the cutover: the application policy, above whatever would win over it, at the approved position. */
export function mistPolicy(parts: FlowParts, designOf: DesignOf, knownOf: KnownOf): Operation {
  const looked = createJustRead<PolicyRead>(parts.clock);
  return {
    kind: 'mist.policy',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const { above, adopt } = PolicyParams.parse(context.op.params);
      if (adopt) return adoptedPolicy(parts, context, design, above);
      const read = await readForPolicy(parts, design, await knownOf(context.run));
      const { device, template } = read.now;
      const entry = policyEntry(design);
      const stands = policyBase(device.config, template).find((r) => r['name'] === design.policy.name);
      if (stands && context.intended && isEqual(stands, entry)) {
        await rememberEntries(context, design, namesOfPolicy(design));
        return { state: 'done', output: written(device, parts, ALL_WRITTEN_KEYS) };
      }
      if (stands) return refuse('application policy', design.policy.name);
      looked.keep(context.run.id, read);
      return { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const design = await designOf(context.run);
      const { above } = PolicyParams.parse(context.op.params);
      const read = looked.take(context.run.id) ?? (await readForPolicy(parts, design));
      return writePolicy(parts, context, design, read, (below) => {
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

/** What the application policy is merged into, and what its place among the rules is judged by. */
export interface PolicyRead {
  readonly now: DeviceRead;
  readonly services: readonly MistService[];
  /** Microsoft's prefixes; empty where Entra does not tell them. */
  readonly prefixes: readonly string[];
  /** The organisation's policies; empty where no rule links to one. */
  readonly organisation: readonly MistServicePolicy[];
}

/** Mist has no version check: a reading of the device that took longer than this is made again, after the others. */
const SLOW_MS = 2_000;

/** Reads what {@link writePolicy} needs, side by side where it is known which template and profiles the site has. */
export async function readForPolicy(
  parts: FlowParts,
  design: SiteDesign,
  known: KnownOfSite = {},
): Promise<PolicyRead> {
  const begun = parts.clock.now();
  const policiesBegun = known.linksToPolicies ? begin(parts.mist.servicePolicies()) : undefined;
  const [read, services, prefixes] = await Promise.all([
    readDevice(parts, design, known),
    parts.mist.services(),
    expectedPrefixes(parts, design, known.profileIds),
  ]);
  if (!prefixes.ok && prefixes.failure.retryable) throw prefixes.failure;
  const isSlow = parts.clock.now() - begun > SLOW_MS;
  const now = isSlow ? await readDevice(parts, design, known) : read;
  // Unread they matter only where a rule links to one, and then they stop the cutover.
  const isLinked = hasLinkedRule(policyBase(now.device.config, now.template));
  const organisation = isLinked ? await (policiesBegun ?? parts.mist.servicePolicies()) : [];
  return { now, services, prefixes: (prefixes.ok ? prefixes.value : undefined) ?? [], organisation };
}

/**
 * Writes the site's application policy above whatever would win over it, in one PUT; `judge` is told the rule right below and may
 * throw. Returns the output of the write. Throws where a deny rule stands in the way.
 */
export async function writePolicy(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  read: PolicyRead,
  judge: (below: string | undefined) => void = () => undefined,
): Promise<Json> {
  const entry = policyEntry(design);
  const { device, template, vars, seen } = read.now;
  const base = policyBase(device.config, template);
  const place = insertPolicy(resolveVariables([...base], vars), entry, read);
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
