import type { Store } from '../../db/types.ts';
import type { StepListener } from './engine/step-outcome.ts';
import type { Dispatcher } from './engine/types.ts';
import type { Entra } from '../integrations/entra/types.ts';
import type { Mist } from '../integrations/mist/types.ts';

/** What the environment decides about flows; durations in milliseconds. */
export interface FlowSettings {
  /** Where cards go; undefined = the channel of the command. */
  readonly channel?: string;
  readonly approvalsNeeded: number;
  readonly approvalTtlMs: number;
  /** IANA zone in which change windows are meant. */
  readonly timeZone: string;
  readonly peeringPool: readonly string[];
  readonly maxNetworks: number;
  readonly maxLinks: number;
  /** undefined = not known, which is a warning. */
  readonly bandwidthPoolMbps?: number;
  /** Graph's member with which device links are written; default `other`. */
  readonly deviceVendor?: string;
  readonly pollMs: number;
  /** Caps every deadline of a wait; undefined = none. */
  readonly verifyCapMs?: number;
  /** Wait before the second look; undefined = one SA lifetime + 5 min; 0 = no second look. */
  readonly rekeyCheckMs?: number;
}

export interface FlowLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What every flow is made from. */
export interface FlowParts {
  readonly store: Store;
  readonly entra: Entra;
  readonly mist: Mist;
  readonly settings: FlowSettings;
  readonly clock: { now(): number };
  readonly log: FlowLog;
  /** Name of this process among the owners of runs. */
  readonly owner: string;
  /** Has runs looked at and schedules kept, in this process or over several. */
  readonly dispatcher: Dispatcher;
  /** For metrics. */
  readonly onStep?: StepListener;
}
