import type { BgpPeerState } from '../data-plane/views.ts';
import { object, objects, text, texts, type Json } from './json.ts';
import { wanPorts, type ResolvedPort } from './ports.ts';
import type { DeviceRecord } from './store.ts';

/**
 * What the SSR does with traffic of an application without a steering policy while no route is learned. Juniper's
 * guide says that it keeps following the DIA policy, the SSR's own documentation that nothing is forwarded.
 */
export type UnroutedHypothesis = 'dia' | 'drop';

/** The answer of `show_service_path`: one JSON text, `finished` at once. */
export function servicePath(
  device: DeviceRecord,
  peers: BgpPeerState[],
  serviceName: string | undefined,
  unrouted: UnroutedHypothesis,
): string {
  const names = serviceName === undefined ? Object.keys(device.running.services) : [serviceName];
  const rows = names.flatMap((name) => rowsOf(device, peers, name, unrouted));
  return JSON.stringify({ status: 'SUCCESS', finished: true, rows });
}

function rowsOf(
  device: DeviceRecord,
  peers: BgpPeerState[],
  service: string,
  unrouted: UnroutedHypothesis,
): Json[] {
  const policy = device.running.servicePolicies.find(
    (candidate) => candidate['action'] !== 'deny' && texts(candidate['services']).includes(service),
  );
  if (policy === undefined) return [];
  const preference = text(policy['path_preference']);
  if (preference !== undefined) return preferred(device, service, preference);
  const routed = peers.filter((peer) => peer.state === 'established' && peer.learned.length > 0);
  if (routed.length > 0) return routed.map((peer) => learnedRow(service, peer));
  return unrouted === 'dia' ? diaRows(device, service, policy) : [];
}

function preferred(device: DeviceRecord, service: string, preference: string): Json[] {
  const ports = wanPorts(device, device.running.keys);
  const paths = objects(object(object(device.running.keys['path_preferences'])[preference])['paths']);
  return paths.flatMap((path) => {
    if (path['type'] === 'tunnel') return [tunnelRow(service, text(path['name']) ?? '')];
    const port = ports.find((candidate) => candidate.name === path['name']);
    return port === undefined ? [] : [portRow(service, port)];
  });
}

/** The way that the next broader allow rule of the same tenants takes. */
function diaRows(device: DeviceRecord, service: string, policy: Json): Json[] {
  const tenants = texts(policy['tenants']);
  const dia = device.running.servicePolicies.find(
    (candidate) =>
      candidate['action'] !== 'deny' &&
      text(candidate['path_preference']) !== undefined &&
      texts(candidate['tenants']).some((tenant) => tenants.includes(tenant)) &&
      texts(candidate['services']).some((name) =>
        device.running.services[name]?.addresses.includes('0.0.0.0/0'),
      ),
  );
  return dia === undefined ? [] : preferred(device, service, text(dia['path_preference']) ?? '');
}

function base(service: string): Json {
  return { service, destination: '', vector: '', cost: 0, rate: 0, capacity: '0/unlimited', meetsSLA: 'Yes' };
}

function portRow(service: string, port: ResolvedPort): Json {
  return {
    ...base(service),
    type: 'service-agent',
    network_interface: port.name,
    gateway_ip: port.gateway,
    state: port.up ? 'Up' : 'Down',
  };
}

function tunnelRow(service: string, tunnel: string): Json {
  return { ...base(service), type: 'service-agent', network_interface: tunnel, gateway_ip: '', state: 'Up' };
}

function learnedRow(service: string, peer: BgpPeerState): Json {
  return {
    ...base(service),
    type: 'routed',
    network_interface: peer.tunnel,
    gateway_ip: peer.neighbor,
    state: 'Up',
  };
}
