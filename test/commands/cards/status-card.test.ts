import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../sandbox/contracts/slack/surface.ts';
import { fleetCard, statusCard } from '../../../src/commands/cards/status-card.ts';
import { fitMessage } from '../../../src/integrations/slack/limits.ts';
import { siteStatus } from '../support/samples.ts';

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
      'BGP 10.99.99.2: established, 25 routes received, 2 announced',
      'remoteNetworkAlive (203.0.113.10)',
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

  it('lists the fleet in the order given, however many sites there are', () => {
    const sites = Array.from({ length: 300 }, (_, n) =>
      siteStatus({ line: `Site ${n}: tunnels 0/1, BGP 0/1, routes ?`, verdict: 'v'.repeat(60) }),
    );
    const fitted = fitMessage(fleetCard(sites));
    expect(checkBlocks(structuredClone(fitted.blocks), 'message')).toEqual([]);
    expect(JSON.stringify(fitted.blocks)).toContain('Site 0:');
    expect(fitted.overflow.join('\n')).toContain('Site 299:');
  });
});
