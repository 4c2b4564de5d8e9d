import type { Json } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import type { LinkDesign, SiteDesign } from '../../design/types.ts';
import type { DeviceLink, NewDeviceLink, RemoteNetwork } from '../../integrations/entra/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { makePsk } from '../psk.ts';
import type { JustRead } from './just-read.ts';
import { adoptedLink, adoptedNetwork } from './entra-adopted.ts';
import { NotYet } from '../engine/not-yet.ts';
import { OP, outputOf, Outputs } from './outputs.ts';
import { linkOf, LinkParams, NetworkParams, secretKey, type DesignOf } from './run-design.ts';

/** So soon after its creation nobody else has put anything into a network. */
const STILL_NEW_MS = 30_000;

/**
 * Creates the remote network with its traffic profiles inline, or uses the one that the approved plan names. `justRead`: what the
 * recheck before it has read.
 */
export function entraNetwork(
  parts: FlowParts,
  designOf: DesignOf,
  justRead?: JustRead<readonly RemoteNetwork[]>,
): Operation {
  return {
    kind: 'entra.network',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const { adopt } = NetworkParams.parse(context.op.params);
      if (adopt !== undefined) {
        const look = await adoptedNetwork(parts, context, design, adopt);
        if (look.state === 'done')
          await remember(context, design, 'remote-network', adopt, design.remoteNetworkName, true);
        return look;
      }
      const networks = justRead?.take(context.run.id) ?? (await parts.entra.remoteNetworks());
      const found = networks.find((n) => n.name === design.remoteNetworkName);
      if (!found) return { state: 'absent' };
      if (!context.intended || !isOurNetwork(found, context, design)) {
        return { state: 'refused', failure: taken('remote network', found.name) };
      }
      await remember(context, design, 'remote-network', found.id, found.name);
      return { state: 'done', output: { id: found.id } };
    },
    async do(context): Promise<Json> {
      const design = await designOf(context.run);
      const { profileIds } = NetworkParams.parse(context.op.params);
      await context.guard();
      const { id } = await parts.entra.createRemoteNetwork({
        name: design.remoteNetworkName,
        region: design.region,
        profileIds,
      });
      await remember(context, design, 'remote-network', id, design.remoteNetworkName);
      return { id, createdAtMs: context.now() };
    },
    async undo(context, output) {
      const design = await designOf(context.run);
      const known = Outputs.network.safeParse(output);
      if (known.data?.adopted) {
        await forget(context, 'remote-network', known.data.id);
        return [];
      }
      const networks = await parts.entra.remoteNetworks();
      const network = known.success
        ? networks.find((n) => n.id === known.data.id)
        : networks.find((n) => n.name === design.remoteNetworkName && isOurNetwork(n, context, design));
      if (!network) {
        if (known.success) await forget(context, 'remote-network', known.data.id);
        return [];
      }
      if (network.links.length > 0) {
        return [`remote network ${network.name}: it holds ${network.links.length} link(s) that are not ours`];
      }
      await context.guard();
      await parts.entra.deleteRemoteNetwork(network.id);
      await forget(context, 'remote-network', network.id);
      return [];
    },
  };
}

/** Creates one device link with the custom IKE policy and a key made here, or uses the one that the approved plan names. */
export function entraLink(parts: FlowParts, designOf: DesignOf): Operation {
  async function find(context: OperationContext, link: LinkDesign): Promise<DeviceLink | undefined> {
    const { id } = outputOf(context, OP.network, Outputs.network);
    return (await parts.entra.deviceLinks(id)).find((l) => l.name === link.name);
  }
  return {
    kind: 'entra.link',
    mode: 'change',
    onFailure: 'unwind',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const link = linkOf(design, context);
      const { adopt } = LinkParams.parse(context.op.params);
      if (adopt !== undefined) {
        const look = await adoptedLink(parts, context, design, link, adopt);
        if (look.state === 'done') await remember(context, design, 'device-link', adopt, link.name, true);
        return look;
      }
      if (!context.intended && isNew(context)) return { state: 'absent' };
      const found = await find(context, link);
      if (!found) return { state: 'absent' };
      if (!context.intended || !(await isOurLink(parts, context, link, found))) {
        return { state: 'refused', failure: taken('device link', found.name) };
      }
      await remember(context, design, 'device-link', found.id, link.name);
      return { state: 'done', output: { id: found.id } };
    },
    async do(context): Promise<Json> {
      const design = await designOf(context.run);
      const link = linkOf(design, context);
      const { id: networkId } = outputOf(context, OP.network, Outputs.network);
      const body = await newDeviceLink(parts, context, design, link);
      await context.guard();
      await parts.entra.createDeviceLink(networkId, body);
      // The answer carries no reliable ID: the wait for the endpoints, which follows, reads the links back and notes it.
      return { id: null };
    },
    async undo(context, output) {
      const design = await designOf(context.run);
      const link = linkOf(design, context);
      const network = Outputs.network.safeParse(context.output(OP.network));
      if (!network.success) return [];
      const known = Outputs.link.safeParse(output);
      if (known.data?.adopted && known.data.id !== null) {
        await forget(context, 'device-link', known.data.id);
        return [];
      }
      const id = known.data?.id ?? (await notedLink(context, design, link.name));
      const links = await linksOrNone(parts, network.data.id);
      if (!links) {
        if (id !== null) await forget(context, 'device-link', id);
        return [];
      }
      const named = links.find((l) => (id !== null ? l.id === id : l.name === link.name));
      const mine =
        named && (id !== null || (await isOurLink(parts, context, link, named))) ? named : undefined;
      if (mine) {
        // Noted before it is tried: what cannot be removed must be found again.
        await remember(context, design, 'device-link', mine.id, link.name);
        await context.guard();
        await parts.entra.deleteDeviceLink(network.data.id, mine.id);
      }
      // Graph has answered that it made the link, so it will list it.
      if (known.data && id === null && !named && !isWaitedFor(context)) {
        throw new NotYet(`Entra does not list device link ${link.name} yet`, { deadlineMs: 2 * LISTED_MS });
      }
      const gone = mine?.id ?? id;
      if (gone !== null) await forget(context, 'device-link', gone);
      return [];
    },
  };
}

