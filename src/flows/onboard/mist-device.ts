import type { Json } from '../../../db/types.ts';
import { begin } from '../../base/attempt.ts';
import { RemoteError, type Failure } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { resolveVariables, variablesOf } from '../../integrations/mist/effective-config.ts';
import type { MistDevice, RawConfig } from '../../integrations/mist/types.ts';
import type { Look, OperationContext } from '../engine/types.ts';
import { templateReader } from '../live/live-site.ts';
import type { FlowParts } from '../parts.ts';
import type { KnownOfSite } from '../plan/types.ts';
import { configEventsSeen } from './mist-waits.ts';

/** For a device that does not report a time of its own, clocks may differ by this much. */
const CLOCK_SKEW_MS = 1000;

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

/** Which router of which site is written to; every design names one. */
export type DeviceTarget = Pick<SiteDesign, 'site' | 'device'>;

/** Reads the device and its template, in one round of calls where they are known; throws where Mist no longer knows the device. */
export async function readDevice(
  parts: FlowParts,
  design: DeviceTarget,
  known: KnownOfSite = {},
): Promise<DeviceRead> {
  const read = await readDeviceOrNone(parts, design, known);
  if (!read) throw deviceGone();
  return read;
}

/** The same; undefined where Mist says that it does not know the device. */
export async function readDeviceOrNone(
  parts: FlowParts,
  design: DeviceTarget,
  known: KnownOfSite = {},
): Promise<DeviceRead | undefined> {
  const templateOf = templateReader(parts, known.templateId);
  const eventsOf = (mac: string) => configEventsSeen(parts, design.site.id, mac);
  const begun = known.mac === undefined ? undefined : begin(eventsOf(known.mac));
  const [device, site, siteVars] = await Promise.all([
    parts.mist.device(design.site.id, design.device.id),
    parts.mist.site(design.site.id),
    parts.mist.siteVars(design.site.id),
  ]);
  if (!device) return undefined;
  const [template, seen] = await Promise.all([
    templateOf(site?.gatewayTemplateId),
    begun && device.mac === known.mac ? begun : eventsOf(device.mac),
  ]);
  if (!template.ok) throw template.failure;
  const stored = template.value?.config;
  const vars = variablesOf(siteVars, device.config);
  return { device, vars, seen, stored, template: stored && resolveVariables(stored, vars) };
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

/** Notes a Mist object as ours; `adopted`: it was there before. */
export function ledger(
  context: OperationContext,
  siteId: string,
  kind: string,
  remoteId: string,
  name: string,
  parentId?: string,
  adopted = false,
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
    ...(adopted && { adopted: true }),
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
