import type { DataPlane, EdgeEvent, MistSide, Timing, WanEdge } from '../data-plane/views.ts';
import type { FaultBook } from '../http/faults.ts';
import { startSimServer, type CallRecord, type SimRequest, type SimResponse } from '../http/server.ts';
import { authenticate, mayWrite, type RateLimit } from './auth.ts';
import { createPeerHistory } from './bgp-rows.ts';
import { parseBody } from './bodies.ts';
import { MANNERS, type StreamManners } from './chunks.ts';
import type { Cloud, Hypotheses, Route } from './cloud.ts';
import { commandRoutes } from './command-routes.ts';
import { createConfigurator } from './configurator.ts';
import { createEventLog, edgeEventText } from './events.ts';
import { object } from './json.ts';
import { orgRoutes } from './org-routes.ts';
import { wanPorts } from './ports.ts';
import { createPortal, type Portal } from './portal.ts';
import { forbidden, HttpError, unknownPath } from './responses.ts';
import { seedOrg } from './seed.ts';
import { siteRoutes } from './site-routes.ts';
import { statsRoutes } from './stats-routes.ts';
import {
  deviceByMac,
  insert,
  isSsr,
  type DeviceRecord,
  type MistStore,
  type Role,
  type Token,
} from './store.ts';
import { createStream, STREAM_PATH, type OutputRecord } from './stream.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { createWebhookSender } from './webhooks.ts';

const ROUTES: Route[] = [...orgRoutes, ...siteRoutes, ...statsRoutes, ...commandRoutes, ...webhookRoutes];
const HOUR_MS = 3_600_000;

/** Fast enough for a person at the page; tests pass their own. */
export const DEFAULT_TIMING: Timing = {
  configApplyMs: 800,
  tunnelUpMs: 1500,
  bgpUpMs: 1000,
  endpointMs: 1500,
  softwareInstallMs: 3000,
  saSecondMs: 10,
  aliveMs: 5000,
};

export interface MistSimOptions {
  /** Default: the small organisation of {@link seedOrg}. */
  store?: MistStore;
  /** Key of the organisation token with role admin that is always there. */
  token?: string;
  timing?: Partial<Timing> | Timing;
  hypotheses?: Partial<Hypotheses>;
  rate?: Partial<RateLimit>;
  manners?: Partial<StreamManners>;
  /** Seed of the stream's chunking. */
  seed?: number;
  port?: number;
}

/** A running simulated Mist cloud; what {@link MistSide} asks of it, and what tests and the sandbox need besides. */
export interface MistSim extends MistSide {
  readonly origin: string;
  readonly wsUrl: string;
  readonly token: string;
  readonly orgId: string;
  readonly faults: FaultBook;
  readonly calls: CallRecord[];
  /** What commands printed over the stream, in the order of the commands. */
  readonly outputs: readonly OutputRecord[];
  readonly store: MistStore;
  readonly timing: Timing;
  readonly rate: RateLimit;
  readonly hypotheses: Hypotheses;
  readonly portal: Portal;
  /** Added to every answer, in ms. */
  latencyMs: number;
  attach(dataPlane: DataPlane): void;
  /** Called after every change that `wanEdges()` shows. */
  onChange(callback: () => void): void;
  addToken(key: string, role: Role): Token;
  /** An administrator adds a webhook of the organisation for everything that devices do. */
  addWebhook(webhook: {
    readonly url: string;
    readonly secret?: string;
    readonly topics: readonly string[];
  }): void;
  /** Cuts every WebSocket. */
  dropStreams(): void;
  close(): Promise<void>;
}

