import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { Operation, PlannedOperation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import type { RequestVerb } from '../request-verb.ts';
import { entraEndpoints } from './entra-endpoints.ts';
import { createJustRead } from './just-read.ts';
import { entraLink, entraNetwork } from './entra-operations.ts';
import { mistApplication } from './mist-application.ts';
import { mistConnectors } from './mist-connectors.ts';
import { mistPolicy } from './mist-policy.ts';
import { configApplied } from './mist-waits.ts';
import { OP } from './outputs.ts';
import { patientWithRouter } from '../live/router-away.ts';
import { recheck } from './recheck.ts';
import { designReader, knownReader, requestReader } from './run-design.ts';
import { pathProven } from './prove-path.ts';
import { secondLook } from './second-look.ts';
import { neighborsUp, routesLearned, tunnelsUp } from './verify-operations.ts';
import { cutoverInWindow } from '../window/window-guard.ts';

/** Every kind of operation that an onboarding is made of. */
export function onboardOperations(
  parts: FlowParts,
  verbOf: (name: string) => RequestVerb,
): readonly Operation[] {
  const requestOf = requestReader(parts.store);
  const designOf = designReader(requestOf);
  const knownOf = knownReader(requestOf);
  const patient = (wait: Operation): Operation => patientWithRouter(parts, designOf, wait);
  const networks = createJustRead<readonly RemoteNetwork[]>(parts.clock);
  return [
    recheck(parts, verbOf, networks),
    entraNetwork(parts, designOf, networks),
    entraLink(parts, designOf),
    entraEndpoints(parts, designOf),
    mistApplication(parts, designOf),
    mistConnectors(parts, designOf, knownOf),
    configApplied(parts, designOf),
    patient(tunnelsUp(parts, designOf)),
    patient(neighborsUp(parts, designOf)),
    cutoverInWindow(parts, patient(routesLearned(parts, designOf, knownOf))),
    mistPolicy(parts, designOf, knownOf),
    pathProven(parts, designOf),
    // The last thing that is known of a router that is away does not prove that its session lasted.
    patientWithRouter(parts, designOf, secondLook(parts, designOf), { isProof: true }),
  ];
}

/** The only operation of a `second-look` run. */
export const SECOND_LOOK: PlannedOperation = {
  id: OP.secondLook,
  kind: 'verify.second-look',
  side: 'both',
  what: 'Second look, after the first rekey',
  needs: [],
  params: {},
  before: [],
  after: [],
};
