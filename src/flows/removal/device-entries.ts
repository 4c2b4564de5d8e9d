import type { Json, RunRow } from '../../../db/types.ts';
import { withoutConnectorKeys } from '../../integrations/mist/merge.ts';
import type { RawConfig } from '../../integrations/mist/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import { readDeviceOrNone, written, type DeviceRead, type DeviceTarget } from '../onboard/mist-device.ts';
import { forgetEntries } from '../onboard/mist-entries.ts';
import type { FlowParts } from '../parts.ts';
import { RemovalParams } from './names.ts';

/** The router that a run is about: every design that is stored with such a request names it. */
export type TargetOf = (run: RunRow) => Promise<DeviceTarget>;

/**
 * Takes our entries out of the device in one PUT, computed from what the device holds now, so that newer edits of others stay.
 * Done where none of them stands, or where Mist no longer knows the device.
 */
export function entriesRemoved(
  parts: FlowParts,
  kind: string,
  targetOf: TargetOf,
  putBack?: (context: OperationContext) => Promise<readonly string[]>,
): Operation {
  function keysOf(context: OperationContext, { device, template }: DeviceRead): RawConfig {
    const { names, absentBefore } = RemovalParams.entries.parse(context.op.params);
    return withoutConnectorKeys(device.config, template, names, absentBefore);
  }

  return {
    kind,
    mode: 'change',
    onFailure: 'ask',
    async look(context): Promise<Look> {
      const target = await targetOf(context.run);
      const read = await readDeviceOrNone(parts, target);
      if (read && Object.keys(keysOf(context, read)).length > 0) return { state: 'absent' };
      const { names } = RemovalParams.entries.parse(context.op.params);
      await forgetEntries(context, target, names);
      return { state: 'done', output: read ? written(read.device, parts, []) : null };
    },
    async do(context): Promise<Json> {
      const target = await targetOf(context.run);
      // Read again right before the write: Mist has no version check.
      const read = await readDeviceOrNone(parts, target);
      if (!read) return null;
      const keys = keysOf(context, read);
      await context.guard();
      const answer = await parts.mist.putDevice(target.site.id, target.device.id, keys);
      await forgetEntries(context, target, RemovalParams.entries.parse(context.op.params).names);
      return written(answer, parts, [], read.seen);
    },
    ...(putBack && { undo: putBack }),
  };
}
