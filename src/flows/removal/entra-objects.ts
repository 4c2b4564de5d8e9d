import type { Json } from '../../../db/types.ts';
import { RemoteError, type Failure } from '../../base/failure.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { RemovalParams } from './names.ts';

/** Takes the traffic profiles off a remote network of ours, and reads that they are off. */
export function profilesRemoved(parts: FlowParts): Operation {
  async function associated(networkId: string): Promise<number> {
    const network = await parts.entra.remoteNetwork(networkId);
    return network ? (await parts.entra.networkProfiles(networkId)).length : 0;
  }
  return {
    kind: 'remove.profiles',
    mode: 'change',
    onFailure: 'ask',
    async look(context): Promise<Look> {
      const { networkId } = RemovalParams.profiles.parse(context.op.params);
      return (await associated(networkId)) === 0 ? { state: 'done', output: null } : { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const { networkId } = RemovalParams.profiles.parse(context.op.params);
      await context.guard();
      await parts.entra.setNetworkProfiles(networkId, []);
      if ((await associated(networkId)) > 0) throw stillAssociated();
      return null;
    },
  };
}

/** Deletes one device link by its recorded ID. Done where the network no longer lists it. */
export function linkRemoved(parts: FlowParts): Operation {
  return {
    kind: 'remove.link',
    mode: 'change',
    onFailure: 'ask',
    async look(context): Promise<Look> {
      const { networkId, id } = RemovalParams.link.parse(context.op.params);
      const network = await parts.entra.remoteNetwork(networkId);
      if (network?.links.some((link) => link.id === id)) return { state: 'absent' };
      await forget(context, 'device-link', id);
      return { state: 'done', output: null };
    },
    async do(context): Promise<Json> {
      const { networkId, id } = RemovalParams.link.parse(context.op.params);
      await context.guard();
      await parts.entra.deleteDeviceLink(networkId, id);
      await forget(context, 'device-link', id);
      return null;
    },
  };
}

/** Deletes a remote network by its recorded ID; refused while it holds links that are not ours. Done where Graph says 404. */
export function networkRemoved(parts: FlowParts): Operation {
  return {
    kind: 'remove.network',
    mode: 'change',
    onFailure: 'ask',
    async look(context): Promise<Look> {
      const { id } = RemovalParams.network.parse(context.op.params);
      const network = await parts.entra.remoteNetwork(id);
      if (!network) {
        await forget(context, 'remote-network', id);
        return { state: 'done', output: null };
      }
      const held = network.links.map((link) => link.name);
      return held.length > 0
        ? { state: 'refused', failure: foreignLinks(network.name, held) }
        : { state: 'absent' };
    },
    async do(context): Promise<Json> {
      const { id } = RemovalParams.network.parse(context.op.params);
      await context.guard();
      await parts.entra.deleteRemoteNetwork(id);
      await forget(context, 'remote-network', id);
      return null;
    },
  };
}

function forget(context: OperationContext, kind: string, remoteId: string): Promise<void> {
  return context.store.ledger.removed('entra', kind, remoteId, context.now());
}

/** What a refused removal of a network says. */
export function foreignLinks(network: string, links: readonly string[]): Failure {
  return {
    code: 'flow.foreign_links',
    message: 'the network holds links that are not ours',
    hint: `Remote network ${network} holds ${links.join(', ')}, which the bot did not make. Remove or move them in the Entra portal, then choose Retry.`,
    retryable: true,
  };
}

/** Uncertain: the call was answered, and is looked at again. */
function stillAssociated(): RemoteError {
  return new RemoteError({
    system: 'entra',
    kind: 'bad-response',
    uncertain: true,
    message: 'profiles are still associated',
    hint: 'Graph answered that the traffic profiles were taken off, and still lists them.',
  });
}
