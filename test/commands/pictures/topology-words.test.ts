import { describe, expect, test } from 'vitest';
import { topologyDot } from '../../../src/commands/pictures/topology-dot.ts';
import { topologyAltText, topologyLines } from '../../../src/commands/pictures/topology-words.ts';
import { topologyOf, type Topology } from '../../../src/flows/topology.ts';
import { goldenDesign } from './support.ts';

const EXAMPLES = [
  'single-wan',
  'single-wan-zone-redundant',
  'dual-wan',
  'dual-wan-zone-redundant',
  'tunnel-per-zone',
];

/** Every address and name that a reader of the picture may want. */
function facts(topology: Topology): string[] {
  return topology.links.flatMap((link) => [
    link.wan,
    link.publicIp,
    link.bgp,
    ...link.tunnels.map(({ name }) => name),
    ...link.gateways.map(({ bgp }) => bgp),
    ...link.gateways.flatMap(({ endpoint }) => endpoint ?? []),
  ]);
}

describe.each(EXAMPLES)('%s', (name) => {
  const design = goldenDesign(name);
  const endpoints = Object.fromEntries(
    design.links.map((link) => [
      link.name,
      link.connectors
        .flatMap((connector) => connector.sessions)
        .map((session, at) => ({
          bgpAddress: session.microsoftBgp,
          endpoint: `20.241.${link.index}.${at + 1}`,
          asn: 65476,
        })),
    ]),
  );
  const planned = topologyOf(design);
  const live = topologyOf(design, { endpoints, tunnelUp: () => true, neighborUp: () => true });

  test.each([
    ['planned', planned],
    ['live', live],
  ])('says in the picture, beside it and instead of it the same facts, %s', (_, topology) => {
    const dot = topologyDot(topology);
    const lines = topologyLines(topology).join('\n');
    const altText = topologyAltText(topology);
    for (const fact of facts(topology)) {
      expect(dot).toContain(fact);
      expect(lines).toContain(fact);
      expect(altText).toContain(fact);
    }
  });

  test('a plan has no state, and what is read has one word for each tunnel and session', () => {
    expect(topologyDot(planned)).not.toMatch(/established|IPsec up|65476/);
    const sessions = live.links.flatMap(({ gateways }) => gateways).length;
    expect(topologyDot(live).match(/BGP established/g)).toHaveLength(sessions);
    expect(
      topologyLines(live)
        .join()
        .match(/established/g),
    ).toHaveLength(sessions);
  });

  test('the same topology gives the same text', () => {
    expect(topologyDot(topologyOf(goldenDesign(name)))).toBe(topologyDot(planned));
  });
});

test('what was not reported is neither up nor down', () => {
  const design = goldenDesign('single-wan-zone-redundant');
  const topology = topologyOf(design, {
    tunnelUp: () => undefined,
    neighborUp: (address) => (address === '10.99.100.2' ? false : undefined),
  });
  const text = topologyLines(topology).join('\n');
  expect(text).toContain('mssse-wan0 to zone 1: not reported');
  expect(text).toContain('10.99.99.2 zone 1: not reported');
  expect(text).toContain('10.99.100.2 zone 2: NOT ESTABLISHED');
});

test('a pair names the node of each port, a single router does not', () => {
  expect(topologyLines(topologyOf(goldenDesign('dual-wan-zone-redundant'))).join()).toMatch(/node0.*node1/s);
  expect(topologyLines(topologyOf(goldenDesign('single-wan'))).join()).not.toContain('node');
});

test('a name is never markup, and a long one does not stretch the picture or the limit of Slack', () => {
  const base = topologyOf(goldenDesign('dual-wan'));
  const site = `<B>&"Lyon"\n${'x'.repeat(3000)}`;
  const odd = { ...base, site, router: site };
  expect(topologyDot(odd)).toContain('<B>&lt;B&gt;&amp;&quot;Lyon&quot; xxx');
  expect(topologyDot(odd)).not.toContain('x'.repeat(60));
  expect(topologyAltText(odd)).toHaveLength(2000);
});
