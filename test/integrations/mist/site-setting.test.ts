import { afterEach, describe, expect, test } from 'vitest';
import type { SimResponse } from '../../../sandbox/http/server.ts';
import { SITE, startFakeMist, type FakeMist } from './fake-mist.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

describe('a site setting that holds nothing at all', () => {
  const answers = (...bodies: object[]): Promise<FakeMist> =>
    startFakeMist((): SimResponse => ({ status: 200, body: bodies.shift() ?? {} }));

  test('is asked for again, so that a broken answer does not pass for a site without variables', async () => {
    const fake = await answers({}, { id: 'setting-1', vars: { octet: 7 } });
    open.push(fake.close);
    expect(await fake.mist.siteVars(SITE)).toEqual({ octet: '7' });
    expect(fake.server.calls).toHaveLength(2);
  });

  test('is believed when it is told twice, and at once where it names itself', async () => {
    const fake = await answers({}, {}, { id: 'setting-1' });
    open.push(fake.close);
    expect(await fake.mist.siteVars(SITE)).toEqual({});
    expect(await fake.mist.siteVars(SITE)).toEqual({});
    expect(fake.server.calls).toHaveLength(3);
  });
});
