import { z } from 'zod';
import type { RunRow } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import type { Failure } from '../../base/failure.ts';
import type { DeviceEvent } from '../../integrations/mist/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import { offlineText } from '../live/router-away.ts';
import type { FlowParts } from '../parts.ts';
import type { DeviceTarget } from './mist-device.ts';
import { outputOf, Outputs } from './outputs.ts';

const CONFIG_DEADLINE_MS = 10 * 60_000;
const APPLIED = ['GW_CONFIGURED', 'GW_RECONFIGURED'];
const REFUSED = [
  'GW_CONFIG_FAILED',
  'GW_CONFIG_LOCK_FAILED',
  'GW_CONFIG_REVERTED',
  'GW_CONFIG_ERROR_ADDTL_COMMAND',
];

const Params = z.object({ write: z.string() });

export type ConfigState =
  | { readonly state: 'applied'; readonly atMs: number }
  | { readonly state: 'refused'; readonly event: string }
  | { readonly state: 'offline'; readonly lastSeenMs: number | undefined }
  | { readonly state: 'pending' };

/**
 * Whether the router runs what was saved at `afterMs`. HTTP 200 of the write says nothing about that: a configuration
 * event or the device's configuration time does (Mist's automation guides; a bad value shows only there).
 */
export async function configState(
  parts: Pick<FlowParts, 'mist'>,
  device: { siteId: string; deviceId: string; mac: string },
  afterMs: number,
  seen: readonly string[] = [],
): Promise<ConfigState> {
  const [stats, events] = await Promise.all([
    parts.mist.deviceStats(device.siteId, device.deviceId),
    parts.mist.deviceEvents(device.siteId, {
      mac: device.mac,
      types: [...APPLIED, ...REFUSED],
      sinceMs: afterMs,
    }),
  ]);
  const since = events
    .filter((e) => e.atMs >= afterMs && !seen.includes(eventKey(e)))
    .toSorted((a, b) => b.atMs - a.atMs);
  const [newest] = since;
  if (newest && REFUSED.includes(newest.type)) return { state: 'refused', event: newest.type };
  if (newest) return { state: 'applied', atMs: newest.atMs };
  if (
    stats.configTimestampMs !== undefined &&
    stats.configTimestampMs >= afterMs &&
    !isFailing(stats.configStatus)
  ) {
    return { state: 'applied', atMs: stats.configTimestampMs };
  }
  return stats.connected ? { state: 'pending' } : { state: 'offline', lastSeenMs: stats.lastSeenMs };
}

function eventKey(event: DeviceEvent): string {
  return `${event.atMs} ${event.type}`;
}

const SEEN_WINDOW_MS = 10 * 60_000;

/** The configuration events of the last minutes: read before a write, since Mist's times may be whole seconds. */
export async function configEventsSeen(
  parts: Pick<FlowParts, 'mist' | 'clock'>,
  siteId: string,
  mac: string,
): Promise<readonly string[]> {
  const sinceMs = parts.clock.now() - SEEN_WINDOW_MS;
  const events = await attempt(
    parts.mist.deviceEvents(siteId, { mac, types: [...APPLIED, ...REFUSED], sinceMs }),
  );
  return events.ok ? events.value.map(eventKey) : [];
}

/** How a wait for the router belongs to its plan. */
export interface AppliedOptions {
  readonly kind: string;
  readonly onFailure: Operation['onFailure'];
  /** What the card says goes on when an offline router is back. */
  readonly then: string;
  /** What happens when the router refuses it. */
  readonly whenRefused: string;
}

const ONBOARDING: AppliedOptions = {
  kind: 'mist.applied',
  onFailure: 'unwind',
  then: 'I go on when the router is back',
  whenRefused: 'what was written is undone',
};

/** Waits until the router runs what an earlier operation saved; an offline router is waited for without a deadline. */
export function configApplied(
  parts: FlowParts,
  targetOf: (run: RunRow) => Promise<DeviceTarget>,
  options: AppliedOptions = ONBOARDING,
): Operation {
  return {
    kind: options.kind,
    mode: 'wait',
    onFailure: options.onFailure,
    deadlineMs: () => CONFIG_DEADLINE_MS,
    async look(context): Promise<Look> {
      const design = await targetOf(context.run);
      const { write } = Params.parse(context.op.params);
      const { appliedAfterMs, mac, seen, adopted } = outputOf(context, write, Outputs.written);
      // Nothing was written, so nothing is applied; whether the router runs it is proven by what comes next.
      if (adopted) return { state: 'done', output: { atMs: context.now() } };
      const device = { siteId: design.site.id, deviceId: design.device.id, mac };
      const answer = await configState(parts, device, appliedAfterMs, seen);
      return lookOf(answer, design.device.name, context, options);
    },
  };
}

function lookOf(
  answer: ConfigState,
  deviceName: string,
  context: OperationContext,
  options: AppliedOptions,
): Look {
  switch (answer.state) {
    case 'applied':
      return { state: 'done', output: { atMs: answer.atMs } };
    case 'refused':
      return { state: 'refused', failure: configFailed(answer.event, options.whenRefused) };
    case 'offline':
      return {
        state: 'waiting',
        pausedDeadline: true,
        progress: `${offlineText(deviceName, answer.lastSeenMs, context.now())}. Mist has saved the configuration; ${options.then}`,
      };
    case 'pending':
      return {
        state: 'waiting',
        progress: `${deviceName} has not applied the configuration yet; normal is under a minute`,
      };
  }
}

function isFailing(status: string | undefined): boolean {
  return status !== undefined && /fail|revert|error/i.test(status);
}

function configFailed(type: string, then: string): Failure {
  return {
    code: 'mist.config_failed',
    message: type,
    hint: `The router refused the configuration (${type}). Mist shows why under the device's events; ${then}.`,
    retryable: false,
  };
}
