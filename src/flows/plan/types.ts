import type { Capacity, Json } from '../../../db/types.ts';
import type { RemoteNetwork } from '../../integrations/entra/types.ts';
import type { PlannedOperation } from '../engine/types.ts';
import type { PreflightItem } from '../types.ts';

/** Raised when stored plans change shape; an older one is finished or parked, never guessed at. */
export const PLAN_VERSION = 1;

/**
 * What is unlikely to change while a change goes on. It only lets reads go out side by side that would wait for one another: what they
 * answer is always checked, and where this is missing they wait.
 */
export interface KnownOfSite {
  /** The site's gateway template. */
  readonly templateId?: string;
  /** The device's MAC address, as its events name it. */
  readonly mac?: string;
  /** The design's traffic profiles, in its order. */
  readonly profileIds?: readonly string[];
  /** Whether a rule of the device or its template links to one of the organisation's policies. */
  readonly linksToPolicies?: boolean;
}

/** What a request stores and its approval is bound to. Plain data without a secret. */
export interface Plan {
  readonly version: number;
  readonly operations: readonly PlannedOperation[];
  /** Locks that the run takes when it starts; the application's is taken by the step that creates it. */
  readonly locks: readonly string[];
  readonly blastRadius: readonly string[];
  readonly advice: readonly string[];
  /** Label and value pairs of what was asked for, where the design does not say it. */
  readonly facts?: readonly (readonly [label: string, value: string])[];
  /** What of the live sides it rests on, by name, as short digests: they tell what moved. Not part of the digest, which covers them whole. */
  readonly basis?: Readonly<Record<string, string>>;
  /** Not part of the digest. Missing in plans of older releases and of verbs that need none. */
  readonly known?: KnownOfSite;
}

/** Whether an operation changes something: it then has lines for the approver, a wait has none. */
export function isChange(op: Pick<PlannedOperation, 'before' | 'after'>): boolean {
  return op.before.length + op.after.length > 0;
}

/** A design with its plan and what preflight said of it. */
export interface PlannedChange {
  readonly design: Json;
  readonly plan: Plan;
  readonly preflight: readonly PreflightItem[];
  readonly digest: string;
  /** What the tenant had left when it was read; decided once more when the request is stored. */
  readonly capacities?: readonly Capacity[];
  /** The remote networks that it was made from. Holds keys: never stored. */
  readonly remoteNetworks?: readonly RemoteNetwork[];
}
