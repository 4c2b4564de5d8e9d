import type { Topology, TopologyGateway, TopologyLink } from '../../flows/topology.ts';
import { sessionWord, tunnelWord } from './topology-words.ts';

/** The family under which the shipped fonts are found; Graphviz measures text by Arial's widths, which are the same. */
export const FONT = 'Liberation Sans';

const INK = '#1d2430';
const MUTED = '#5a6575';
const GOOD = '#1f6f43';
const BAD = '#b3261e';

/** A topology in Graphviz's DOT. Pure: the same topology gives the same text, which is what pictures are cached by. */
export function topologyDot(topology: Topology): string {
  return [
    'digraph topology {',
    '  rankdir=LR; nodesep=0.3; ranksep=0.45; pad=0.2; bgcolor="#ffffff"; splines=true; newrank=true;',
    `  fontname="Arial"; fontsize=13; fontcolor="${INK}";`,
    `  node [fontname="Arial", fontsize=12, fontcolor="${INK}", shape=box, style="rounded,filled", fillcolor="#ffffff", color="#8792a2", margin="0.16,0.09"];`,
    `  edge [fontname="Arial", fontsize=11, arrowhead=none, fontcolor="${INK}"];`,
    ...siteCluster(topology),
    ...microsoftCluster(topology),
    ...topology.links.flatMap((link, at) => edges(topology, link, at)),
    '}',
    '',
  ].join('\n');
}

function siteCluster(topology: Topology): string[] {
  const { site, router, routerAsn, links } = topology;
  const nodes = [...new Set(links.map((link) => link.node))];
  const isPair = links.some((link) => link.node !== undefined);
  const ports = links.flatMap((link, at) => [
    `    ${port(at)} [label=${label([`WAN ${link.wan}`, link.publicIp, `BGP ${link.bgp}`])}];`,
    `    ${routerId(nodes.indexOf(link.node))} -> ${port(at)} [color="#8792a2", weight=4];`,
  ]);
  return [
    '  subgraph cluster_site {',
    `    label=${label([site, ...(isPair ? [`${router}, HA pair`] : [])])}; labeljust=l; style="rounded,filled"; fillcolor="#f4f6f8"; color="#c4cbd5"; margin=14;`,
    ...nodes.map(
      (node, at) =>
        `    ${routerId(at)} [label=${label([node ?? router, `AS ${routerAsn}`])}, fillcolor="#e3eaf3"];`,
    ),
    ...ports,
    '  }',
  ];
}

function microsoftCluster(topology: Topology): string[] {
  const zones = [...new Set(topology.links.flatMap((link) => link.gateways.map(({ zone }) => zone)))];
  return [
    '  subgraph cluster_microsoft {',
    `    label=${label([`Microsoft, ${topology.region}`])}; labeljust=l; style="rounded,filled"; fillcolor="#f4f6f8"; color="#c4cbd5"; margin=14;`,
    ...zones
      .toSorted()
      .flatMap((zone) => [
        `    subgraph cluster_zone${zone} {`,
        `      label=${label([`Zone ${zone}`])}; labeljust=l; style="rounded,dashed"; color="#8792a2"; margin=10;`,
        ...topology.links.flatMap((link, at) =>
          link.gateways
            .filter((gateway) => gateway.zone === zone)
            .map((gateway) => `      ${gatewayId(at, gateway)} [label=${gatewayLabel(gateway)}];`),
        ),
        '    }',
      ]),
    '  }',
  ];
}

function gatewayLabel({ endpoint, bgp, asn }: TopologyGateway): string {
  return label([
    endpoint ?? 'Endpoint not read yet',
    `BGP ${bgp}`,
    asn === undefined ? 'AS not read yet' : `AS ${asn}`,
  ]);
}

/** A tunnel is a solid line to the endpoint that it dials, a BGP session a dashed one to its neighbor. */
function edges(topology: Topology, link: TopologyLink, at: number): string[] {
  return [
    ...link.tunnels.flatMap((tunnel) => {
      const end = link.gateways.find(
        ({ zone, tunnel: name }) => zone === tunnel.zone && name === tunnel.name,
      );
      if (!end) return [];
      const color = colorOf(topology, tunnel.up);
      return [
        `  ${port(at)} -> ${gatewayId(at, end)} [label=${edgeLabel([tunnel.name, `IPsec ${tunnelWord(topology, tunnel)}`])}, color="${color}", penwidth=2.6, weight=3, minlen=3];`,
      ];
    }),
    ...link.gateways.map(
      (gateway) =>
        `  ${port(at)} -> ${gatewayId(at, gateway)} [label=${edgeLabel([`BGP ${sessionWord(topology, gateway)}`])}, color="${colorOf(topology, gateway.established)}", style=dashed, penwidth=1.4, minlen=3];`,
    ),
  ];
}

function colorOf({ stage }: Topology, good: boolean | undefined): string {
  if (stage === 'planned' || good === undefined) return MUTED;
  return good ? GOOD : BAD;
}

function port(link: number): string {
  return `port${link}`;
}

function routerId(node: number): string {
  return `router${node}`;
}

function gatewayId(link: number, { zone }: TopologyGateway): string {
  return `gateway${link}_${zone}`;
}

/** A label of several lines, the first in bold. */
function label([first = '', ...rest]: readonly string[]): string {
  return `<<B>${escapeHtml(first)}</B>${rest.map((line) => `<BR/>${escapeHtml(line)}`).join('')}>`;
}

function edgeLabel(lines: readonly string[]): string {
  const text = lines.map(escapeHtml).join('<BR/>');
  return `<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="3"><TR><TD>${text}</TD></TR></TABLE>>`;
}

/** Names come from the site's administrators: cut, and never markup. */
function escapeHtml(text: string): string {
  const short = text.length > 48 ? `${text.slice(0, 47)}…` : text;
  return short
    .replace(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
