import type { z } from 'zod';
import type { StepRow } from '../../db/types.ts';
import type { SiteDesign } from '../design/types.ts';
import { OP, Outputs } from './onboard/outputs.ts';
import { topologyOf, type Topology } from './topology.ts';

/**
 * The topology of a request: planned while nothing has run, then as the run's verification saw it last. What it did not look at yet is not
 * reported; where a later look has `failed`, what was seen before says nothing about now.
 */
export function verifiedTopology(design: SiteDesign, steps: readonly StepRow[], failed: boolean): Topology {
  if (steps.length === 0) return topologyOf(design);
  const output = (opId: string): unknown => steps.find((step) => step.opId === opId)?.output;
  const endpoints = Outputs.endpoints.safeParse(output(OP.endpoints)).data;
  const tunnels = failed ? undefined : Outputs.tunnels.safeParse(output(OP.tunnels)).data;
  const neighbors = failed ? undefined : Outputs.neighbors.safeParse(output(OP.neighbors)).data;
  return topologyOf(design, {
    ...(endpoints && { endpoints: endpoints.links }),
    tunnelUp: (name) => stateOf(tunnels, name),
    neighborUp: (address) => stateOf(neighbors, address),
  });
}

function stateOf(seen: z.infer<typeof Outputs.tunnels> | undefined, name: string): boolean | undefined {
  if (seen === undefined) return undefined;
  return seen.up === seen.expected ? true : seen.states?.[name];
}
