import type { z } from 'zod';
import {
  clearBgp,
  ping,
  servicePing,
  showBgpSummary,
  showRoute,
  showServicePath,
} from '../contracts/mist/commands.ts';
import { validate } from './bodies.ts';
import { deviceFor, route, type Call, type Route } from './cloud.ts';
import { isJson, object, text, type Json } from './json.ts';
import { json } from './responses.ts';
import { routeText, summaryText, type RouterView } from './route-text.ts';
import { servicePath } from './service-path.ts';
import type { DeviceRecord } from './store.ts';

/** A command: its body's schema and what it prints. A device that is away prints nothing. */
function command(
  name: string,
  schema: z.ZodType,
  output: (call: Call, device: DeviceRecord) => string,
  plain = false,
): Route {
  return route('POST', `/sites/:site/devices/:device/${name}`, (call) => {
    const device = deviceFor(call);
    validate(schema, call.body);
    const channel = `/sites/${device.siteId}/devices/${device.body.id}/cmd`;
    const reached = device.online;
    const print = (): string =>
      reached && device.online ? (device.prints[name] ?? output(call, device)) : '';
    return json({ session: call.cloud.stream.run(channel, print, plain) });
  });
}

/** The OpenAPI has `node` as an object for one command and as a name for the others. */
function nodeOf(body: Json): string | undefined {
  const node = body['node'];
  return isJson(node) ? text(node['node']) : text(node);
}

function viewOf(call: Call, device: DeviceRecord): RouterView {
  const node = nodeOf(call.body);
  const all = call.cloud.dataPlane()?.bgpPeers(device.body.mac) ?? [];
  const groups = Object.values(object(device.running.keys['bgp_config'])).map(object);
  return {
    localAs: all[0]?.localAs ?? (Number(groups[0]?.['local_as']) || 65_000),
    routerId: text(device.running.keys['router_id']) ?? '10.255.0.1',
    peers: all.filter((peer) => node === undefined || peer.node === node),
    networks: device.running.networks,
  };
}

function summary(call: Call, device: DeviceRecord): string {
  return summaryText(viewOf(call, device));
}

/** Headers of an ICMP echo request over IPv4. */
const ICMP_OVERHEAD = 28;

/**
 * Echo requests as a router prints them. A tunnel's far end answers while a session with it stands, and swallows what is larger than
 * the path carries; every other address answers.
 */
function pingText(call: Call, device: DeviceRecord): string {
  const host = String(call.body['host']);
  const count = Math.min(Number(call.body['count'] ?? 10), 20);
  const size = Number(call.body['size'] ?? 56);
  const peer = call.cloud
    .dataPlane()
    ?.bgpPeers(device.body.mac)
    .find((one) => one.neighbor === host);
  const fits = device.pathMtu === undefined || size + ICMP_OVERHEAD <= device.pathMtu;
  const answered = peer === undefined || (peer.state === 'established' && fits) ? count : 0;
  const lines = Array.from(
    { length: answered },
    (_, i) => `${size + 8} bytes from ${host}: seq=${i} ttl=58 time=12.3 ms`,
  );
  const loss = count === 0 ? 0 : Math.round(((count - answered) / count) * 100);
  return [
    `PING ${host} (${host}) ${size}(${size + ICMP_OVERHEAD}) bytes of data.`,
    ...lines,
    '',
    `--- ${host} ping statistics ---`,
    `${count} packets transmitted, ${answered} received, ${loss}% packet loss, time ${count * 1000}ms`,
    '',
  ].join('\n');
}

/** Commands that answer with a session; their output arrives on the stream. */
export const commandRoutes: Route[] = [
  command('show_route', showRoute, (call, device) =>
    routeText(viewOf(call, device), {
      neighbor: text(call.body['neighbor']),
      prefix: text(call.body['prefix']),
      protocol: text(call.body['protocol']),
      route: text(call.body['route']),
    }),
  ),
  // The misspelt path is the one of OpenAPI 2511; later versions have the other.
  command('show_bgp_summary', showBgpSummary, summary),
  command('show_bgp_rummary', showBgpSummary, summary),
  command(
    'show_service_path',
    showServicePath,
    (call, device) => {
      const { peers } = viewOf(call, device);
      return servicePath(device, peers, text(call.body['service_name']), call.cloud.hypotheses.unrouted);
    },
    true,
  ),
  command('clear_bgp', clearBgp, (call) => `Clearing BGP neighbor ${String(call.body['neighbor'])}\n`),
  command('ping', ping, pingText),
  command('service_ping', servicePing, pingText),
];
