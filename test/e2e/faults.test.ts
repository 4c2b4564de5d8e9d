import { describe, expect, test } from 'vitest';
import type { Entra } from '../../src/integrations/entra/types.ts';
import { crashMatrix } from '../faults/crash-matrix.ts';
import { faultMatrix, type MatrixOptions } from '../faults/fault-matrix.ts';
import { countsOf, faultsOf, table } from '../faults/report.ts';
import { FAULTED } from '../faults/scenarios.ts';

const [single] = FAULTED;
if (!single) throw new Error('there is no scenario');

/** The answer to the creation of the remote network is lost, in each way in which that can happen. */
const LOST: MatrixOptions = {
  width: 2,
  only: /^entra POST \S*remoteNetworks\$ .*: (reset after|malformed|500)$/,
};

/** An executor that does not look before it does: to it nothing ever stands there. */
const blind = (entra: Entra): Entra => ({ ...entra, remoteNetworks: async () => [] });

describe('the matrices of npm run faults', () => {
  test('find nothing wrong with the executor as it is', async () => {
    const row = await faultMatrix(single, LOST);
    expect(faultsOf('faults', row)).toEqual([]);
    expect(countsOf('faults', row)).toMatchObject({ played: 3, hit: 3, done: 3, orphans: 0, duplicates: 0 });
  });

  test('an answer that says nothing about the token is not taken for a token without rights', async () => {
    const row = await faultMatrix(single, { width: 1, only: /self\$ .*: lacks fields$/ });
    expect(countsOf('faults', row)).toMatchObject({ played: 1, hit: 1, done: 1 });
  });

  test('fail for an executor that does not look before it does', async () => {
    const row = await faultMatrix(single, { ...LOST, wrapEntra: blind });
    const counts = countsOf('faults', row);
    expect(counts.hit).toBe(3);
    expect(counts.duplicates).toBeGreaterThan(0);
    expect(faultsOf('faults', row).join('\n')).toContain('twice: Lyon');
    expect(table([counts])).toContain('duplicates');
  });

  test('kill a bot at a point and find that the next one finishes once', async () => {
    const row = await crashMatrix(single, { width: 2, only: /^(before|after) createRemoteNetwork$/ });
    expect(row.found).toBeGreaterThan(40);
    expect(faultsOf('kill -9', row)).toEqual([]);
    expect(countsOf('kill -9', row)).toMatchObject({ played: 2, hit: 2, done: 2, stuck: 0 });
  });
});
