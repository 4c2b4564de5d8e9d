import type { PlannedOperation } from '../engine/types.ts';
import { OP } from '../onboard/outputs.ts';

/** The first operation of every plan: it is made again from the live state, and anything that moved makes the approval void. */
export const RECHECK: PlannedOperation = {
  id: OP.recheck,
  kind: 'recheck',
  side: 'both',
  what: 'Check that nothing has changed since the plan was made',
  needs: [],
  params: {},
  before: [],
  after: [],
};
