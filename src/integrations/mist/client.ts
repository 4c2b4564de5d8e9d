import type { Agent } from 'node:http';
import type { z } from 'zod';
import { distinctById } from '../../base/contradiction.ts';
import { RemoteError } from '../../base/failure.ts';
import type { Secret } from '../../base/secret.ts';
import { createVendorPause, type VendorPause } from '../../base/vendor-pause.ts';
import { createBudget, type Budget } from './budget.ts';
import { createCommandStream } from './command-stream.ts';
import { createCommands } from './commands.ts';
import { searchPeerStates, searchTunnelStates } from './fleet-search.ts';
import { createHttp, type CallEvent } from './http.ts';
import { applicationBody } from './mapping.ts';
import { newestPeers } from './newest-peers.ts';
import { listAll, searchAll } from './paging.ts';
import { rowsOf } from './lenient.ts';
import * as schema from './schema.ts';
import * as stats from './stats-schema.ts';
import type { Mist, MistDevice } from './types.ts';

/** What a Mist client is made with. Durations are milliseconds. */
export interface MistOptions {
  /** Origin of the cloud, such as `https://api.mist.com`. */
  readonly baseUrl: string;
  /** Full URL of the command stream; default: the base with a leading `api.` → `api-ws.` and `/api-ws/v1/stream`. */
  readonly wsUrl?: string;
  readonly token: Secret;
  readonly orgId: string;
  /** Of one attempt of one call, body included; default 15000. */
  readonly timeoutMs?: number;
  /** Silence that ends a route listing; default 2000. */
  readonly silenceMs?: number;
  /** Wait for a command's first output; default 30000. */
  readonly firstMessageMs?: number;
  /** Longest that a command's output is read; default 60000. */
  readonly overallMs?: number;
  /** After each attempt, for logs and metrics. */
  readonly onCall?: (event: CallEvent) => void;
  /** Calls of each hour that this client leaves to others: below it calls fail as `rate-limited` without being sent. Default 0: never. */
  readonly reserve?: number;
  /** Share one among all clients of a token. */
  readonly budget?: Budget;
  /** Share one among all clients of a token: while it lasts, nothing is sent and calls fail as `rate-limited`. */
  readonly pause?: VendorPause;
  /** For the WebSocket, where a proxy is needed. */
  readonly agent?: Agent;
}

const USAGE_TTL_MS = 60_000;
/**
 * How far back BGP rows are asked for. Mist keeps rows of a day by default, so that a router that went away would still look
 * established; rows of living sessions are rewritten every few minutes.
 */
const BGP_DURATION = '10m';

