import type { Json } from '../../../db/types.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { MistService } from '../../integrations/mist/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { ledger, refuse } from './mist-device.ts';
import { Outputs } from './outputs.ts';
import type { DesignOf } from './run-design.ts';

/**
 * Sees to it that the shared application is there: uses one that is as designed, else creates it. Of several runs that need it at once
 * one creates it and the others wait for that; only the one that created it may remove it.
 */
export function mistApplication(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'mist.application',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const { application, site } = await designOf(context.run);
      const found = (await parts.mist.services()).find((s) => s.name === application.name);
      if (found && !isAsDesigned(found, application)) return refuse('application', application.name);
      if (found) {
        if (context.intended) await ledger(context, site.id, 'service', found.id, application.name);
        return { state: 'done', output: { id: found.id, created: context.intended } };
      }
      const { blockedBy } = await context.store.runs.lock(context.run.id, [
        `application:${application.name}`,
      ]);
      if (!blockedBy) return { state: 'absent' };
      return { state: 'waiting', progress: `Another run is creating application ${application.name}` };
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
      if (known?.created === false) return [];
      const found = (await parts.mist.services()).find((s) =>
        known ? s.id === known.id : s.name === application.name && isAsDesigned(s, application),
      );
      if (!found) {
        if (known) await context.store.ledger.removed('mist', 'service', known.id, context.now());
        return [];
      }
      // Shared by now: it stays, and stays ours in the ledger, so that the last site to go can take it along.
      if (await usedElsewhere(context, application.name)) return [];
      await context.guard();
      await parts.mist.deleteService(found.id);
      await context.store.ledger.removed('mist', 'service', found.id, context.now());
      return [];
    },
  };
}

/** Requests that are looked at for a use of the application; more than are ever open at once. */
const RECENT = 1000;

/** Whether another site of ours, connected or with an open request, refers to the application. */
async function usedElsewhere(context: OperationContext, application: string): Promise<boolean> {
  const [sites, requests] = await Promise.all([
    context.store.sites.all(),
    context.store.requests.recent(RECENT),
  ]);
  const open = requests.filter((r) => ['planned', 'running', 'needs-decision'].includes(r.state));
  const others = [
    ...sites.filter((s) => s.requestId !== context.run.requestId),
    ...open.filter((r) => r.id !== context.run.requestId),
  ];
  // The design of a removal names no application.
  return others.some((row) => (row.design as Partial<SiteDesign>).application?.name === application);
}

/** Whether an application of our name, found after a lost answer, is what we asked for. */
function isAsDesigned(found: MistService, application: SiteDesign['application']): boolean {
  const same = [...found.addresses].toSorted().join() === [...application.addresses].toSorted().join();
  return same && found.anyProtocol;
}
