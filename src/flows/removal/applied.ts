import type { Look, Operation } from '../engine/types.ts';
import { configApplied } from '../onboard/mist-waits.ts';
import { outputOf, Outputs } from '../onboard/outputs.ts';
import type { FlowParts } from '../parts.ts';
import { z } from 'zod';
import type { TargetOf } from './device-entries.ts';

const Params = z.object({ write: z.string() });

/**
 * Waits until the router runs without our part; while it is offline without a deadline, so that Microsoft's side is never taken
 * away first. Over at once where the device is gone from Mist.
 */
export function removalApplied(parts: FlowParts, targetOf: TargetOf): Operation {
  const wait = configApplied(parts, targetOf, {
    kind: 'remove.applied',
    onFailure: 'ask',
    then: "Microsoft's side stays until the router has applied the removal",
    whenRefused: 'it still runs what it ran before, and nothing more was removed',
  });
  return {
    ...wait,
    async look(context): Promise<Look> {
      const { write } = Params.parse(context.op.params);
      const known = outputOf(context, write, Outputs.written.nullable());
      return known === null ? { state: 'done', output: null } : wait.look(context);
    },
  };
}
