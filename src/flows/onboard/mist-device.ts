import type { Json } from '../../../db/types.ts';
import { RemoteError, type Failure } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { resolveVariables, variablesOf } from '../../integrations/mist/effective-config.ts';
import type { MistDevice, RawConfig } from '../../integrations/mist/types.ts';
import { NotYet } from '../engine/not-yet.ts';
import type { Look, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { configEventsSeen, configState } from './mist-waits.ts';
import { Outputs } from './outputs.ts';

/** For a device that does not report a time of its own, clocks may differ by this much. */
const CLOCK_SKEW_MS = 1000;
const REMOVAL_DEADLINE_MS = 10 * 60_000;

/**
 * Which root keys the device lacked before a write whose answer was lost: it cannot be read any more, so all that we write to.
 * Undo removes a key only where nothing but a copy of the template's is left in it.
 */
export const ALL_WRITTEN_KEYS: readonly string[] = [
  'tunnel_configs',
  'bgp_config',
  'routing_policies',
  'service_policies',
];

/** The device and its template as they stand in Mist now. */
export interface DeviceRead {
  readonly device: MistDevice;
  /** Configuration events of the last minutes: they say nothing about a write that follows. */
  readonly seen: readonly string[];
  /** The site's variables, the device's own over them. */
  readonly vars: Readonly<Record<string, string>>;
  /** The template as it is stored. */
  readonly stored: RawConfig | undefined;
  /** The same with the site's and the device's variables filled in: what is copied where the device has no key of its own. */
  readonly template: RawConfig | undefined;
}

/** Reads the device and its template; throws where Mist no longer knows the device. */
export async function readDevice(parts: FlowParts, design: SiteDesign): Promise<DeviceRead> {
  const [device, site, siteVars] = await Promise.all([
    parts.mist.device(design.site.id, design.device.id),
    parts.mist.site(design.site.id),
    parts.mist.siteVars(design.site.id),
  ]);
  if (!device) throw deviceGone();
  const id = site?.gatewayTemplateId;
  const [template, seen] = await Promise.all([
    id === undefined ? undefined : parts.mist.gatewayTemplate(id),
    configEventsSeen(parts, design.site.id, device.mac),
  ]);
  const stored = template?.config;
  const vars = variablesOf(siteVars, device.config);
  return { device, vars, seen, stored, template: stored && resolveVariables(stored, vars) };
}

/** What a look has just read, used once by the `do` that follows it. */
export function take(fresh: Map<string, DeviceRead>, context: OperationContext): DeviceRead | undefined {
  const read = fresh.get(context.run.id);
  fresh.delete(context.run.id);
  return read;
}

/** Output of a write: since when a configuration event proves it, and which root keys the device lacked before. */
export function written(
  device: MistDevice,
  parts: FlowParts,
  keysAbsentBefore: readonly string[],
  seen: readonly string[] = [],
): Json {
  const appliedAfterMs =
    device.modifiedTime === undefined
      ? parts.clock.now() - CLOCK_SKEW_MS
      : Math.floor(device.modifiedTime * 1000);
  return { keysAbsentBefore: [...keysAbsentBefore], appliedAfterMs, mac: device.mac, seen: [...seen] };
}

/**
 * After a removal: returns once the router runs without our part and asks to be called again until then, so that Entra is
 * never taken away first. `seen`: what was there before the removal. Returns what is left where the router refused the removal: it then still runs what it ran.
 */
export async function untilApplied(
  parts: FlowParts,
  design: SiteDesign,
  device: MistDevice,
  seen: readonly string[],
): Promise<readonly string[]> {
  const { appliedAfterMs, mac } = Outputs.written.parse(written(device, parts, []));
  const where = { siteId: design.site.id, deviceId: design.device.id, mac };
  const { state } = await configState(parts, where, appliedAfterMs, seen);
  if (state === 'pending')
    throw new NotYet(`Removed from ${design.device.name}; waiting until the router runs without it`, {
      deadlineMs: REMOVAL_DEADLINE_MS,
    });
  if (state === 'offline') {
    throw new NotYet(
      `${design.device.name} is offline: Microsoft's side stays until the router has applied the removal`,
    );
  }
  if (state === 'applied') return [];
  return [
    `${design.device.name} refused the removal and still runs what it ran before; Mist shows why under its events`,
  ];
}

/** Entries of a device have no ID of their own in Mist: the device's and the name together are unique. */
function entryId(design: SiteDesign, name: string): string {
  return `${design.device.id}/${name}`;
}

const LEDGER_KINDS: Readonly<Record<string, string>> = {
  tunnel_configs: 'connector',
  bgp_config: 'bgp-group',
  routing_policies: 'routing-policy',
  service_policies: 'service-policy',
};

/** Every entry of a design below these root keys, as the ledger names it. */
function entriesOfLedger(
  design: SiteDesign,
  names: Readonly<Record<string, readonly string[]>>,
): readonly { readonly kind: string; readonly name: string; readonly id: string }[] {
  return Object.entries(names).flatMap(([key, list]) =>
    list.map((name) => ({ kind: LEDGER_KINDS[key] ?? key, name, id: entryId(design, name) })),
  );
}

/** Notes entries of the device as ours, by root key. */
export async function rememberEntries(
  context: OperationContext,
  design: SiteDesign,
  names: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  for (const { kind, name, id } of entriesOfLedger(design, names)) {
    await ledger(context, design.site.id, kind, id, name, design.device.id);
  }
}

/** Notes that they are gone. */
export async function forgetEntries(
  context: OperationContext,
  design: SiteDesign,
  names: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  for (const { kind, id } of entriesOfLedger(design, names)) {
    await context.store.ledger.removed('mist', kind, id, context.now());
  }
}

/** Notes a Mist object as ours. */
export function ledger(
  context: OperationContext,
  siteId: string,
  kind: string,
  remoteId: string,
  name: string,
  parentId?: string,
): Promise<void> {
  return context.store.ledger.add({
    vendor: 'mist',
    kind,
    remoteId,
    name,
    siteId,
    runId: context.run.id,
    createdAt: context.now(),
    ...(parentId !== undefined && { parentId }),
  });
}

/** Something of that name stands there and is not ours. */
export function refuse(what: string, name: string): Look {
  const failure: Failure = {
    code: 'flow.name_taken',
    message: `${what} exists`,
    hint: `Somebody created a ${what} named ${name} in Mist meanwhile. Rename or remove it, then ask again.`,
    retryable: false,
  };
  return { state: 'refused', failure };
}

/** A refusal in Mist's name, final. */
export const rejected = (message: string, hint: string): RemoteError =>
  new RemoteError({ system: 'mist', kind: 'rejected', message, hint });

const deviceGone = (): RemoteError =>
  rejected('the device is gone', 'Mist does not know the device any more.');
