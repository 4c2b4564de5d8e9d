import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { ledger, refuse } from './mist-device.ts';
import { Outputs } from './outputs.ts';
import type { DesignOf } from './run-design.ts';

const ApplicationParams = z.object({ applicationId: z.string().nullable() });

/** Creates the shared application, or uses the one that the plan found. Removed on undo only where it was created here. */
export function mistApplication(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'mist.application',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const { application } = await designOf(context.run);
      const { applicationId } = ApplicationParams.parse(context.op.params);
      const found = (await parts.mist.services()).find((s) => s.name === application.name);
      if (!found) return { state: 'absent' };
      if (applicationId === null && !context.intended) return refuse('application', application.name);
      return { state: 'done', output: { id: found.id, created: applicationId === null } };
    },
    async do(context): Promise<Json> {
      const { application, site } = await designOf(context.run);
      await context.guard();
      const created = await parts.mist.createService(application);
      await ledger(context, site.id, 'service', created.id, application.name);
      return { id: created.id, created: true };
    },
    async undo(context, output) {
      const { application } = await designOf(context.run);
      const known = Outputs.application.safeParse(output).data;
      if (known?.created === false || ApplicationParams.parse(context.op.params).applicationId !== null)
        return [];
      const found = (await parts.mist.services()).find((s) =>
        known ? s.id === known.id : s.name === application.name,
      );
      if (!found) return [];
      await context.guard();
      await parts.mist.deleteService(found.id);
      await context.store.ledger.removed('mist', 'service', found.id, context.now());
      return [];
    },
  };
}
