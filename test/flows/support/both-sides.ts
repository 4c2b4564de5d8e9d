import type { Json, RunRow } from '../../../db/types.ts';
import type { RunObserver } from '../../../src/flows/engine/types.ts';
import type { Rig } from './compose-rig.ts';

/** Everything that is configured on both sides, without the times that the clouds stamp on it. */
export function configuration(rig: Rig): unknown {
  const { networks, links, profiles } = rig.entra.store.snapshot();
  const { store } = rig.mist;
  return timeless({
    entra: { networks, links, profiles },
    mist: {
      sites: [...store.sites.values()].map(({ body, setting }) => ({ body, setting })),
      devices: [...store.devices.values()].map(({ body }) => body),
      templates: [...store.templates.values()],
      networks: [...store.networks.values()],
      services: [...store.services.values()],
      servicePolicies: [...store.servicePolicies.values()],
    },
  });
}

function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      key === 'modified_time' || key === 'lastModifiedDateTime' ? undefined : item,
    ),
  );
}

/** What of ours stands where; each list has one entry per object, so that a duplicate shows. */
export interface Ours {
  readonly networks: string[];
  readonly links: string[];
  readonly profiles: string[];
  readonly applications: string[];
  readonly connectors: string[];
  readonly groups: string[];
  readonly routingPolicies: string[];
  readonly policies: string[];
}

/** What the bot has made for this site and its router. */
export function ours(rig: Rig, site = 'Lyon'): Ours {
  const { store } = rig.entra;
  const { body } = deviceOf(rig, site);
  const names = (key: string): string[] =>
    Object.keys((body[key] ?? {}) as object).filter((n) => n.startsWith('mssse-'));
  const network = [...store.networks.values()].filter((n) => n.name === site);
  return {
    networks: network.map((n) => n.name),
    links: [...store.links.values()].map((l) => l.resource.name).filter((n) => n.startsWith(`${site}-`)),
    profiles: network.flatMap((n) => store.profilesOf(n.id).map((p) => p.trafficForwardingType)),
    applications: [...rig.mist.store.services.values()]
      .map((s) => String(s['name']))
      .filter((n) => n.startsWith('Microsoft-SSE')),
    connectors: names('tunnel_configs'),
    groups: names('bgp_config'),
    routingPolicies: names('routing_policies'),
    policies: ((body['service_policies'] ?? []) as { name?: string }[]).flatMap((p) =>
      p.name === 'microsoft-sse' ? [p.name] : [],
    ),
  };
}

export function deviceOf(rig: Rig, site = 'Lyon') {
  const found = [...rig.mist.store.devices.values()].find((d) => d.siteId === rig.site(site));
  if (!found) throw new Error(`no device at ${site}`);
  return found;
}

/** Calls that change something on either side, in order; commands and token requests do not. */
export function writes(rig: Rig): string[] {
  const of = (system: 'entra' | 'mist') =>
    rig[system].calls
      .filter((c) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(c.method))
      .filter((c) => !/oauth2|\/show_/.test(c.path))
      .map((c) => ({ at: c.at, text: `${system} ${c.method} ${c.path.replace(/^.*\/(?=[a-zA-Z]+)/, '')}` }));
  return [...of('entra'), ...of('mist')].toSorted((a, b) => a.at - b.at).map((c) => c.text);
}

/** Another run, of which nothing is due for long, holds this lock until `unlock('other')`. */
export async function holdLock(rig: Rig, requestId: string, key: string): Promise<void> {
  const later = rig.clock.now() + 600_000;
  await rig.store.runs.create(
    {
      id: 'other',
      requestId,
      kind: 'change',
      state: 'active',
      planVersion: 1,
      epoch: 0,
      leaseUntil: 0,
      wakeAt: later,
      startedAt: later,
    },
    [],
    [key],
  );
}

/** Ends an approved request's run as if every step had given these outputs, at these times. */
export async function finishRun(
  rig: Rig,
  requestId: string,
  observer: RunObserver,
  steps: Readonly<Record<string, { readonly output?: Json; readonly endedAt?: number }>>,
): Promise<void> {
  const run: RunRow = {
    id: 'made',
    requestId,
    kind: 'change',
    state: 'succeeded',
    planVersion: 1,
    epoch: 0,
    leaseUntil: 0,
    startedAt: 1,
  };
  await rig.store.runs.create(run, [], []);
  await rig.store.requests.move(requestId, ['planned'], 'running');
  const rows = Object.entries(steps).map(([opId, step], position) => ({
    runId: run.id,
    position,
    opId,
    state: 'done' as const,
    attempts: 0,
    intended: false,
    ...step,
  }));
  await observer.finished(rig.store, run, rows);
}
