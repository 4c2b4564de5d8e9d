import { describe, expect, test } from 'vitest';
import type { Entra } from '../../src/integrations/entra/types.ts';
import { crashMatrix, type CrashOptions } from '../faults/crash-matrix.ts';
import { faultMatrix, type MatrixOptions } from '../faults/fault-matrix.ts';
import { countsOf, faultsOf, table } from '../faults/report.ts';
import { FAULTED } from '../faults/scenarios.ts';
import { freshDatabase, noPostgres } from '../support/postgres/postgres.ts';

const [single] = FAULTED;
if (!single) throw new Error('there is no scenario');

/** Leases have to end, and several processes take their time on a busy machine. */
const SHARED_MS = 300_000;

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

describe
  .skipIf(noPostgres)
  .concurrent(`the same over PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
    const shared: CrashOptions = { width: 1, databases: freshDatabase };
    const sending: CrashOptions = { ...shared, only: /^before createRemoteNetwork$/ };

    test('find nothing wrong with the executor as it is', { timeout: SHARED_MS }, async () => {
      const only = /^entra POST \S*remoteNetworks\$ .*: reset after$/;
      const row = await faultMatrix(single, { ...shared, only });
      expect(faultsOf('faults', row)).toEqual([]);
      expect(countsOf('faults', row)).toMatchObject({ played: 1, hit: 1, done: 1 });
    });

    test('fail for bots that do not look before they do', { timeout: SHARED_MS }, async () => {
      const only = /^after createRemoteNetwork$/;
      const row = await crashMatrix(single, { ...shared, only, botEnv: { BROKEN: 'blind' } });
      const counts = countsOf('kill -9', row);
      expect(counts).toMatchObject({ played: 1, hit: 1 });
      expect(counts.duplicates).toBeGreaterThan(0);
      expect(faultsOf('kill -9', row).join('\n')).toContain('twice: Lyon');
    });

    test(
      'a bot that stood still for longer than its lease sends nothing more',
      { timeout: SHARED_MS },
      async () => {
        const row = await crashMatrix(single, { ...sending, crash: 'freeze' });
        expect(faultsOf('SIGSTOP', row)).toEqual([]);
        expect(countsOf('SIGSTOP', row)).toMatchObject({ played: 1, hit: 1, done: 1, late: 0 });
      },
    );

    test(
      'fail for a bot that goes on without asking whether it still may',
      { timeout: SHARED_MS },
      async () => {
        const row = await crashMatrix(single, {
          ...sending,
          crash: 'freeze',
          botEnv: { BROKEN: 'unguarded' },
        });
        const counts = countsOf('SIGSTOP', row);
        expect(counts).toMatchObject({ hit: 1, late: 1 });
        expect(faultsOf('SIGSTOP', row).join('\n')).toMatch(
          /sent after it was taken over: POST .*remoteNetworks/,
        );
        expect(table([counts])).toContain('late calls');
      },
    );
  });