/** Starts the simulated Mist cloud on loopback: http for REST, and the command stream on the same port. */
export async function startMistSim(options: MistSimOptions = {}): Promise<MistSim> {
  const store = options.store ?? seedOrg();
  const token = options.token ?? 'sandbox-mist-token';
  const timing: Timing =
    options.timing !== undefined && isWhole(options.timing)
      ? options.timing
      : { ...DEFAULT_TIMING, ...options.timing };
  const rate: RateLimit = { limit: 5000, windowMs: HOUR_MS, ...options.rate };
  const hypotheses: Hypotheses = { merge: 'replace', unrouted: 'dia', ...options.hypotheses };
  const listeners: (() => void)[] = [];
  let dataPlane: DataPlane | undefined;

  function changed(): void {
    dataPlane?.poke();
    for (const listener of listeners) listener();
  }

  function addToken(key: string, role: Role): Token {
    const added: Token = { key, name: `token-${role}`, role, window: 0, requests: 0 };
    store.tokens.push(added);
    return added;
  }
  addToken(token, 'admin');

  const sim = await startSimServer({ handle, ...(options.port !== undefined && { port: options.port }) });
  const webhooks = createWebhookSender(store);
  const events = createEventLog(store, (event) => {
    webhooks.publish('device-events', event);
    if (event['type'] === 'GW_CONNECTED' || event['type'] === 'GW_DISCONNECTED') {
      webhooks.publishUpdown(event);
    }
  });
  const configurator = createConfigurator({
    store,
    timing,
    hypothesis: () => hypotheses.merge,
    events,
    changed,
  });
  const stream = createStream({
    server: sim.server,
    faults: sim.faults,
    manners: { ...MANNERS, ...options.manners },
    seed: options.seed ?? 1,
    refuse: (request) => {
      const outcome = authenticate(store, request.headers, rate);
      return 'refused' in outcome ? outcome.refused : undefined;
    },
    knows: (channel) => {
      const match = /^\/sites\/([^/]+)\/devices\/([^/]+)\/cmd$/.exec(channel);
      return store.devices.get(match?.[2] ?? '')?.siteId === match?.[1] && match !== null;
    },
  });
  const cloud: Cloud = {
    store,
    timing,
    rate,
    hypotheses,
    events,
    configurator,
    stream,
    webhooks,
    peers: createPeerHistory(store),
    dataPlane: () => dataPlane,
    changed,
  };

  async function handle(request: SimRequest): Promise<SimResponse> {
    const outcome = authenticate(store, request.headers, rate);
    if ('refused' in outcome) return outcome.refused;
    const here = ROUTES.filter((candidate) => candidate.pattern.test(request.path));
    if (here.length === 0) return unknownPath;
    const found = here.find((candidate) => candidate.method === request.method);
    if (found === undefined)
      return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
    if (request.method !== 'GET' && !mayWrite(outcome.token)) return forbidden;
    try {
      const params = { ...found.pattern.exec(request.path)?.groups };
      const body = request.method === 'GET' ? {} : parseBody(request.body);
      return await found.handler({ cloud, request, params, token: outcome.token, body });
    } catch (error) {
      if (error instanceof HttpError) return error.response;
      throw error;
    }
  }

  function recordEvent(event: EdgeEvent): void {
    const device = deviceByMac(store, event.mac);
    // A device that is away cannot tell the cloud anything.
    if (device?.online) events.record(device, event.type, edgeEventText(event));
  }

  return {
    origin: sim.origin,
    wsUrl: `${sim.origin.replace(/^http/, 'ws')}${STREAM_PATH}`,
    token,
    orgId: store.orgId,
    faults: sim.faults,
    calls: sim.calls,
    outputs: stream.outputs,
    store,
    timing,
    rate,
    hypotheses,
    portal: createPortal(cloud),
    get latencyMs() {
      return sim.latencyMs;
    },
    set latencyMs(ms: number) {
      sim.latencyMs = ms;
    },
    attach(plane) {
      dataPlane = plane;
      plane.poke();
    },
    onChange: (callback) => void listeners.push(callback),
    addToken,
    addWebhook: ({ url, secret, topics }) =>
      void insert(store.webhooks, store.orgId, {
        name: 'bot',
        enabled: true,
        type: 'http-post',
        verify_cert: true,
        url,
        topics: [...topics],
        ...(secret !== undefined && { secret }),
      }),
    dropStreams: () => stream.dropAll(),
    wanEdges: () => [...store.devices.values()].filter(isSsr).map(edgeOf),
    recordEvent,
    async close() {
      configurator.close();
      stream.close();
      webhooks.close();
      await sim.close();
    },
  };
}

/** A whole Timing object is shared, so that the sandbox can change the pace of all parts at once. */
function isWhole(timing: Partial<Timing>): timing is Timing {
  return Object.keys(DEFAULT_TIMING).every((key) => key in timing);
}

function edgeOf(device: DeviceRecord): WanEdge {
  const { keys, servicePolicies, services, networks } = device.running;
  return {
    siteId: device.siteId,
    deviceId: device.body.id,
    mac: device.body.mac,
    online: device.online,
    wanPorts: wanPorts(device, keys).map(({ name, key, node, publicIp, up }) => ({
      name,
      key,
      node,
      publicIp,
      up,
    })),
    tunnelConfigs: object(keys['tunnel_configs']),
    bgpConfig: object(keys['bgp_config']),
    routingPolicies: object(keys['routing_policies']),
    servicePolicies,
    services,
    networks,
  };
}
