import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { IKE_PROPOSALS } from '../../../src/design/ike-proposals.ts';
import type { SiteDesign } from '../../../src/design/types.ts';
import {
  applicationBody,
  connectorEntries,
  connectorNames,
  policyEntry,
  readConnector,
  type ConnectorEntries,
  type ConnectorLive,
} from '../../../src/integrations/mist/mapping.ts';
import type { RawConfig } from '../../../src/integrations/mist/types.ts';
import { bgpConfig, routingPolicies } from '../../../sandbox/contracts/mist/bgp.ts';
import { tunnelConfigs } from '../../../sandbox/contracts/mist/tunnels.ts';

interface Golden {
  live: Record<string, { endpoint: string; asn: Record<string, number>; psk: string }>;
  entries: ConnectorEntries;
  application: RawConfig;
  policy: RawConfig;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), 'utf8')) as T;
}

function designOf(option: string): SiteDesign {
  return read<{ design: SiteDesign }>(`design-${option}`).design;
}

function liveOf({ live }: Pick<Golden, 'live'>): Record<string, ConnectorLive> {
  return Object.fromEntries(
    Object.entries(live).map(([name, { endpoint, asn, psk }]) => [
      name,
      { endpoint, asn, psk: new Secret(psk) },
    ]),
  );
}

const OPTIONS = ['single-wan', 'single-wan-zone-redundant', 'dual-wan-zone-redundant'];

describe.each(OPTIONS)('the Mist side of %s', (option) => {
  const golden = read<Golden>(`mist-${option}`);
  const design = designOf(option);

  test('is the one that was checked by hand', () => {
    expect(connectorEntries(design, liveOf(golden))).toEqual(golden.entries);
    expect(applicationBody(design.application.name, design.application.addresses)).toEqual(
      golden.application,
    );
    expect(policyEntry(design)).toEqual(golden.policy);
  });

  test('is what Mist accepts', () => {
    const entries = connectorEntries(design, liveOf(golden));
    expect(tunnelConfigs.safeParse(entries.tunnel_configs).error).toBeUndefined();
    expect(bgpConfig.safeParse(entries.bgp_config).error).toBeUndefined();
    expect(routingPolicies.safeParse(entries.routing_policies).error).toBeUndefined();
  });

  test('is read back as it was meant', () => {
    const config = { ...connectorEntries(design, liveOf(golden)) };
    expect(connectorNames(config)).toEqual(Object.keys(golden.live));
    for (const link of design.links) {
      for (const connector of link.connectors) {
        const live = golden.live[connector.name]!;
        const view = readConnector(config, connector.name)!;
        expect(view).toMatchObject({
          provider: 'custom-ipsec',
          localId: link.publicIp,
          endpoint: live.endpoint,
          remoteId: live.endpoint,
          deviceBgp: link.deviceBgp,
          wan: link.wan,
          extras: [],
          esp: { encryption: 'aes_gcm256', integrity: undefined, pfsGroup: 14, lifetimeSeconds: 1800 },
        });
        expect(view.psk!.equals(new Secret(live.psk))).toBe(true);
        expect(view.bgp!.neighbors.map(({ ip, asn }) => [ip, asn])).toEqual(Object.entries(live.asn));
        expect(inspect(view, { depth: 9 })).not.toContain(live.psk);
      }
    }
  });
});

