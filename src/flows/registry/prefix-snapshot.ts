import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { ok, type Result } from '../../base/failure.ts';
import { readPrefix } from '../../design/addressing.ts';
import { attachedNetworks, ownSubnet } from '../../integrations/mist/effective-config.ts';
import { hasKey, objectOf } from '../../integrations/mist/json.ts';
import type { MistNetwork, MistTemplate, RawConfig } from '../../integrations/mist/types.ts';
import type { FlowParts } from '../parts.ts';

/** A prefix in use somewhere in the organisation, and by whom, in the words of a card. */
export interface OccupiedPrefix {
  readonly cidr: string;
  readonly usedBy: string;
}

/** The organisation's prefixes as they were at one time. */
export interface PrefixSnapshot {
  /** Epoch ms. */
  readonly at: number;
  readonly prefixes: readonly OccupiedPrefix[];
  /** Entries whose prefix is a variable of each site, which nobody can tell without that site. */
  readonly unresolved: number;
}

/** The snapshot is the organisation's, so it stands under no site. */
const ORGANISATION = '';
const KIND = 'prefixes';

const Stored = z.object({
  prefixes: z.array(z.object({ cidr: z.string(), usedBy: z.string() })),
  unresolved: z.number(),
});

/**
 * The newest snapshot; where there is none yet it is taken now, because "not looked" must not count as "free". Fails only where Mist
 * cannot be read. Later ones come from {@link refreshSnapshot}.
 */
export async function prefixSnapshot(parts: FlowParts): Promise<Result<PrefixSnapshot>> {
  const stored = await parts.store.observations.latest(ORGANISATION, KIND);
  const read = Stored.safeParse(stored?.data);
  if (stored && read.success) return ok({ at: stored.at, ...read.data });
  return attempt(takeSnapshot(parts));
}

/** Takes the snapshot again where there is one already: a bot that nobody asked anything reads nothing. */
export async function refreshSnapshot(parts: FlowParts): Promise<void> {
  const stored = await parts.store.observations.latest(ORGANISATION, KIND);
  if (stored) await takeSnapshot(parts);
}

/** Two paged lists of the organisation, whatever its size. */
async function takeSnapshot(parts: FlowParts): Promise<PrefixSnapshot> {
  const [networks, templates] = await Promise.all([parts.mist.networks(), parts.mist.gatewayTemplates()]);
  const found = [...networks.flatMap(ofNetwork), ...templates.flatMap((t) => ofTemplate(t, networks))];
  const known = found.flatMap(({ text, usedBy }) => {
    const cidr = readPrefix(text);
    return cidr === undefined ? [] : [{ cidr, usedBy }];
  });
  const distinct = [...new Map(known.toReversed().map((entry) => [entry.cidr, entry])).values()].toReversed();
  const data = { prefixes: distinct, unresolved: found.length - known.length };
  const at = parts.clock.now();
  await parts.store.observations.add({ siteId: ORGANISATION, kind: KIND, at, data: data as unknown as Json });
  return { at, ...data };
}

interface Found {
  /** A prefix, or a text with a variable in it. */
  readonly text: string;
  readonly usedBy: string;
}

function ofNetwork({ name, raw }: MistNetwork): Found[] {
  const usedBy = `network ${name}`;
  const subnet = raw['subnet'];
  return [
    ...(typeof subnet === 'string' && subnet !== '' ? [{ text: subnet, usedBy }] : []),
    ...routesOf(raw, usedBy),
  ];
}

/** What a template gives every site on it: subnets of its WAN ports, of networks that it addresses itself, and extra routes. */
function ofTemplate({ name, config }: MistTemplate, networks: readonly MistNetwork[]): Found[] {
  const usedBy = `template ${name}`;
  const wans = Object.values(objectOf(config['port_config']))
    .map(objectOf)
    .filter((port) => port['usage'] === 'wan' && hasKey(objectOf(port['ip_config']), 'ip'))
    .map((port) => objectOf(port['ip_config']));
  const own = attachedNetworks(config, networks).flatMap(({ prefix, name: network }) =>
    prefix === undefined ? [] : [{ text: prefix, usedBy: `${usedBy}, network ${network}` }],
  );
  return [
    ...wans.map((ip) => ({ text: ownSubnet(ip) ?? String(ip['ip']), usedBy: `a WAN port of ${usedBy}` })),
    ...own,
    ...routesOf(config, usedBy),
  ];
}

/** Keys of `extra_routes`: destinations in CIDR form, or variables. A default route occupies nothing. */
function routesOf(config: RawConfig, usedBy: string): Found[] {
  return Object.keys(objectOf(config['extra_routes']))
    .filter((destination) => destination !== '0.0.0.0/0')
    .map((text) => ({ text, usedBy: `an extra route of ${usedBy}` }));
}
