import type { Operation } from '../engine/types.ts';
import { designReader, requestReader } from '../onboard/run-design.ts';
import type { FlowParts } from '../parts.ts';
import { removalApplied } from './applied.ts';
import { applicationRemoved } from './application.ts';
import { entriesRemoved } from './device-entries.ts';
import { linkRemoved, networkRemoved, profilesRemoved } from './entra-objects.ts';
import { REMOVE } from './names.ts';
import { absenceProven } from './proof.ts';
import { connectorsPutBack, policyPutBack } from './put-back.ts';

/** Every kind of operation that takes something away: offboarding, bypass and the removal of orphans are made of them. */
export function removalOperations(parts: FlowParts): readonly Operation[] {
  const designOf = designReader(requestReader(parts.store));
  return [
    entriesRemoved(parts, REMOVE.policy, designOf, policyPutBack(parts, designOf)),
    entriesRemoved(parts, REMOVE.connectors, designOf, connectorsPutBack(parts, designOf)),
    entriesRemoved(parts, REMOVE.entries, designOf),
    removalApplied(parts, designOf),
    applicationRemoved(parts, designOf),
    profilesRemoved(parts),
    linkRemoved(parts),
    networkRemoved(parts),
    absenceProven(parts, designOf),
  ];
}
