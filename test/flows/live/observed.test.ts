import { describe, expect, test } from 'vitest';
import type { BgpPeerStat, TunnelStat } from '../../../src/integrations/mist/types.ts';
import { isEstablished, neighborRow, tunnelRow } from '../../../src/flows/live/observed.ts';

const peer = (patch: Partial<BgpPeerStat>): BgpPeerStat => ({
  mac: 'a',
  siteId: 's',
  neighbor: '10.0.0.2',
  state: 'established',
  up: true,
  ...patch,
});
const tunnel = (patch: Partial<TunnelStat>): TunnelStat => ({
  mac: 'a',
  siteId: 's',
  name: 't',
  up: true,
  ...patch,
});

describe('of several rows for one neighbor', () => {
  test('the newest tells how it is now', () => {
    const rows = [
      peer({ state: 'idle', atMs: 10 }),
      peer({ atMs: 5 }),
      peer({ neighbor: '10.0.0.6', atMs: 99 }),
    ];
    expect(neighborRow(rows, '10.0.0.2')?.state).toBe('idle');
  });

  test('at equal times, or where no time is given, the established one', () => {
    const rows = [peer({ state: 'idle', node: 'node1' }), peer({ node: 'node0' })];
    expect(neighborRow(rows, '10.0.0.2')?.node).toBe('node0');
    expect(neighborRow(rows.toReversed(), '10.0.0.2')?.node).toBe('node0');
  });

  test('none is not reported', () => {
    expect(neighborRow([], '10.0.0.2')).toBeUndefined();
    expect(isEstablished(undefined)).toBe(false);
    expect(isEstablished(peer({ state: 'active' }))).toBe(false);
  });
});

describe('of several rows for one connector', () => {
  test('the one that is up, else the first', () => {
    const [down, up] = [tunnel({ up: false, node: 'node1' }), tunnel({ node: 'node0' })];
    expect(tunnelRow([down, up], 't')).toBe(up);
    expect(tunnelRow([down], 't')).toBe(down);
    expect(tunnelRow([down, up], 'other')).toBeUndefined();
  });
});
