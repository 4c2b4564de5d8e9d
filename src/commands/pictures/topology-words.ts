import type { Topology, TopologyGateway, TopologyLink, TopologyTunnel } from '../../flows/topology.ts';

/** Slack's limit for the alternative text of an image. */
const MAX_ALT_TEXT = 2000;

/** What the picture shows: a line for each WAN link, and below it for each of its tunnels and BGP sessions. Plain text. */
export function topologyLines(topology: Topology): string[] {
  return topology.links.flatMap((link) => [
    linkLine(topology, link),
    ...link.tunnels.flatMap((tunnel) => tunnelLines(topology, link, tunnel)).map((line) => `    ${line}`),
  ]);
}

/** The same facts for who does not see the picture. */
export function topologyAltText(topology: Topology): string {
  const stage = topology.stage === 'planned' ? 'Planned topology' : 'Topology';
  const lines = topologyLines(topology).map((line) => `${line.trim()}.`);
  const text = `${stage} of ${topology.site}, ${topology.router} to Microsoft ${topology.region}. ${lines.join(' ')}`;
  return text.length <= MAX_ALT_TEXT ? text : `${text.slice(0, MAX_ALT_TEXT - 1)}…`;
}

/** `up`, `DOWN`, `not reported`, or `planned`: readable without a colour. */
export function tunnelWord(topology: Topology, { up }: TopologyTunnel): string {
  if (topology.stage === 'planned') return 'planned';
  if (up === undefined) return 'not reported';
  return up ? 'up' : 'DOWN';
}

/** The same for a BGP session. */
export function sessionWord(topology: Topology, { established }: TopologyGateway): string {
  if (topology.stage === 'planned') return 'planned';
  if (established === undefined) return 'not reported';
  return established ? 'established' : 'NOT ESTABLISHED';
}

function linkLine({ router, routerAsn }: Topology, { wan, node, publicIp, bgp }: TopologyLink): string {
  const where = node === undefined ? router : `${router}, ${node}`;
  return `${wan} ${publicIp} (${where}): BGP ${bgp}, AS ${routerAsn}`;
}

function tunnelLines(topology: Topology, link: TopologyLink, tunnel: TopologyTunnel): string[] {
  const carried = link.gateways.filter((gateway) => gateway.tunnel === tunnel.name);
  const end = carried.find((gateway) => gateway.zone === tunnel.zone);
  const endpoint = end?.endpoint === undefined ? '' : ` at ${end.endpoint}`;
  return [
    `Tunnel ${tunnel.name} to zone ${tunnel.zone}${endpoint}: ${tunnelWord(topology, tunnel)}`,
    ...carried.map((gateway) => sessionLine(topology, gateway, gateway === end)),
  ];
}

function sessionLine(topology: Topology, gateway: TopologyGateway, isDialled: boolean): string {
  const { bgp, zone, asn, endpoint } = gateway;
  const parts = [
    `BGP ${bgp} zone ${zone}`,
    ...(asn === undefined ? [] : [`AS ${asn}`]),
    ...(isDialled || endpoint === undefined ? [] : [`endpoint ${endpoint} not dialled`]),
  ];
  return `${parts.join(', ')}: ${sessionWord(topology, gateway)}`;
}
