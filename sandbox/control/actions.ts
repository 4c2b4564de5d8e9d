import { z } from 'zod';
import { WORKER_ACTIONS } from '../workers.ts';
import type { World } from '../world.ts';

const Fault = z.strictObject({
  method: z.string().optional(),
  path: z.string().optional(),
  skip: z.number().int().optional(),
  times: z.number().int().optional(),
  delayMs: z.number().optional(),
  action: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.enum(['answer', 'answer-after']),
      status: z.number().int(),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.string().optional(),
    }),
    z.strictObject({ kind: z.literal('echo'), status: z.number().int() }),
    z.strictObject({ kind: z.enum(['reset-before', 'reset-after', 'slow']) }),
  ]),
});

const Timing = z.strictObject({
  configApplyMs: z.number().optional(),
  tunnelUpMs: z.number().optional(),
  bgpUpMs: z.number().optional(),
  endpointMs: z.number().optional(),
  softwareInstallMs: z.number().optional(),
  saSecondMs: z.number().optional(),
  aliveMs: z.number().optional(),
});

/** Everything that can be broken or moved from outside; the control API and stories say it in the same words. */
export const Action = z.discriminatedUnion('do', [
  /** Pulls or plugs a WAN port. */
  z.strictObject({ do: z.literal('wan'), site: z.string(), wan: z.string(), up: z.boolean() }),
  /** Changes the address under which a WAN port is seen; null = the configured one again. */
  z.strictObject({
    do: z.literal('public-ip'),
    site: z.string(),
    wan: z.string(),
    ip: z.string().nullable(),
  }),
  /** The largest packet that a router's tunnels carry; null = any. */
  z.strictObject({ do: z.literal('path-mtu'), site: z.string(), bytes: z.number().int().nullable() }),
  z.strictObject({ do: z.literal('device'), site: z.string(), online: z.boolean() }),
  /** Takes an availability zone of a device link away, by the link's name. */
  z.strictObject({
    do: z.literal('zone'),
    link: z.string(),
    zone: z.union([z.literal(1), z.literal(2)]),
    alive: z.boolean(),
  }),
  /** Whether zone 2's speaker answers through zone 1's tunnel, as Juniper's guide says and Microsoft's documentation does not. */
  z.strictObject({ do: z.literal('zone2-through-zone1'), works: z.boolean() }),
  /** A person edits one field in the Entra portal. */
  z.strictObject({
    do: z.literal('edit-entra'),
    kind: z.enum(['network', 'link', 'profile']),
    name: z.string(),
    path: z.string(),
    value: z.unknown(),
  }),
  /** A person edits the device (or with `template` its template) in the Mist portal; null removes the key. */
  z.strictObject({
    do: z.literal('edit-mist'),
    site: z.string().optional(),
    template: z.string().optional(),
    network: z.string().optional(),
    path: z.string(),
    value: z.unknown(),
  }),
  z.strictObject({ do: z.literal('tenant'), status: z.string() }),
  /** Slack does not take messages with these types of block; an empty list = it takes all. */
  z.strictObject({ do: z.literal('refuse-blocks'), types: z.array(z.string()) }),
  /** A vendor misbehaves. */
  z.strictObject({ do: z.literal('fault'), on: z.enum(['slack', 'entra', 'mist']), fault: Fault }),
  z.strictObject({ do: z.literal('heal'), on: z.enum(['slack', 'entra', 'mist']) }),
  /** Somebody else's remote network with a key of its own: one link in westEurope and no profile, unless it says otherwise. */
  z.strictObject({
    do: z.literal('foreign-network'),
    name: z.string(),
    region: z.string().optional(),
    links: z.int().min(0).max(4).optional(),
    profile: z.enum(['m365', 'internet']).optional(),
  }),
  /** One of the bots dies (`kill`), is asked to end, hangs, goes on, or is started again. */
  z.strictObject({ do: z.literal('worker'), number: z.number().int(), what: z.enum(WORKER_ACTIONS) }),
  /** How fast the world runs, in milliseconds. */
  z.strictObject({ do: z.literal('timing'), set: Timing }),
]);

export type ControlAction = z.infer<typeof Action>;

/** Carries an action out. Throws where it names something that is not there. */
export function applyAction(world: World, action: ControlAction): void {
  const { entra, mist, slack } = world;
  switch (action.do) {
    case 'wan':
      return mist.portal.setWanUp(action.site, action.wan, action.up);
    case 'public-ip':
      return mist.portal.setPublicIp(action.site, action.wan, action.ip);
    case 'device':
      return mist.portal.setDeviceOnline(action.site, action.online);
    case 'zone': {
      const link = [...entra.store.links.values()].find((l) => l.resource.name === action.link);
      if (!link) throw new Error(`no device link ${action.link}`);
      return entra.setZoneAlive(link.resource.id, action.zone, action.alive);
    }
    case 'path-mtu':
      return mist.portal.setPathMtu(action.site, action.bytes);
    case 'zone2-through-zone1':
      world.dataPlane.zone2ThroughZone1 = action.works;
      return world.dataPlane.poke();
    case 'edit-entra':
      return entra.store.edit(action.kind, action.name, action.path, action.value);
    case 'edit-mist': {
      const edit = (body: Record<string, unknown>): void => setPath(body, action.path, action.value);
      if (action.template !== undefined) return mist.portal.editTemplate(action.template, edit);
      if (action.network !== undefined) return mist.portal.editNetwork(action.network, edit);
      return mist.portal.editDevice(action.site ?? '', edit);
    }
    case 'tenant':
      entra.store.tenant.onboardingStatus = action.status;
      return;
    case 'refuse-blocks':
      slack.world.refusedBlocks.clear();
      for (const type of action.types) slack.world.refusedBlocks.add(type);
      return;
    case 'fault': {
      const { method, path, skip, times, delayMs, action: then } = action.fault;
      const faults = { slack, entra, mist }[action.on].faults;
      faults.plant({
        ...(method !== undefined && { method }),
        ...(path !== undefined && { path }),
        ...(skip !== undefined && { skip }),
        ...(times !== undefined && { times }),
        ...(delayMs !== undefined && { delayMs }),
        action: then as Parameters<typeof faults.plant>[0]['action'],
      });
      return;
    }
    case 'heal':
      return { slack, entra, mist }[action.on].faults.remove();
    case 'foreign-network':
      entra.store.seedForeignNetwork({
        name: action.name,
        ...(action.region !== undefined && { region: action.region }),
        ...(action.links !== undefined && { links: action.links }),
        ...(action.profile !== undefined && { profile: action.profile }),
      });
      return;
    case 'worker':
      return world.workers.act(action.number, action.what);
    case 'timing':
      Object.assign(world.timing, action.set);
  }
}

function setPath(body: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('/');
  const last = keys.pop() ?? '';
  let holder = body;
  for (const key of keys) {
    const next = holder[key] ?? {};
    if (typeof next !== 'object') throw new Error(`${path}: ${key} holds no keys`);
    holder[key] = next;
    holder = next as Record<string, unknown>;
  }
  if (value === null) delete holder[last];
  else holder[last] = value;
}
