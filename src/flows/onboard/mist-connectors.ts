import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import { failed, ok, RemoteError, type Failure, type Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { holdsAll, namesOf, takenNames } from '../../integrations/mist/holdings.ts';
import { hasKey } from '../../integrations/mist/json.ts';
import { connectorEntries, type ConnectorLive } from '../../integrations/mist/mapping.ts';
import { connectorKeys } from '../../integrations/mist/merge.ts';
import { MOVED } from '../engine/moved.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import { baseDigest, portsDigest } from '../live/base-digest.ts';
import type { FlowParts } from '../parts.ts';
import { ALL_WRITTEN_KEYS, readDevice, refuse, written, type DeviceRead } from './mist-device.ts';
import { adoptedConnectors } from './mist-adopted.ts';
import { createJustRead } from './just-read.ts';
import { forgetEntries, rememberEntries, removeEntries } from './mist-entries.ts';
import { OP, outputOf, Outputs } from './outputs.ts';
import { secretKey, type DesignOf, type KnownOf } from './run-design.ts';

/** `adopt`: what stands is used as it is. */
const ConnectorParams = z.object({
  base: z.string(),
  /** Absent in plans of an earlier version. */
  ports: z.string().optional(),
  adopt: z.boolean().optional(),
});

/** Mist write 1: connectors, BGP groups and routing policies in one PUT of the device. */
export function mistConnectors(parts: FlowParts, designOf: DesignOf, knownOf: KnownOf): Operation {
  const looked = createJustRead<DeviceRead>(parts.clock);

  async function entriesOf(
    context: OperationContext,
    design: SiteDesign,
  ): Promise<ReturnType<typeof connectorEntries>> {
    const { links } = outputOf(context, OP.endpoints, Outputs.endpoints);
    const entries = await entriesFrom(parts, context.run.requestId, design, links);
    if (!entries.ok) throw new Error(`no endpoint or key for ${entries.failure}`);
    return entries.value;
  }

  return {
    kind: 'mist.connectors',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const { base, ports, adopt } = ConnectorParams.parse(context.op.params);
      if (adopt) return adoptedConnectors(parts, context, design, await entriesOf(context, design));
      const read = await readDevice(parts, design, await knownOf(context.run));
      const { device, template, stored, vars } = read;
      const names = namesOf(design);
      if (context.intended && holdsAll(device.config, await entriesOf(context, design))) {
        await rememberEntries(context, design, names);
        return { state: 'done', output: written(device, parts, ALL_WRITTEN_KEYS) };
      }
      const taken = takenNames(device.config, template, names);
      if (taken.length > 0) return refuse('connector or BGP group', taken.join(', '));
      const isSame =
        baseDigest(device.config, stored) === base &&
        (ports === undefined || portsDigest(device.config, stored, vars) === ports);
      if (!isSame) return { state: 'refused', failure: editedMeanwhile(design) };
      looked.keep(context.run.id, read);
      return { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const design = await designOf(context.run);
      const { device, template, seen } = looked.take(context.run.id) ?? (await readDevice(parts, design));
      const entries = await entriesOf(context, design);
      const { keys } = connectorKeys(device.config, template, entries);
      const absentBefore = Object.keys(keys).filter((key) => !hasKey(device.config, key));
      await context.guard();
      const answer = await parts.mist.putDevice(design.site.id, design.device.id, keys);
      if (!holdsAll(answer.config, entries)) {
        const back = await readDevice(parts, design);
        if (!holdsAll(back.device.config, entries)) throw notStored();
      }
      await rememberEntries(context, design, namesOf(design));
      return written(answer, parts, absentBefore, seen);
    },
    async undo(context, output) {
      const design = await designOf(context.run);
      if (ConnectorParams.parse(context.op.params).adopt) {
        await forgetEntries(context, design, namesOf(design));
        return [];
      }
      return removeEntries(parts, context, design, namesOf(design), output);
    },
  };
}

/**
 * The entries that a design needs, with Microsoft's endpoints as they were read by link name and the keys that the request
 * made; else the name of the connector for which one of them is not known.
 */
export async function entriesFrom(
  parts: FlowParts,
  requestId: string,
  design: SiteDesign,
  links: z.infer<typeof Outputs.endpoints>['links'],
): Promise<Result<ReturnType<typeof connectorEntries>, string>> {
  const live: Record<string, ConnectorLive> = {};
  for (const link of design.links) {
    const instances = links[link.name] ?? [];
    for (const connector of link.connectors) {
      const address = connector.zone === 1 ? link.microsoftBgp : link.microsoftBgpZone2;
      const dialled = instances.find((i) => i.bgpAddress === address);
      const psk = await parts.store.secrets.get(secretKey({ requestId }, connector.pskId));
      if (!dialled || !psk) return failed(connector.name);
      live[connector.name] = {
        endpoint: dialled.endpoint,
        psk,
        asn: Object.fromEntries(instances.map((i) => [i.bgpAddress, i.asn])),
      };
    }
  }
  return ok(connectorEntries(design, live));
}

function editedMeanwhile(design: SiteDesign): Failure {
  return {
    code: MOVED,
    message: 'the device was edited',
    hint: `${design.device.name}, its template or its variables were edited in Mist after the approval. What was done is undone.`,
    retryable: false,
  };
}

/** Uncertain: the write was answered, so undo must look for what it left. */
function notStored(): RemoteError {
  return new RemoteError({
    system: 'mist',
    kind: 'rejected',
    uncertain: true,
    message: 'the write did not stick',
    hint: 'Mist answered 200 but holds other values. What was done is undone; look at the device in Mist.',
  });
}
