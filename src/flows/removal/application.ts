import type { Json } from '../../../db/types.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import { ledger } from '../onboard/mist-device.ts';
import type { DesignOf } from '../onboard/run-design.ts';
import type { FlowParts } from '../parts.ts';
import { applicationUsers } from './application-users.ts';
import { RemovalParams } from './names.ts';

/**
 * Deletes the shared application by its recorded ID where nobody refers to it any more. Looked up again right before it is
 * deleted, under the application's lock; somebody who began to use it meanwhile keeps it.
 */
export function applicationRemoved(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'remove.application',
    mode: 'change',
    onFailure: 'ask',
    async look(context): Promise<Look> {
      const { id, name } = RemovalParams.application.parse(context.op.params);
      const request = await context.store.requests.get(context.run.requestId);
      const { blockedBy } = await context.store.runs.lock(context.run.id, [`application:${name}`]);
      if (blockedBy) return { state: 'waiting', progress: `Another run is working on application ${name}` };
      const found = (await parts.mist.services()).find((s) => s.id === id);
      if (!found) {
        await context.store.ledger.removed('mist', 'service', id, context.now());
        return { state: 'done', output: { stays: [] } };
      }
      const leaving = { siteId: request?.siteId ?? '', requestId: context.run.requestId, policies: [] };
      const users = await applicationUsers(parts, name, leaving);
      return users.length > 0 ? { state: 'done', output: { stays: [...users] } } : { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const { id } = RemovalParams.application.parse(context.op.params);
      await context.guard();
      await parts.mist.deleteService(id);
      await context.store.ledger.removed('mist', 'service', id, context.now());
      return { stays: [] };
    },
    async undo(context) {
      const { name } = RemovalParams.application.parse(context.op.params);
      const { application, site } = (await designOf(context.run)) as Partial<SiteDesign>;
      if (!application || !site || application.name !== name) return [`application ${name} was removed`];
      if ((await parts.mist.services()).some((s) => s.name === name)) return [];
      await context.guard();
      const created = await parts.mist.createService(application);
      await ledger(context, site.id, 'service', created.id, name);
      return [];
    },
  };
}