/** A client of one Mist organisation. Nothing is sent before the first call. */
export function createMist(options: MistOptions): Mist {
  const { orgId, token } = options;
  const timeoutMs = options.timeoutMs ?? 15_000;
  const budget = options.budget ?? createBudget();
  const http = createHttp({
    baseUrl: options.baseUrl,
    token,
    timeoutMs,
    budget,
    pause: options.pause ?? createVendorPause(),
    reserve: options.reserve ?? 0,
    ...(options.onCall !== undefined && { onCall: options.onCall }),
  });
  const stream = createCommandStream({
    url: options.wsUrl ?? streamUrl(options.baseUrl),
    token,
    handshakeMs: timeoutMs,
    firstMessageMs: options.firstMessageMs ?? 30_000,
    overallMs: options.overallMs ?? 60_000,
    ...(options.agent !== undefined && { agent: options.agent }),
  });
  const commands = createCommands({ http, stream, silenceMs: options.silenceMs ?? 2000 });
  const org = `/api/v1/orgs/${encodeURIComponent(orgId)}`;
  const site = (id: string): string => `/api/v1/sites/${encodeURIComponent(id)}`;
  const device = (siteId: string, id: string): string => `${site(siteId)}/devices/${encodeURIComponent(id)}`;
  const tunnelSearch = `${org}/stats/tunnels/search`;
  const peerSearch = `${org}/stats/bgp_peers/search`;
  let usageReadAt = -Infinity;

  function get<T>(shape: z.ZodType<T>, path: string): Promise<T> {
    return http.send({ method: 'GET', path, repeat: 'read', parse: (body) => shape.parse(body) });
  }

  async function list<T>(
    shape: z.ZodType<T>,
    path: string,
    query?: Readonly<Record<string, string>>,
  ): Promise<T[]> {
    return rowsOf(shape, await listAll(http, path, query));
  }

  async function search<T>(
    shape: z.ZodType<T>,
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<T[]> {
    return searchAll(http, path, query, (rows) => rowsOf(shape, rows));
  }

  return {
    self: () => get(schema.Self, '/api/v1/self'),

    async usage() {
      if (Date.now() - usageReadAt >= USAGE_TTL_MS) {
        budget.learn(await get(schema.Usage, '/api/v1/self/usage'));
        usageReadAt = Date.now();
      }
      return budget.usage();
    },

    sites: async () => distinctById(await list(schema.Site, `${org}/sites`)),
    site: (siteId) => unlessMissing(get(schema.Site, site(siteId))),

    async gateways(siteId) {
      const found = await list(schema.Device, `${site(siteId)}/devices`, { type: 'gateway' });
      const gateways = found.filter(({ config }) => (config['type'] ?? 'gateway') === 'gateway');
      return distinctById(gateways.map(within(siteId)));
    },

    async device(siteId, deviceId) {
      const found = await unlessMissing(get(thatDevice(deviceId), device(siteId, deviceId)));
      return found && within(siteId)(found);
    },

    async putDevice(siteId, deviceId, keys) {
      const written = await http.send({
        method: 'PUT',
        path: device(siteId, deviceId),
        json: { ...keys, type: 'gateway' },
        repeat: 'whole',
        parse: (body) => thatDevice(deviceId).parse(body),
      });
      return within(siteId)(written);
    },

    deviceStats: (siteId, deviceId) =>
      get(stats.Stats, `${site(siteId)}/stats/devices/${encodeURIComponent(deviceId)}`),

    // Doubt: whether one device's report of an HA pair holds the rows of both nodes is not documented; whoever misses one
    // asks the searches.
    deviceReport: (siteId, deviceId) =>
      get(
        stats.Report,
        `${site(siteId)}/stats/devices/${encodeURIComponent(deviceId)}?fields=tunnels,bgp_peers`,
      ),

    async silentDevices() {
      const query = { type: 'gateway', status: 'disconnected' };
      const found = await list(stats.State, `${org}/stats/devices`, query);
      return found.filter(({ connected }) => !connected);
    },

    gatewayTemplate: (id) =>
      unlessMissing(get(schema.Template, `${org}/gatewaytemplates/${encodeURIComponent(id)}`)),

    gatewayTemplates: () => list(schema.Template, `${org}/gatewaytemplates`),

    async siteVars(siteId) {
      const read = () => get(schema.SiteSetting, `${site(siteId)}/setting`);
      const setting = await read();
      // Mist's own settings name themselves; one that holds nothing at all is believed when it is told twice.
      return (setting.isBlank ? await read() : setting).vars;
    },
    networks: () => list(schema.Network, `${org}/networks`),
    services: async () => distinctById(await list(schema.Service, `${org}/services`)),
    servicePolicies: () => list(schema.ServicePolicy, `${org}/servicepolicies`),

    createService: ({ name, addresses }) =>
      http.send({
        method: 'POST',
        path: `${org}/services`,
        json: applicationBody(name, addresses),
        repeat: 'once',
        // Its ID may belong to somebody else's application, which undo would then remove.
        parse: (body) => schema.CreatedService.refine((made) => made.name === name).parse(body),
      }),

    async deleteService(serviceId) {
      const path = `${org}/services/${encodeURIComponent(serviceId)}`;
      await unlessMissing(http.send({ method: 'DELETE', path, repeat: 'once', parse: () => undefined }));
    },

    async deviceEvents(siteId, { mac, types, sinceMs }) {
      // Whole seconds: some events carry no fractions, and one must not be lost for having been rounded down.
      const start = Math.floor(sinceMs / 1000);
      const found = await search(stats.Event, `${site(siteId)}/devices/events/search`, {
        mac,
        start: String(start),
        ...(types !== undefined && types.length > 0 && { type: types.join(',') }),
      });
      return found
        .filter((event) => event.atMs >= start * 1000 && (!types?.length || types.includes(event.type)))
        .sort((a, b) => b.atMs - a.atMs);
    },

    tunnels: ({ siteId, mac }) => search(stats.Tunnel, tunnelSearch, { type: 'wan', ...filter(siteId, mac) }),

    async bgpPeers({ siteId, mac }) {
      const query = { duration: BGP_DURATION, ...filter(siteId, mac) };
      return newestPeers(await search(stats.BgpPeer, peerSearch, query));
    },

    tunnelStates: () => searchTunnelStates(http, tunnelSearch, { type: 'wan' }),
    peerStates: () => searchPeerStates(http, peerSearch, { duration: BGP_DURATION }),

    learnedRoutes: (siteId, deviceId, query) => commands.learnedRoutes(siteId, deviceId, query),
    routesByNeighbor: (siteId, deviceId, query) => commands.routesByNeighbor(siteId, deviceId, query),
    servicePath: (siteId, deviceId, query) => commands.servicePath(siteId, deviceId, query),
    ping: (siteId, deviceId, query) => commands.ping(siteId, deviceId, query),
    close: () => stream.close(),
  };
}

/** The command stream's address for a cloud. Source: Mist's Python SDK, and the list of clouds. */
export function streamUrl(baseUrl: string): string {
  const url = new URL('/api-ws/v1/stream', baseUrl);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  if (url.hostname.startsWith('api.')) url.hostname = `api-ws.${url.hostname.slice('api.'.length)}`;
  return url.href;
}

function filter(siteId: string | undefined, mac: string | undefined): Readonly<Record<string, string>> {
  return { ...(siteId !== undefined && { site_id: siteId }), ...(mac !== undefined && { mac }) };
}

/** An answer about another device than the one asked for is none. */
function thatDevice(deviceId: string): z.ZodType<MistDevice> {
  return schema.Device.refine(({ id }) => id === deviceId, { message: 'another device' });
}

/** A device's own record may leave out the site that it was read from. */
function within(siteId: string): (device: MistDevice) => MistDevice {
  return (device) => (device.siteId === '' ? { ...device, siteId } : device);
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