/** Whether this run has created its network a moment ago: it is then empty, until a try of ours may have filled it. */
function isNew(context: OperationContext): boolean {
  const { createdAtMs } = outputOf(context, OP.network, Outputs.network);
  return createdAtMs !== undefined && context.now() - createdAtMs < STILL_NEW_MS;
}

/** Whether a network of our name, found after a lost answer, is what we asked for: same region, no other profile, nothing but our links in it. */
function isOurNetwork(network: RemoteNetwork, context: OperationContext, design: SiteDesign): boolean {
  const { profileIds } = NetworkParams.parse(context.op.params);
  const associated = network.profiles.map((p) => p.id);
  return (
    network.region === design.region &&
    // An association may show later than the network does; a foreign one never belongs to ours.
    associated.every((id) => profileIds.includes(id)) &&
    network.links.every((l) => design.links.some((own) => own.name === l.name))
  );
}

/** Whether a link of our name, found after a lost answer, is ours: our addresses, and our key where Graph returns it. */
async function isOurLink(
  parts: FlowParts,
  context: OperationContext,
  link: LinkDesign,
  found: DeviceLink,
): Promise<boolean> {
  const psk = await parts.store.secrets.get(secretKey(context.run, link.pskId));
  return (
    found.ipAddress === link.publicIp &&
    found.deviceBgp === link.deviceBgp &&
    found.microsoftBgp === link.microsoftBgp &&
    (found.psk === undefined || psk === undefined || found.psk.equals(psk))
  );
}

async function newDeviceLink(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  link: LinkDesign,
): Promise<NewDeviceLink> {
  const key = (id: string) =>
    parts.store.secrets.getOrCreate(secretKey(context.run, id), makePsk, parts.clock.now());
  const psk = await key(link.pskId);
  return {
    name: link.name,
    ipAddress: link.publicIp,
    bandwidth: design.bandwidth,
    asn: design.deviceAsn,
    microsoftBgp: link.microsoftBgp,
    deviceBgp: link.deviceBgp,
    ike: design.ike,
    psk,
    ...(link.microsoftBgpZone2 !== undefined && {
      zone2: { microsoftBgp: link.microsoftBgpZone2, psk: await key(link.zonePskId ?? link.pskId) },
    }),
  };
}

/** How long an undo waits for a link that was made to be listed; what is not there then was taken out by somebody. */
const LISTED_MS = 2 * 60_000;

function isWaitedFor({ own, now }: OperationContext): boolean {
  return own.waitingSince !== undefined && now() - own.waitingSince >= LISTED_MS;
}

/** undefined where the network itself is gone. */
async function linksOrNone(parts: FlowParts, networkId: string): Promise<readonly DeviceLink[] | undefined> {
  return (await parts.entra.remoteNetwork(networkId))?.links;
}

/** The ID under which this run's link is in the ledger; null where Graph had not told it. */
async function notedLink(
  context: OperationContext,
  design: SiteDesign,
  name: string,
): Promise<string | null> {
  const rows = await context.store.ledger.live(design.site.id);
  const mine = rows.find(
    (row) => row.kind === 'device-link' && row.name === name && row.runId === context.run.id,
  );
  return mine?.remoteId ?? null;
}

/** Notes a device link as ours, once Graph has told its ID. */
export function rememberLink(
  context: OperationContext,
  design: SiteDesign,
  id: string,
  name: string,
): Promise<void> {
  return remember(context, design, 'device-link', id, name);
}

function remember(
  context: OperationContext,
  design: SiteDesign,
  kind: string,
  remoteId: string,
  name: string,
  adopted = false,
): Promise<void> {
  return context.store.ledger.add({
    vendor: 'entra',
    kind,
    remoteId,
    name,
    siteId: design.site.id,
    runId: context.run.id,
    createdAt: context.now(),
    ...(adopted && { adopted: true }),
  });
}

function forget(context: OperationContext, kind: string, remoteId: string): Promise<void> {
  return context.store.ledger.removed('entra', kind, remoteId, context.now());
}

function taken(what: string, name: string): Failure {
  return {
    code: 'flow.name_taken',
    message: `${what} exists`,
    hint: `A ${what} named "${name}" already exists in Entra and is not ours. Rename or remove it there, then ask again.`,
    retryable: false,
  };
}
