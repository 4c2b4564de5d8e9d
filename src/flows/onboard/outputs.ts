import { z } from 'zod';
import type { OperationContext } from '../engine/types.ts';

/** IDs of the onboarding's operations; `link` counts from 1. */
export const OP = {
  recheck: 'recheck',
  network: 'entra.network',
  link: (index: number) => `entra.link.${index}`,
  endpoints: 'entra.endpoints',
  application: 'mist.application',
  connectors: 'mist.connectors',
  connectorsApplied: 'mist.connectors.applied',
  tunnels: 'verify.tunnels',
  neighbors: 'verify.neighbors',
  routes: 'verify.routes',
  policy: 'mist.policy',
  policyApplied: 'mist.policy.applied',
  path: 'verify.path',
  secondLook: 'verify.second-look',
} as const;

/** `states` by name or address, while not all are up: true up, false reported as down, absent not reported. */
const Verified = z.object({
  up: z.number(),
  expected: z.number(),
  atMs: z.number(),
  states: z.record(z.string(), z.boolean()).optional(),
});

/** What each operation leaves for later ones and for undo. No secret, only IDs and what was read. */
export const Outputs = {
  /** `adopted`: it was there before, and undo leaves it. `createdAtMs`: when Graph answered our creation; it began without links. */
  network: z.object({
    id: z.string(),
    adopted: z.boolean().optional(),
    createdAtMs: z.number().optional(),
  }),
  /** null: created, and its ID not known yet: Graph's answer to the creation carries none. */
  link: z.object({ id: z.string().nullable(), adopted: z.boolean().optional() }),
  endpoints: z.object({
    links: z.record(
      z.string(),
      z.array(z.object({ bgpAddress: z.string(), endpoint: z.string(), asn: z.number() })),
    ),
  }),
  application: z.object({ id: z.string(), created: z.boolean() }),
  /** `appliedAfterMs`: a configuration event at or after this time proves the write; Mist's clock where it said so. */
  written: z.object({
    keysAbsentBefore: z.array(z.string()),
    appliedAfterMs: z.number(),
    mac: z.string(),
    /** Configuration events that were there before the write, as `atMs type`: they say nothing about it. */
    seen: z.array(z.string()).default([]),
    /** It stood there before, and nothing was written: undo leaves it. */
    adopted: z.boolean().optional(),
  }),
  applied: z.object({ atMs: z.number() }),
  tunnels: Verified,
  neighbors: Verified,
  routes: z.object({
    count: z.number(),
    expected: z.number().nullable(),
    missing: z.number().nullable(),
    announced: z.number().nullable(),
  }),
  path: z.object({ verdict: z.enum(['tunnel', 'unknown']), seen: z.string() }),
} as const;

/** The output of an operation that is done before this one by the plan's order. Throws where the plan is wrong. */
export function outputOf<S extends z.ZodType>(
  context: OperationContext,
  opId: string,
  schema: S,
): z.infer<S> {
  return schema.parse(context.output(opId));
}
