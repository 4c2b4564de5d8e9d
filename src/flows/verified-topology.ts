import type { StepRow } from '../../db/types.ts';
import type { SiteDesign } from '../design/types.ts';
import { OP, Outputs } from './onboard/outputs.ts';
import { topologyOf, type Topology } from './topology.ts';

/**
 * The topology of a request: planned while nothing has run, then as its run saw it. A verification that is done has seen everything up; before
 * that nothing is said about any tunnel or session.
 */
export function verifiedTopology(design: SiteDesign, steps: readonly StepRow[]): Topology {
  if (steps.length === 0) return topologyOf(design);
  const output = (opId: string): unknown => steps.find((step) => step.opId === opId)?.output;
  const endpoints = Outputs.endpoints.safeParse(output(OP.endpoints)).data;
  const tunnels = Outputs.tunnels.safeParse(output(OP.tunnels)).data;
  const neighbors = Outputs.neighbors.safeParse(output(OP.neighbors)).data;
  return topologyOf(design, {
    ...(endpoints && { endpoints: endpoints.links }),
    tunnelUp: () => (tunnels && tunnels.up === tunnels.expected ? true : undefined),
    neighborUp: () => (neighbors && neighbors.up === neighbors.expected ? true : undefined),
  });
}
