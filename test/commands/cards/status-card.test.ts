import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../sandbox/contracts/slack/surface.ts';
import { fleetCard, readFleetPage } from '../../../src/commands/cards/fleet-card.ts';
import { statusCard } from '../../../src/commands/cards/status-card.ts';
import { withoutTables } from '../../../src/commands/cards/without-tables.ts';
import { fleetOf, siteStatus } from '../support/samples.ts';

function textOf(card: { readonly blocks: readonly unknown[] }): string {
  return JSON.stringify(card.blocks);
}

describe('a status card', () => {
  it('has the status line as its text, alone', () => {
    expect(statusCard(siteStatus()).text).toBe('Lyon: tunnels 1/1, BGP 1/1, routes 25');
  });

  it('shows both vendors, and is accepted by Slack', () => {
    const card = statusCard(siteStatus());
    for (const part of [
      'mssse-wan0 (wan0): up for 1 h 6 min',
      '10.99.99.2',
      'established',
      '203.0.113.10: remoteNetworkAlive',
      'sse_refresh',
    ]) {
      expect(textOf(card)).toContain(part);
    }
    expect(checkBlocks(structuredClone(card.blocks), 'message')).toEqual([]);
  });

  it('never calls "down" what was only not reported, and says what could not be read', () => {
    const { tunnelsUp: _t, neighborsUp: _n, routes: _r, ...rest } = siteStatus();
    const card = statusCard({
      ...rest,
      tunnels: [{ name: 'mssse-wan0', neighbors: [{ address: '10.99.99.2' }] }],
      unread: [
        { what: 'Mist tunnels', failure: { code: 'x', message: '', hint: 'Mist is away.', retryable: true } },
      ],
    });
    expect(textOf(card)).toContain('mssse-wan0: not reported');
    expect(textOf(card)).toContain('? of 1');
    expect(textOf(card)).toContain('Mist tunnels: Mist is away.');
    expect(textOf(card)).not.toContain('DOWN');
  });

  it('says what a pair is, node by node, and what an outdated row once said', () => {
    const card = statusCard(
      siteStatus({
        device: { connected: false, isHa: true, lastSeenMs: 1_799_999_400_000 },
        tunnels: [
          {
            name: 'mssse-wan0',
            staleSinceMs: 1_799_999_400_000,
            lastKnown: 'up',
            nodes: [
              { node: 'node0', state: 'up' },
              { node: 'node1', state: 'down' },
            ],
            neighbors: [
              { address: '10.99.99.2', zone: 2, state: 'established', staleSinceMs: 1_799_999_400_000 },
            ],
          },
        ],
      }),
    );
    for (const part of [
      'HA pair, OFFLINE to Mist, last seen 10 min ago',
      'mssse-wan0: unknown, last known up [node0 up, node1 down]',
      '10.99.99.2 zone 2',
      'unknown, last established 10 min ago',
    ]) {
      expect(textOf(card)).toContain(part);
    }
  });

  it('names every value in which the two sides differ', () => {
    const differences = ['Local ID: Entra 203.0.113.10, Mist 203.0.113.99'];
    const card = statusCard(
      siteStatus({ agreement: { checked: 16, differences, unknown: [], notJudged: [] } }),
    );
    expect(textOf(card)).toContain('NO: 1 of 16 differ');
    expect(textOf(card)).toContain(differences[0]);
  });

  it('names what it did not compare, and who does', () => {
    const agreement = { checked: 20, differences: [], unknown: [], notJudged: ['Policy order', 'Addresses'] };
    expect(textOf(statusCard(siteStatus({ agreement })))).toContain(
      'Policy order; Addresses: /sse diagnose Lyon does',
    );
  });

  it('says once why several readings failed', () => {
    const failure = { code: 'x', message: '', hint: 'Mist is away.', retryable: true };
    const unread = ['Mist device', 'learned routes'].map((what) => ({ what, failure }));
    expect(textOf(statusCard(siteStatus({ unread })))).toContain(
      'Mist device, learned routes: Mist is away.',
    );
  });

  it('reads the same without its table, for clients that take none', () => {
    const card = withoutTables(statusCard(siteStatus()));
    expect(textOf(card)).toContain('10.99.99.2: state established, routes in, out 25, 2');
    expect(textOf(card)).not.toContain('"table"');
    expect(checkBlocks(structuredClone(card.blocks), 'message')).toEqual([]);
  });
});

describe('a fleet card', () => {
  const sites = Array.from({ length: 30 }, (_, n) =>
    siteStatus({
      line: `Site ${n}: tunnels 0/1, BGP 0/1, routes ?`,
      severity: n < 3 ? 'down' : 'up',
      verdict: 'v'.repeat(60),
    }),
  );

  it('counts all sites and shows a page of them in the order given', () => {
    const card = fleetCard(fleetOf(sites), { filter: 'all', page: 0 });
    expect(card.text).toBe('30 sites connected by this bot: 3 down, 0 degraded, 0 not known, 27 up');
    expect(textOf(card)).toContain('Site 0:');
    expect(textOf(card)).not.toContain('Site 12:');
    expect(textOf(card)).toContain('sse_fleet_next');
    expect(textOf(card)).not.toContain('sse_fleet_previous');
    expect(checkBlocks(structuredClone(card.blocks), 'message')).toEqual([]);
  });

  it('turns to the last page at most, and filters', () => {
    const last = fleetCard(fleetOf(sites), { filter: 'all', page: 99 });
    expect(textOf(last)).toContain('Site 29:');
    expect(textOf(last)).toContain('Page 3 of 3');
    const down = fleetCard(fleetOf(sites), { filter: 'down', page: 0 });
    expect(textOf(down)).toContain('Site 2:');
    expect(textOf(down)).not.toContain('Site 3:');
    expect(textOf(fleetCard(fleetOf(sites), { filter: 'unknown', page: 0 }))).toContain(
      'No site is in this state',
    );
  });

  it('reads what its buttons carry, and anything else as the first page', () => {
    expect(readFleetPage('trouble|7')).toEqual({ filter: 'trouble', page: 7 });
    for (const odd of ['', 'x|y', 'trouble|-1', 'constructor|1e9']) expect(readFleetPage(odd).page).toBe(0);
  });
});
