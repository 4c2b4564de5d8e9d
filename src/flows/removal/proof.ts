import { objectOf, isObject } from '../../integrations/mist/json.ts';
import type { RawConfig } from '../../integrations/mist/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { EntryNames } from '../onboard/mist-entries.ts';
import type { FlowParts } from '../parts.ts';
import type { TargetOf } from './device-entries.ts';
import { RemovalParams } from './names.ts';

const DEADLINE_MS = 10 * 60_000;

/**
 * Proof of absence, read from both sides after everything was removed: the device holds none of our entries, no tunnel of ours is
 * reported up, and Entra lists neither network nor link. What cannot be read is tried again and never counts as absent.
 */
export function absenceProven(parts: FlowParts, targetOf: TargetOf): Operation {
  return {
    kind: 'verify.absent',
    mode: 'wait',
    onFailure: 'ask',
    deadlineMs: () => DEADLINE_MS,
    async look(context): Promise<Look> {
      const { names, networkIds, linkIds } = RemovalParams.absent.parse(context.op.params);
      const [mist, entra] = await Promise.all([
        Object.keys(names).length === 0 ? [] : standsOnDevice(parts, await targetOf(context.run), names),
        networkIds.length + linkIds.length === 0 ? [] : standsInEntra(parts, networkIds, linkIds),
      ]);
      const stands = [...mist, ...entra];
      if (stands.length === 0) return { state: 'done', output: { atMs: context.now() } };
      return {
        state: 'waiting',
        progress: `Still seen: ${stands.join(', ')}; normal is gone within a minute`,
      };
    },
  };
}

async function standsOnDevice(
  parts: FlowParts,
  target: Awaited<ReturnType<TargetOf>>,
  names: EntryNames,
): Promise<readonly string[]> {
  const [device, tunnels] = await Promise.all([
    parts.mist.device(target.site.id, target.device.id),
    parts.mist.tunnels({ siteId: target.site.id }),
  ]);
  const own = device ? ownEntries(device.config, names) : [];
  const up = tunnels.filter((t) => t.up === true && (names['tunnel_configs'] ?? []).includes(t.name));
  return [...own, ...up.map((t) => `tunnel ${t.name} is reported up`)];
}

/** Which of these entries the device's own configuration holds, as `root key: name`. */
export function ownEntries(config: RawConfig, names: EntryNames): readonly string[] {
  return Object.entries(names).flatMap(([key, list]) => {
    const held = config[key];
    const has = (name: string): boolean =>
      Array.isArray(held)
        ? held.some((item) => isObject(item) && item['name'] === name)
        : Object.hasOwn(objectOf(held), name);
    return list.filter(has).map((name) => `${key}: ${name}`);
  });
}

async function standsInEntra(
  parts: FlowParts,
  networkIds: readonly string[],
  linkIds: readonly string[],
): Promise<readonly string[]> {
  const networks = await parts.entra.remoteNetworks();
  return networks.flatMap((network) => [
    ...(networkIds.includes(network.id) ? [`remote network ${network.name}`] : []),
    ...network.links.filter((l) => linkIds.includes(l.id)).map((l) => `device link ${l.name}`),
  ]);
}
