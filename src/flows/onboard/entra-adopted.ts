import type { Failure } from '../../base/failure.ts';
import type { Secret } from '../../base/secret.ts';
import type { LinkDesign, SiteDesign } from '../../design/types.ts';
import { entraAdoption, linkDifferences } from '../adopt/entra-adoption.ts';
import { MOVED } from '../engine/moved.ts';
import type { Look, OperationContext } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import { OP, outputOf, Outputs } from './outputs.ts';
import { NetworkParams, secretKey } from './run-design.ts';

/** Looks at the network that the approved plan uses as it is. Never `absent`: what was approved is not made anew. */
export async function adoptedNetwork(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  id: string,
): Promise<Look> {
  const { profileIds } = NetworkParams.parse(context.op.params);
  const found = entraAdoption(design, profileIds, await parts.entra.remoteNetworks());
  if (found.state === 'adopt' && found.networkId === id) {
    return { state: 'done', output: { id, adopted: true } };
  }
  const why = found.state === 'refused' ? found.differences.join('; ') : 'it is gone';
  return { state: 'refused', failure: movedAway(`remote network ${design.remoteNetworkName}`, why) };
}

/**
 * Looks at a device link that the approved plan uses as it is, and keeps its key, which the router's side needs, as this run's own.
 * Never `absent`.
 */
export async function adoptedLink(
  parts: FlowParts,
  context: OperationContext,
  design: SiteDesign,
  link: LinkDesign,
  id: string,
): Promise<Look> {
  const network = outputOf(context, OP.network, Outputs.network);
  const found = (await parts.entra.deviceLinks(network.id)).find((candidate) => candidate.id === id);
  const refused = (why: string): Look => ({
    state: 'refused',
    failure: movedAway(`device link ${link.name}`, why),
  });
  if (!found) return refused('it is gone');
  const differences = linkDifferences(design, link, found);
  if (differences.length > 0) return refused(differences.join('; '));
  const { psk, zonePsk } = found;
  const { pskId, zonePskId } = link;
  if (!psk || (zonePskId !== undefined && !zonePsk)) return refused('Graph no longer returns its key');
  const isKept =
    (await keep(parts, context, pskId, psk)) &&
    (zonePskId === undefined || zonePsk === undefined || (await keep(parts, context, zonePskId, zonePsk)));
  if (!isKept) return refused('its key was changed during the run');
  return { state: 'done', output: { id, adopted: true } };
}

/** Keeps a key under the ID that the design gives it; false where another one is kept already. */
async function keep(parts: FlowParts, context: OperationContext, id: string, key: Secret): Promise<boolean> {
  const kept = await parts.store.secrets.getOrCreate(
    secretKey(context.run, id),
    () => key,
    parts.clock.now(),
  );
  return kept.equals(key);
}

/** The failure of a run whose plan uses something as it is that is no longer so; `why` holds no key. */
export function movedAway(what: string, why: string): Failure {
  return {
    code: MOVED,
    message: `${what} is no longer as approved`,
    hint: `The plan uses ${what} as it is, but it changed after the approval: ${why}. What was done is undone.`,
    retryable: false,
  };
}
