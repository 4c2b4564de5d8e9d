import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../src/design/check-inputs.ts';
import { inputWarnings } from '../../src/design/input-warnings.ts';
import type { InputDraft, InputSnapshot } from '../../src/design/input-draft.ts';
import { draft, snapshot } from './site-form.ts';

function warningsOf(change: InputDraft, read: InputSnapshot = snapshot) {
  const checked = checkInputs({ ...draft, ...change }, read);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return inputWarnings(checked.inputs, read);
}

const quiet: InputDraft = { link2_wan: 'twin-free', link2_public_ip: '198.51.100.77' };
const read: InputSnapshot = {
  ...snapshot,
  wans: [...snapshot.wans, { name: 'twin-free', key: 'ge-1/0/9', node: 'node1', ipType: 'static' }],
};

describe('warnings', () => {
  it('are none for an ordinary site', () => {
    expect(warningsOf(quiet, read)).toEqual([]);
  });

  it.each([
    ['10.128.128.8/29', '10.128.128.0/28', 'its tunnel monitor'],
    ['169.254.129.0/29', '169.254.129.0/24', 'its tunnel interfaces'],
  ])('name a range in which an SSR may have addresses of its own: %s', (range, own, use) => {
    const warned = warningsOf({ ...quiet, range_b: range }, { ...read, pool: [] });
    expect(warned).toContainEqual({
      id: 'range_b-ssr-internal',
      field: 'range_b',
      message: `${range} overlaps ${own}, which an SSR may use for ${use}.`,
    });
  });

  it.each<[string, InputDraft, { id: string; field: string; message: string }]>([
    [
      'a range outside the pool',
      { range_a: '172.16.5.0/29' },
      {
        id: 'range_a-outside-pool',
        field: 'range_a',
        message: '172.16.5.0/29 is outside the peering pool (10.99.0.0/16).',
      },
    ],
  ])('%s', (_, change, warning) => {
    expect(warningsOf({ ...quiet, ...change }, read)).toEqual([warning]);
  });

  it('a range that is not private, in a pool that is not either', () => {
    const pool = ['10.99.0.0/16', '100.64.0.0/10'];
    expect(warningsOf({ ...quiet, range_b: '100.64.1.0/29' }, { ...read, pool })).toEqual([
      {
        id: 'range_b-not-private',
        field: 'range_b',
        message: '100.64.1.0/29 is not private (RFC 1918); Microsoft asks for private BGP addresses.',
      },
    ]);
  });

  it('links on the nodes in unusual order', () => {
    const swapped = {
      link1_wan: 'twin-free',
      link1_public_ip: '198.51.100.77',
      link2_wan: 'wan0',
      link2_public_ip: '203.0.113.10',
    };
    expect(warningsOf(swapped, read)).toEqual([
      {
        id: 'link1-unusual-node',
        field: 'link1_wan',
        message: 'Link 1 leaves node1; link 1 on node0 and link 2 on node1 is usual.',
      },
      {
        id: 'link2-unusual-node',
        field: 'link2_wan',
        message: 'Link 2 leaves node0; link 1 on node0 and link 2 on node1 is usual.',
      },
    ]);
    const single = { ...read, device: { ...read.device, isHa: false } };
    expect(warningsOf(swapped, single)).toEqual([]);
  });

  it('say nothing of a pool that is not known', () => {
    expect(warningsOf({ ...quiet, range_a: '172.16.5.0/29' }, { ...read, pool: [] })).toEqual([]);
  });
});