describe('a connector', () => {
  const golden = read<Golden>('mist-single-wan');
  const design = designOf('single-wan');

  test('of each zone has its own key and one neighbor under tunnel-per-zone', () => {
    const perZone = designOf('tunnel-per-zone');
    const live = Object.fromEntries(
      perZone.links.flatMap((link) =>
        link.connectors.map((connector): [string, ConnectorLive] => [
          connector.name,
          {
            endpoint: `192.0.2.${connector.zone}`,
            asn: Object.fromEntries(
              connector.sessions.map(({ microsoftBgp }) => [microsoftBgp, 65470 + connector.zone]),
            ),
            psk: new Secret(connector.pskId),
          },
        ]),
      ),
    );
    const entries = connectorEntries(perZone, live);
    const views = Object.keys(entries.tunnel_configs).map((name) => readConnector({ ...entries }, name)!);
    const firstLink = views.filter(({ wan }) => wan === perZone.links[0]!.wan);
    expect(firstLink.map(({ name }) => name)).toEqual(['mssse-wan0-z1', 'mssse-wan0-z2']);
    expect(new Set(firstLink.map(({ deviceBgp }) => deviceBgp)).size).toBe(1);
    expect(new Set(firstLink.map(({ psk }) => psk!.reveal())).size).toBe(2);
    expect(views.every(({ name, bgp }) => bgp!.name === name && bgp!.neighbors.length === 1)).toBe(true);
  });

  test('whose endpoint or ASN is not known is never made up', () => {
    expect(() => connectorEntries(design, {})).toThrow(RangeError);
    const { asn: _, ...rest } = liveOf(golden)['mssse-wan0']!;
    expect(() => connectorEntries(design, { 'mssse-wan0': { ...rest, asn: {} } })).toThrow(RangeError);
  });

  test.each(IKE_PROPOSALS)(
    'carries the proposal $id, each half from its own side of the design',
    (proposal) => {
      // The offered proposals use one group and lifetime throughout; here every value is told apart.
      const esp = { ...proposal.esp, pfsGroup: 20, lifetimeSeconds: 3600 } as const;
      const ike = { ...proposal.ike, lifetimeSeconds: 14400 };
      const { tunnel_configs } = connectorEntries(
        { ...design, ike: { ...proposal, ike, esp } },
        liveOf(golden),
      );
      const bits = proposal.ike.encryption.slice('aes'.length);
      expect(tunnel_configs['mssse-wan0']).toMatchObject({
        ike_lifetime: 14400,
        ike_proposals: [
          { enc_algo: `aes${bits}`, auth_algo: 'sha2', dh_group: String(proposal.ike.dhGroup) },
        ],
        ipsec_lifetime: 3600,
      });
      expect((tunnel_configs['mssse-wan0'] as RawConfig)['ipsec_proposals']).toEqual([
        { enc_algo: `aes_gcm${bits}`, dh_group: '20' },
      ]);
      expect(tunnelConfigs.safeParse(tunnel_configs).error).toBeUndefined();
    },
  );

  test('in mode internet takes the default route, and never refuses everything', () => {
    const internet = connectorEntries(
      {
        ...design,
        mode: 'internet',
        refuse: { name: 'mssse-in', prefixes: ['10.20.0.0/24', '10.20.9.9/32'] },
      },
      liveOf(golden),
    );
    expect(internet.routing_policies['mssse-in']).toEqual({
      terms: [
        { matching: { prefix: ['10.20.0.0/24-32', '10.20.9.9/32'] }, actions: { accept: false } },
        { actions: { accept: true } },
      ],
    });
    const own = connectorEntries(
      { ...design, refuse: { name: 'mssse-in', prefixes: ['10.20.0.0/24'] } },
      liveOf(golden),
    );
    expect(JSON.stringify(own.routing_policies['mssse-in'])).toContain('["0.0.0.0/0","10.20.0.0/24-32"]');
  });

  test('without anything to announce announces nothing, rather than everything', () => {
    const silent = connectorEntries(
      { ...design, announce: { name: 'mssse-out', prefixes: [] } },
      liveOf(golden),
    );
    expect(silent.routing_policies['mssse-out']).toEqual({ terms: [{ actions: { accept: false } }] });
  });

  test('built by hand is read with what makes it differ', () => {
    const view = readConnector(
      {
        tunnel_configs: {
          MicrosoftSSE: {
            provider: 'custom-ipsec',
            networks: ['any'],
            ike_lifetime: '28800',
            primary: { hosts: ['192.0.2.1', '192.0.2.2'], internal_ips: ['10.99.99.1/30'], wan_names: [] },
            secondary: { hosts: ['192.0.2.3'] },
          },
        },
        bgp_config: {
          lan: { via: 'lan', tunnel_name: 'MicrosoftSSE' },
          SSE: {
            via: 'tunnel',
            tunnel_name: 'MicrosoftSSE',
            local_as: '65010',
            neighbor_as: '65476',
            import_policy: 'group-in',
            neighbors: { '10.99.99.2': { import_policy: 'own-in', disabled: true }, '10.99.99.3': 'odd' },
          },
        },
      },
      'MicrosoftSSE',
    )!;
    expect(view).toMatchObject({
      version: '2',
      deviceBgp: '10.99.99.1',
      wan: undefined,
      psk: undefined,
      ike: { encryption: undefined, lifetimeSeconds: 28800 },
      extras: ['primary.hosts', 'secondary', 'networks'],
      bgp: { name: 'SSE', localAs: 65010, bfdDisabled: false, readvertisedToOverlay: true },
    });
    expect(view.bgp!.neighbors).toEqual([
      { ip: '10.99.99.2', asn: 65476, disabled: true, importPolicy: 'own-in' },
      { ip: '10.99.99.3', asn: 65476, disabled: false, importPolicy: 'group-in' },
    ]);
    expect(readConnector({}, 'MicrosoftSSE')).toBeUndefined();
    expect(readConnector({ tunnel_configs: { x: 7 } }, 'x')).toMatchObject({
      bgp: undefined,
      endpoint: undefined,
    });
  });
});
