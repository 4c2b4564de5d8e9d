import type { PlannedOperation } from '../engine/types.ts';
import type { EntryNames } from '../onboard/mist-entries.ts';
import { REMOVE } from './names.ts';

/** How entries of a device are called on a card, by root key. */
const ENTRY_WORDS: Readonly<Record<string, string>> = {
  service_policies: 'application policy',
  bgp_config: 'BGP group',
  tunnel_configs: 'connector',
  routing_policies: 'routing policy',
};

/** Lines of what is taken out of a device, in the order in which it stops to matter. */
export function entryLines(names: EntryNames): readonly string[] {
  return Object.entries(ENTRY_WORDS).flatMap(([key, word]) =>
    (names[key] ?? []).map((name) => `- ${word} ${name}`),
  );
}

/** What a removal takes away, in words, while it stands; nothing for any other operation. */
export function standing(op: Pick<PlannedOperation, 'before' | 'after'>): readonly string[] {
  return op.after.length > 0 ? [] : op.before.map((line) => line.replace(/^- /, ''));
}

/** A change that only takes away: what stands before it and nothing after. */
export function removal(
  id: string,
  kind: string,
  side: 'entra' | 'mist',
  what: string,
  needs: readonly string[],
  params: PlannedOperation['params'],
  before: readonly string[],
): PlannedOperation {
  return { id, kind, side, what, needs, params, before, after: [] };
}

/** Entries of a device that are taken out in one write, and the wait until the router runs without them. */
export function entriesOperations(options: {
  readonly id: string;
  readonly appliedId: string;
  readonly kind: string;
  readonly what: string;
  readonly needs: readonly string[];
  readonly names: EntryNames;
  readonly absentBefore: readonly string[];
  /** Fingerprint of what the write is merged into; part of the digest. */
  readonly base: string;
}): readonly PlannedOperation[] {
  const { id, appliedId, kind, what, needs, base } = options;
  const names = Object.fromEntries(Object.entries(options.names).map(([key, list]) => [key, [...list]]));
  const params = { names, absentBefore: [...options.absentBefore], base };
  return [
    removal(id, kind, 'mist', what, needs, params, entryLines(options.names)),
    {
      id: appliedId,
      kind: 'remove.applied',
      side: 'mist',
      what: 'Wait until the router runs without it',
      needs: [id],
      params: { write: id },
      before: [],
      after: [],
    },
  ];
}

/** What is taken out of Entra: profiles, then links, then the network, each by its recorded ID. */
export function entraOperations(
  network: { readonly id: string; readonly name: string; readonly profiles: readonly string[] } | undefined,
  links: readonly { readonly id: string; readonly name: string; readonly networkId: string }[],
  needs: readonly string[],
): readonly PlannedOperation[] {
  const operations: PlannedOperation[] = [];
  if (network && network.profiles.length > 0) {
    operations.push(
      removal(
        REMOVE.profiles,
        'remove.profiles',
        'entra',
        `Take the traffic profiles off remote network ${network.name}`,
        needs,
        { networkId: network.id },
        [`- traffic profiles ${network.profiles.join(', ')}`],
      ),
    );
  }
  const afterProfiles = operations.length > 0 ? [REMOVE.profiles] : needs;
  const linkOps = links.map((link, index) =>
    removal(
      REMOVE.link(index + 1),
      'remove.link',
      'entra',
      `Delete device link ${link.name}`,
      afterProfiles,
      { networkId: link.networkId, id: link.id, name: link.name },
      [`- device link ${link.name} (${link.id})`],
    ),
  );
  operations.push(...linkOps);
  if (network) {
    const after = linkOps.length > 0 ? linkOps.map((o) => o.id) : afterProfiles;
    operations.push(
      removal(
        REMOVE.network,
        'remove.network',
        'entra',
        `Delete remote network ${network.name}`,
        after,
        { id: network.id, name: network.name },
        [`- remote network ${network.name} (${network.id})`],
      ),
    );
  }
  return operations;
}

/** The last step: both sides are read once more. */
export function proofOperation(
  needs: readonly string[],
  names: EntryNames,
  networkIds: readonly string[],
  linkIds: readonly string[],
): PlannedOperation {
  return {
    id: REMOVE.absent,
    kind: 'verify.absent',
    side: 'both',
    what: 'Prove that nothing of it stands on either side',
    needs,
    params: {
      names: Object.fromEntries(Object.entries(names).map(([key, list]) => [key, [...list]])),
      networkIds: [...networkIds],
      linkIds: [...linkIds],
    },
    before: [],
    after: [],
  };
}
