import { z } from 'zod';
import type { RequestRow, RunRow, Store } from '../../../db/types.ts';
import type { LinkDesign, SiteDesign } from '../../design/types.ts';
import type { OperationContext } from '../engine/types.ts';
import type { KnownOfSite, Plan } from '../plan/types.ts';

/** The design that a run carries out: the approved one, from its request. */
export type DesignOf = (run: RunRow) => Promise<SiteDesign>;

/** Params of `entra.network`: the profiles found when the plan was made, and the network that is used as it is. */
export const NetworkParams = z.object({ profileIds: z.array(z.string()), adopt: z.string().optional() });
/** Params of `entra.link`: which link of the design, and the device link that is used as it is. */
export const LinkParams = z.object({ link: z.number(), adopt: z.string().optional() });

/** Reads designs from request rows. What stands there was written by us from a `SiteDesign`. */
export function designReader(requestOf: RequestOf): DesignOf {
  return async (run) => (await requestOf(run)).design as unknown as SiteDesign;
}

/** What a run carries out, from its request. */
export type RequestOf = (run: RunRow) => Promise<Pick<RequestRow, 'design' | 'plan'>>;

/** Runs whose requests are remembered; more than ever go on at once in one process. */
const MOST_RUNS = 200;

/** Reads what a run carries out: once a run, for neither design nor plan of a request changes after its run has begun. */
export function requestReader(store: Store): RequestOf {
  const known = new Map<string, Pick<RequestRow, 'design' | 'plan'>>();
  return async (run) => {
    const before = known.get(run.id);
    if (before) return before;
    const request = await store.requests.get(run.requestId);
    if (!request) throw new Error(`run ${run.id} has no request`);
    const { design, plan } = request;
    if (known.size >= MOST_RUNS) known.clear();
    known.set(run.id, { design, plan });
    return { design, plan };
  };
}

/** What the approved plan knew of the site that a run is about; empty for plans of older releases. */
export type KnownOf = (run: RunRow) => Promise<KnownOfSite>;

/** Reads them from request rows. */
export function knownReader(requestOf: RequestOf): KnownOf {
  return async (run) => ((await requestOf(run)).plan as unknown as Plan).known ?? {};
}

/** The link that an operation is about. */
export function linkOf(design: SiteDesign, context: OperationContext): LinkDesign {
  const { link: index } = LinkParams.parse(context.op.params);
  const link = design.links.find((l) => l.index === index);
  if (!link) throw new Error(`the design has no link ${index}`);
  return link;
}

/** Under which ID a run's key is kept: symbolic in plans, of its own for every request. */
export function secretKey(run: Pick<RunRow, 'requestId'>, pskId: string): string {
  return `${run.requestId}/${pskId}`;
}
