import { checkOrg, deviceFor, route, siteFor, type Call, type Route } from './cloud.ts';
import { devicesOfSite } from './configurator.ts';
import { deviceStats } from './device-stats.ts';
import { typeOf } from './inventory.ts';
import { texts, type Json } from './json.ts';
import { badRequest, json, pageOf, searchPage, windowOf } from './responses.ts';
import type { DeviceRecord } from './store.ts';
import type { SimResponse } from '../http/server.ts';
import { tunnelRows } from './tunnel-rows.ts';

/** Rows whose value of each named key is the one in the query; keys that the query lacks do not filter. */
function filtered(rows: Json[], query: URLSearchParams, keys: string[]): Json[] {
  return rows.filter((row) =>
    keys.every((key) => query.get(key) === null || String(row[key]) === query.get(key)),
  );
}

function tunnels(call: Call): SimResponse {
  const { cloud, request } = call;
  const type = request.query.get('type') ?? 'wxtunnel';
  if (type !== 'wan' && type !== 'wxtunnel') throw badRequest(`type: "${type}" is not a valid choice.`);
  const window = windowOf(request, '5m');
  const timed =
    type === 'wan'
      ? [...cloud.store.devices.values()].flatMap((device) =>
          tunnelRows(cloud.store, device, cloud.dataPlane()),
        )
      : [];
  const rows = timed.filter(({ at }) => at >= window.start - 1 && at <= window.end + 1).map(({ row }) => row);
  const keys = ['site_id', 'mac', 'node', 'peer_ip', 'peer_host', 'ip', 'tunnel_name', 'protocol', 'up'];
  return searchPage(request, filtered(rows, request.query, keys), window, 'mac');
}

function peers(call: Call, devices: Iterable<DeviceRecord>): SimResponse {
  const { cloud, request } = call;
  const window = windowOf(request, '1d');
  const rows = [...devices]
    .flatMap((device) => cloud.peers.withHistory(device, cloud.dataPlane()))
    .filter((row) => Number(row['timestamp']) >= window.start && Number(row['timestamp']) <= window.end + 1);
  const keys = ['mac', 'neighbor_mac', 'vrf_name', 'site_id'];
  return searchPage(request, filtered(rows, request.query, keys), window, 'timestamp');
}

function events(call: Call, siteId?: string): SimResponse {
  const { cloud, request } = call;
  const { query } = request;
  const window = windowOf(request, '1d');
  const types = query.get('type')?.split(',');
  const contains = query.get('text')?.toLowerCase();
  const rows = cloud.store.events
    .filter((event) => siteId === undefined || event['site_id'] === siteId)
    .filter((event) => Number(event['timestamp']) >= window.start && Number(event['timestamp']) <= window.end)
    .filter((event) => types === undefined || types.includes(String(event['type'])))
    .filter(
      (event) =>
        contains === undefined ||
        String(event['text'] ?? '')
          .toLowerCase()
          .includes(contains),
    );
  return searchPage(request, filtered(rows, query, ['mac', 'model', 'site_id']), window, '-timestamp');
}

function deviceList(call: Call, siteId?: string): SimResponse {
  const { cloud, request } = call;
  const type = typeOf(request.query, 'ap', true);
  const status = request.query.get('status') ?? 'all';
  const gateways =
    siteId === undefined ? [...cloud.store.devices.values()] : devicesOfSite(cloud.store, siteId);
  const aps = cloud.store.accessPoints.filter((ap) => siteId === undefined || ap['site_id'] === siteId);
  const rows: Json[] = [
    ...(type === 'gateway' || type === 'all'
      ? gateways.map((device) => deviceStats(cloud.store, device, cloud.dataPlane(), cloud.peers))
      : []),
    ...(type === 'ap' || type === 'all' ? aps : []),
  ];
  return pageOf(
    request,
    rows.filter((row) => status === 'all' || row['status'] === status),
  );
}

function lastConfig(call: Call): SimResponse {
  const site = siteFor(call);
  const window = windowOf(call.request, '1d');
  const type = call.request.query.get('device_type') ?? 'ap';
  const rows = (type === 'gateway' ? devicesOfSite(call.cloud.store, site.body.id) : []).map(
    (device): Json => ({
      mac: device.body.mac,
      name: device.body.name,
      device_type: 'gateway',
      timestamp: device.configTimestamp,
      version: device.version,
      config_version: device.configVersion,
    }),
  );
  return searchPage(
    call.request,
    filtered(rows, call.request.query, ['mac', 'name', 'version']),
    window,
    '-timestamp',
  );
}

/** Routes that report what devices do; nothing here changes anything. */
export const statsRoutes: Route[] = [
  route('GET', '/orgs/:org/stats/tunnels/search', (call) => {
    checkOrg(call);
    return tunnels(call);
  }),
  route('GET', '/orgs/:org/stats/bgp_peers/search', (call) => {
    checkOrg(call);
    return peers(call, call.cloud.store.devices.values());
  }),
  route('GET', '/sites/:site/stats/bgp_peers/search', (call) =>
    peers(call, devicesOfSite(call.cloud.store, siteFor(call).body.id)),
  ),
  route('GET', '/orgs/:org/stats/devices', (call) => {
    checkOrg(call);
    return deviceList(call);
  }),
  route('GET', '/sites/:site/stats/devices', (call) => deviceList(call, siteFor(call).body.id)),
  route('GET', '/sites/:site/stats/devices/:device', (call) => {
    const fields = texts(call.request.query.get('fields')?.split(','));
    return json(
      deviceStats(call.cloud.store, deviceFor(call), call.cloud.dataPlane(), call.cloud.peers, fields),
    );
  }),
  route('GET', '/orgs/:org/devices/events/search', (call) => {
    checkOrg(call);
    return events(call);
  }),
  route('GET', '/sites/:site/devices/events/search', (call) => events(call, siteFor(call).body.id)),
  route('GET', '/sites/:site/devices/last_config/search', lastConfig),
];
