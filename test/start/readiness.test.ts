import { expect, it } from 'vitest';
import { DiskError } from '../../db/database-error.ts';
import { createReadiness } from '../../src/start/readiness.ts';

function rig(isSlackLive = true) {
  const said: string[] = [];
  const reads: { calls: number; next: () => Promise<unknown> } = { calls: 0, next: async () => 1 };
  const readiness = createReadiness({
    isSlackLive: () => isSlackLive,
    readDatabase() {
      reads.calls += 1;
      return reads.next();
    },
    log: {
      warn: (_fields: unknown, message?: string) => void said.push(String(message)),
      info: (_fields: unknown, message?: string) => void said.push(String(message)),
    },
    databaseMs: 20,
  });
  return { readiness, reads, said };
}

it('names what the start waits for, and nothing that has arrived', async () => {
  const { readiness } = rig();
  expect(await readiness.report()).toEqual({ ready: false, reasons: ['the bot is starting'] });
  readiness.waitsFor('Mist');
  readiness.waitsFor('Entra');
  readiness.arrived('Mist');
  expect((await readiness.report()).reasons).toEqual(['Entra has not answered since the start']);
  readiness.arrived('Entra');
  readiness.started();
  expect(await readiness.report()).toEqual({ ready: true, reasons: [] });
});

it('is not ready any more once it stops, also where the start ends afterwards', async () => {
  const { readiness } = rig();
  readiness.stopping();
  readiness.started();
  expect(readiness.isReady()).toBe(false);
  expect((await readiness.report()).reasons).toEqual(['the bot is stopping']);
});

it('names a database that fails or hangs, asks a hanging one no second time, and tells the log of each change once', async () => {
  const { readiness, reads, said } = rig(false);
  readiness.started();
  reads.next = () => Promise.reject(new Error('gone'));
  const both = ['Slack is not connected', 'the database does not answer'];
  expect((await readiness.report()).reasons).toEqual(both);
  const hanging = Promise.withResolvers<number>();
  reads.next = () => hanging.promise;
  reads.calls = 0;
  await readiness.report();
  expect((await readiness.report()).reasons).toEqual(both);
  expect(reads.calls).toBe(1);
  reads.next = async () => 1;
  hanging.resolve(1);
  await hanging.promise;
  expect((await readiness.report()).reasons).toEqual(['Slack is not connected']);
  expect(said).toEqual(['the database does not answer', 'the database answers again']);
});

it('tells a disk that refused what was written from a database that does not answer', async () => {
  const { readiness, reads, said } = rig();
  readiness.started();
  reads.next = () => Promise.reject(new DiskError(new Error('EIO')));
  await readiness.report();
  const reason =
    'the disk of the database refused what was written; start the bot again once the disk is sound';
  expect(await readiness.report()).toEqual({ ready: false, reasons: [reason] });
  expect(said).toEqual([reason]);
});
