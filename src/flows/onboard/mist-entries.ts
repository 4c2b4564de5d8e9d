import type { Json } from '../../../db/types.ts';
import { withoutConnectorKeys } from '../../integrations/mist/merge.ts';
import type { MistDevice } from '../../integrations/mist/types.ts';
import { NotYet } from '../engine/not-yet.ts';
import type { OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { ledger, readDevice, written, type DeviceTarget } from './mist-device.ts';
import { configState } from './mist-waits.ts';
import { Outputs } from './outputs.ts';

const REMOVAL_DEADLINE_MS = 10 * 60_000;

/** Names of our entries by root key of the device. */
export type EntryNames = Readonly<Record<string, readonly string[]>>;

/**
 * Takes our entries out of the device, whatever else was edited since, and returns once the router runs without them.
 * `output` is what the write had left, where it is known. Returns what is still there.
 */
export async function removeEntries(
  parts: FlowParts,
  context: OperationContext,
  design: DeviceTarget,
  names: EntryNames,
  output: Json | undefined,
): Promise<readonly string[]> {
  const { device, template, seen } = await readDevice(parts, design);
  const known = Outputs.written.safeParse(output).data;
  const absentBefore = known?.keysAbsentBefore ?? Object.keys(names);
  const keys = withoutConnectorKeys(device.config, template, names, absentBefore);
  let now = device;
  if (Object.keys(keys).length > 0) {
    await context.guard();
    now = await parts.mist.putDevice(design.site.id, design.device.id, keys);
  }
  const left = await untilApplied(parts, design, now, now === device ? [] : seen, REMOVAL);
  if (left.length === 0) await forgetEntries(context, design, names);
  return left;
}

/** What an undo says while it waits for the router, after the router's name. */
export interface AppliedTexts {
  readonly pending: string;
  readonly offline: string;
  readonly refused: string;
}

const REMOVAL: AppliedTexts = {
  pending:
    'holds our part no more in Mist; waiting until the router runs without it, normal is under a minute',
  offline: "is offline: Microsoft's side stays until the router has applied the removal",
  refused: 'refused the removal and still runs what it ran before; Mist shows why under its events',
};

/**
 * After an undo's write: returns once the router runs it and asks to be called again until then, so that Entra is
 * never taken away first. `seen`: what was there before the write. Returns what is left where the router refused it: it then still runs what it ran.
 */
export async function untilApplied(
  parts: FlowParts,
  design: DeviceTarget,
  device: MistDevice,
  seen: readonly string[],
  texts: AppliedTexts,
): Promise<readonly string[]> {
  const { appliedAfterMs, mac } = Outputs.written.parse(written(device, parts, []));
  const where = { siteId: design.site.id, deviceId: design.device.id, mac };
  const { state } = await configState(parts, where, appliedAfterMs, seen);
  const { name } = design.device;
  if (state === 'pending') throw new NotYet(`${name} ${texts.pending}`, { deadlineMs: REMOVAL_DEADLINE_MS });
  if (state === 'offline') throw new NotYet(`${name} ${texts.offline}`);
  return state === 'applied' ? [] : [`${name} ${texts.refused}`];
}

/** Entries of a device have no ID of their own in Mist: the device's and the name together are unique. */
function entryId(design: DeviceTarget, name: string): string {
  return `${design.device.id}/${name}`;
}

/** What the ledger calls an entry, by the root key that holds it. */
export const LEDGER_KINDS: Readonly<Record<string, string>> = {
  tunnel_configs: 'connector',
  bgp_config: 'bgp-group',
  routing_policies: 'routing-policy',
  service_policies: 'service-policy',
};

/** Every entry of a design below these root keys, as the ledger names it. */
function entriesOfLedger(
  design: DeviceTarget,
  names: EntryNames,
): readonly { readonly kind: string; readonly name: string; readonly id: string }[] {
  return Object.entries(names).flatMap(([key, list]) =>
    list.map((name) => ({ kind: LEDGER_KINDS[key] ?? key, name, id: entryId(design, name) })),
  );
}

/** Notes entries of the device as ours, by root key; `adopted`: they were there before. */
export async function rememberEntries(
  context: OperationContext,
  design: DeviceTarget,
  names: EntryNames,
  adopted = false,
): Promise<void> {
  for (const { kind, name, id } of entriesOfLedger(design, names)) {
    await ledger(context, design.site.id, kind, id, name, design.device.id, adopted);
  }
}

/** Notes that they are gone. */
export async function forgetEntries(
  context: OperationContext,
  design: DeviceTarget,
  names: EntryNames,
): Promise<void> {
  for (const { kind, id } of entriesOfLedger(design, names)) {
    await context.store.ledger.removed('mist', kind, id, context.now());
  }
}
