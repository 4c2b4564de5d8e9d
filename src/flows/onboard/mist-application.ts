import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { MistService } from '../../integrations/mist/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
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
      const { application, site } = await designOf(context.run);
      const { applicationId } = ApplicationParams.parse(context.op.params);
      const services = await parts.mist.services();
      if (applicationId !== null) {
        const approved = services.find((s) => s.id === applicationId && s.name === application.name);
        if (!approved) return { state: 'refused', failure: applicationGone(application.name) };
        return { state: 'done', output: { id: approved.id, created: false } };
      }
      const found = services.find((s) => s.name === application.name);
      if (!found) return { state: 'absent' };
      if (!context.intended || !isAsDesigned(found, application))
        return refuse('application', application.name);
      await ledger(context, site.id, 'service', found.id, application.name);
      return { state: 'done', output: { id: found.id, created: true } };
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
        known ? s.id === known.id : s.name === application.name && isAsDesigned(s, application),
      );
      if (!found) {
        if (known) await context.store.ledger.removed('mist', 'service', known.id, context.now());
        return [];
      }
      if (await usedElsewhere(context, application.name)) {
        // Shared by now: it stays, and is no longer this run's to remove.
        await context.store.ledger.removed('mist', 'service', found.id, context.now());
        return [];
      }
      await context.guard();
      await parts.mist.deleteService(found.id);
      await context.store.ledger.removed('mist', 'service', found.id, context.now());
      return [];
    },
  };
}

/** Whether another site of ours, connected or in the middle of a run, refers to the application. */
async function usedElsewhere(context: OperationContext, application: string): Promise<boolean> {
  const sites = await context.store.sites.all();
  const runs = await context.store.runs.unfinished();
  const requests = await Promise.all(runs.map((run) => context.store.requests.get(run.requestId)));
  const others = [...sites, ...requests.filter((r) => r !== undefined)].filter(
    (row) => ('id' in row ? row.id : row.requestId) !== context.run.requestId,
  );
  return others.some((row) => (row.design as unknown as SiteDesign).application.name === application);
}

/** Whether an application of our name, found after a lost answer, is what we asked for. */
function isAsDesigned(found: MistService, application: SiteDesign['application']): boolean {
  const same = [...found.addresses].toSorted().join() === [...application.addresses].toSorted().join();
  return same && found.anyProtocol;
}

function applicationGone(name: string): Failure {
  return {
    code: 'flow.moved',
    message: 'the application is gone',
    hint: `Application ${name}, which the plan uses as it is, is no longer in Mist. What was done is undone; ask again.`,
    retryable: false,
  };
}
