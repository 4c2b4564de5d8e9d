import type { LedgerRow, RequestRow, RunRow } from '../../db/types.ts';

/** A planned request. */
export function requestRow(patch: Partial<RequestRow> = {}): RequestRow {
  return {
    id: 'r1',
    verb: 'onboard',
    siteId: 's1',
    siteName: 'Berlin',
    teamId: 'T1',
    requester: 'U1',
    channel: 'C1',
    state: 'planned',
    digest: 'd1',
    planVersion: 1,
    inputs: { a: [1, 2] },
    design: { b: null },
    plan: [],
    preflight: [],
    revision: 1,
    createdAt: 1000,
    expiresAt: 2000,
    ...patch,
  };
}

/** A run that nobody works on. */
export function runRow(patch: Partial<RunRow> = {}): RunRow {
  return {
    id: 'run1',
    requestId: 'r1',
    kind: 'change',
    state: 'active',
    planVersion: 1,
    epoch: 0,
    leaseUntil: 0,
    startedAt: 1000,
    ...patch,
  };
}

export function ledgerRow(patch: Partial<LedgerRow> = {}): LedgerRow {
  return {
    vendor: 'entra',
    kind: 'remote-network',
    remoteId: 'n1',
    name: 'berlin',
    siteId: 's1',
    runId: 'run1',
    createdAt: 1,
    ...patch,
  };
}
