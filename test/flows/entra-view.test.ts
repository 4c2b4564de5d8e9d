import { describe, expect, test } from 'vitest';
import { ok } from '../../src/base/failure.ts';
import { statusCard } from '../../src/commands/cards/status-card.ts';
import { entraView } from '../../src/flows/status/entra-view.ts';
import type { SiteLayout } from '../../src/flows/status/layout.ts';
import { siteStatus } from '../../src/flows/status/site-status.ts';
import type { HealthEvent } from '../../src/integrations/entra/types.ts';
import type { TunnelStatus } from '../../src/flows/types.ts';

const NOW = 1_800_000_000_000;

/** Connectors by name, with the public address that each leaves by. */
function layout(connectors: Readonly<Record<string, string>>): SiteLayout {
  return {
    site: { id: 'lyon', name: 'Lyon' },
    deviceId: 'edge',
    connectors: Object.entries(connectors).map(([name, publicIp]) => ({ name, publicIp, neighbors: [] })),
    refused: [],
  };
}

function tunnel(name: string, peerIp?: string): TunnelStatus {
  return { name, up: true, neighbors: [], ...(peerIp !== undefined && { peerIp }) };
}

function event(deviceIp: string, microsoftIp: string, more: Partial<HealthEvent> = {}): HealthEvent {
  return { atMs: NOW, remoteNetworkId: 'n', status: 'tunnelConnected', deviceIp, microsoftIp, ...more };
}

const BY_ZONE = layout({ 'mssse-wan0': '203.0.113.10', 'mssse-wan0-z2': '203.0.113.10' });

describe('the connector to which a record of Entra belongs', () => {
  test('where each zone has a tunnel of its own, is told by the gateway that Mist reports', () => {
    const events = [event('203.0.113.10', '20.0.0.2'), event('203.0.113.10', '20.0.0.1')];
    const tunnels = [tunnel('mssse-wan0', '20.0.0.1'), tunnel('mssse-wan0-z2', '20.0.0.2')];
    const seen = entraView(events, BY_ZONE, tunnels);
    expect(seen.map(({ microsoftIp, tunnel: name }) => [microsoftIp, name])).toEqual([
      ['20.0.0.2', 'mssse-wan0-z2'],
      ['20.0.0.1', 'mssse-wan0'],
    ]);
  });

  test('is not guessed where both zones leave one address and Mist reports no gateway', () => {
    const seen = entraView([event('203.0.113.10', '20.0.0.2')], BY_ZONE, [
      tunnel('mssse-wan0'),
      tunnel('mssse-wan0-z2'),
    ]);
    expect(seen[0]?.tunnel).toBeUndefined();
  });

  test('of a pair, whose links leave different addresses, is told by the address alone', () => {
    const pair = layout({ 'mssse-wan0': '203.0.113.10', 'mssse-wan1': '203.0.113.11' });
    const seen = entraView([event('203.0.113.11', '20.0.0.9')], pair, []);
    expect(seen[0]?.tunnel).toBe('mssse-wan1');
  });

  test('is no connector of the site where the address is not the site’s', () => {
    expect(entraView([event('198.51.100.1', '20.0.0.1')], BY_ZONE, [])[0]?.tunnel).toBeUndefined();
  });
});

test('the newest record of a tunnel counts, with the routes of the newest one that counted them', () => {
  const events = [
    event('203.0.113.10', '20.0.0.1', { atMs: NOW - 60_000, advertisedRoutes: 25 }),
    event('203.0.113.10', '20.0.0.1', { status: 'tunnelDisconnected' }),
  ];
  const seen = entraView(events, BY_ZONE, [tunnel('mssse-wan0', '20.0.0.1')]);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    status: 'tunnelDisconnected',
    atMs: NOW,
    advertisedRoutes: 25,
    advertisedAtMs: NOW - 60_000,
  });
});

test('a fact of which nobody says when it was true is of unknown age, never new', () => {
  const peer = { mac: 'm', siteId: 'lyon', neighbor: '10.99.99.2', state: 'established', up: true };
  const status = siteStatus(BY_ZONE, NOW, {
    tunnels: ok([]),
    peers: ok([{ ...peer, atMs: NOW }, peer]),
    device: ok({ connected: true }),
  });
  expect(status.ages).toEqual([{ what: 'router' }, { what: 'BGP' }]);
  const shown = JSON.stringify(statusCard(status).blocks);
  expect(shown).toContain('router of unknown age');
  expect(shown).toContain('BGP of unknown age');
});
