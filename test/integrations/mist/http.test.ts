import { withSendPermit } from '../../../src/base/send-permit.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createVendorPause } from '../../../src/base/vendor-pause.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createBudget } from '../../../src/integrations/mist/budget.ts';
import { createMist, type MistOptions } from '../../../src/integrations/mist/client.ts';
import type { FaultAction } from '../../../sandbox/http/faults.ts';
import type { SimResponse } from '../../../sandbox/http/server.ts';
import { collectGarbage } from '../../support/garbage.ts';
import { DEVICE, failureOf, ORG, SITE, startFakeMist, TOKEN, type FakeMist } from './fake-mist.ts';

const PSK = 'clear-text-of-a-foreign-key';
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Answers a site, a device and a service; every body holds a PSK, so that a leak would show. */
async function start(options: Partial<MistOptions> = {}): Promise<FakeMist> {
  const fake = await startFakeMist(({ path, method, body }): SimResponse => {
    if (method === 'PUT')
      return { status: 200, body: { id: DEVICE, ...(JSON.parse(body.toString()) as object) } };
    if (path.endsWith('/services'))
      return { status: 200, body: { id: 'service-1', name: 'app', addresses: [] } };
    return { status: 200, body: { id: SITE, name: 'Lyon', psk: PSK } };
  }, options);
  open.push(fake.close);
  return fake;
}

function fault(fake: FakeMist, action: FaultAction, times = 1): void {
  fake.server.faults.plant({ times, action });
}

const keys = { tunnel_configs: { mine: { psk: PSK } } };

describe('a read', () => {
  test('carries the token in the form that Mist wants', async () => {
    const seen: (string | undefined)[] = [];
    const fake = await startFakeMist(({ headers }) => {
      seen.push(headers.authorization);
      return { status: 200, body: { id: SITE, name: 'Lyon' } };
    });
    open.push(fake.close);
    await fake.mist.site(SITE);
    expect(seen).toEqual([`Token ${TOKEN}`]);
  });

  test.each<[string, FaultAction]>([
    ['503', { kind: 'answer', status: 503 }],
    ['500', { kind: 'answer', status: 500, body: 'oops' }],
    ['429 with Retry-After', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }],
    ['a connection that is cut', { kind: 'reset-before' }],
    ['a malformed body', { kind: 'answer', status: 200, body: '{"id": "cut of' }],
    [
      'a page instead of JSON',
      {
        kind: 'answer',
        status: 200,
        body: '<!doctype html><p>login',
        headers: { 'content-type': 'text/html' },
      },
    ],
    ['JSON of another shape', { kind: 'answer', status: 200, body: '{"detail":"try later"}' }],
  ])('is repeated after %s', async (_name, action) => {
    const fake = await start();
    fault(fake, action);
    expect(await fake.mist.site(SITE)).toEqual({ id: SITE, name: 'Lyon' });
    expect(fake.events.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test('is not repeated for ever', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 503 }, -1);
    expect(await failureOf(fake.mist.site(SITE))).toMatchObject({
      kind: 'unavailable',
      status: 503,
      uncertain: false,
    });
    expect(fake.server.calls).toHaveLength(4);
  });

  test('is given up at once where Mist asks for a longer wait than a call may take', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 429, headers: { 'retry-after': '1800' } }, -1);
    expect(await failureOf(fake.mist.site(SITE))).toMatchObject({
      kind: 'rate-limited',
      retryable: true,
      retryAfterMs: 1_800_000,
    });
    expect(fake.server.calls).toHaveLength(1);
  });

  test.each([
    [400, 'rejected'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [405, 'rejected'],
    [409, 'conflict'],
  ])('answered %i is %s and final', async (status, kind) => {
    const fake = await start();
    fault(fake, { kind: 'answer', status, body: '<html>no</html>' }, -1);
    expect(await failureOf(fake.mist.siteVars(SITE))).toMatchObject({ kind, status, system: 'mist' });
    expect(fake.server.calls).toHaveLength(1);
  });

  test.each([
    ['an id', '{"id":"53f10664-3ce8-4c27-b382-0ef66432349f"}'],
    ['a detail', '{"detail":"Not found."}'],
    ['nothing', ''],
  ])('answered 404 with %s means absent', async (_name, body) => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 404, body }, -1);
    expect(await fake.mist.site(SITE)).toBeUndefined();
    expect(await fake.mist.device(SITE, DEVICE)).toBeUndefined();
    expect(await fake.mist.gatewayTemplate('t')).toBeUndefined();
    expect(await fake.mist.deleteService('s')).toBeUndefined();
  });

  test('answered 404 with a page, as a proxy does, never means absent', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 404, body: '<h1>Not found</h1>' }, -1);
    for (const call of [() => fake.mist.site(SITE), () => fake.mist.deleteService('s')])
      expect(await failureOf(call())).toMatchObject({ kind: 'bad-response', retryable: true });
  });

  test.each([401, 403, 429, 500])('answered %i never means absent', async (status) => {
    const fake = await start();
    fault(fake, { kind: 'answer', status, headers: { 'retry-after': '3600' } }, -1);
    await expect(fake.mist.site(SITE)).rejects.toMatchObject({ status });
  });

  test('does not follow a redirect with the token', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 302, headers: { location: '/elsewhere' } }, -1);
    expect((await failureOf(fake.mist.site(SITE))).kind).toBe('bad-response');
    expect(fake.server.calls.some(({ path }) => path === '/elsewhere')).toBe(false);
  });

  test('ends with a timeout where the answer or its body does not come', async () => {
    const server = createServer((request, response) => {
      if (request.url?.includes('/setting')) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const mist = createMist({
      baseUrl: `http://127.0.0.1:${port}`,
      token: new Secret(TOKEN),
      orgId: ORG,
      timeoutMs: 500,
    });
    open.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    // What only the garbage collector holds on to must not be what the deadline depends on.
    const collecting = setInterval(collectGarbage, 20);
    open.push(async () => clearInterval(collecting));
    expect((await failureOf(mist.siteVars(SITE))).kind).toBe('timeout');
    expect((await failureOf(mist.site(SITE))).kind).toBe('timeout');
    expect(await failureOf(mist.putDevice(SITE, DEVICE, keys))).toMatchObject({
      kind: 'timeout',
      uncertain: true,
    });
  });
});

describe('a write', () => {
  test('sends exactly the keys, and the type', async () => {
    const fake = await start();
    await fake.mist.putDevice(SITE, DEVICE, { ...keys, '-bgp_config': '' });
    expect(fake.server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PUT /api/v1/sites/${SITE}/devices/${DEVICE}`,
    ]);
    expect(JSON.parse(fake.server.calls[0]!.requestBody)).toEqual({
      ...keys,
      '-bgp_config': '',
      type: 'gateway',
    });
  });

  const lost: [string, FaultAction, string][] = [
    ['503', { kind: 'answer', status: 503 }, 'unavailable'],
    ['500 after it was carried out', { kind: 'answer-after', status: 500 }, 'unavailable'],
    ['a cut before', { kind: 'reset-before' }, 'network'],
    ['a cut after', { kind: 'reset-after' }, 'network'],
    ['a malformed answer', { kind: 'answer-after', status: 200, body: '{"id": "00' }, 'bad-response'],
    ['a page', { kind: 'answer', status: 200, body: '<html>portal</html>' }, 'bad-response'],
  ];
  test.each(lost)('of a device is uncertain and not repeated after %s', async (_name, action, kind) => {
    const fake = await start();
    fault(fake, action);
    const error = await failureOf(fake.mist.putDevice(SITE, DEVICE, keys));
    expect(error).toMatchObject({ kind, uncertain: true });
    expect(fake.server.calls).toHaveLength(1);
  });
  test.each(lost)('that creates is uncertain and not repeated after %s', async (_name, action, kind) => {
    const fake = await start();
    fault(fake, action);
    const error = await failureOf(fake.mist.createService({ name: 'app', addresses: ['0.0.0.0/1'] }));
    expect(error).toMatchObject({ kind, uncertain: true });
    expect(fake.server.calls).toHaveLength(1);
  });
  test.each(lost)('that deletes is uncertain and not repeated after %s', async (_name, action, kind) => {
    const fake = await start();
    fault(fake, action);
    expect(await failureOf(fake.mist.deleteService('s'))).toMatchObject({ kind, uncertain: true });
    expect(fake.server.calls).toHaveLength(1);
  });

  test('of whole keys is repeated after 429, because it was not carried out', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 429, headers: { 'retry-after': '0' } });
    expect((await fake.mist.putDevice(SITE, DEVICE, keys)).config).toMatchObject(keys);
    expect(fake.server.calls.map(({ status }) => status)).toEqual([429, 200]);
  });

  test('that creates or deletes is not repeated after 429, and is certain', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }, -1);
    const create = await failureOf(fake.mist.createService({ name: 'app', addresses: [] }));
    const remove = await failureOf(fake.mist.deleteService('s'));
    expect([create, remove]).toMatchObject([
      { kind: 'rate-limited', uncertain: false },
      { kind: 'rate-limited', uncertain: false },
    ]);
    expect(fake.server.calls).toHaveLength(2);
  });

  test('that was refused is certain', async () => {
    const fake = await start();
    fault(fake, { kind: 'answer', status: 400, body: '{"detail":"no"}' });
    const error = await failureOf(fake.mist.putDevice(SITE, DEVICE, keys));
    expect(error).toMatchObject({ kind: 'rejected', uncertain: false, retryable: false });
  });

  test('that never left because nobody listens is certain', async () => {
    const fake = await start();
    await fake.server.close();
    const error = await failureOf(fake.mist.putDevice(SITE, DEVICE, keys));
    expect(error).toMatchObject({ kind: 'network', uncertain: false });
    expect(error.message).toContain('ECONNREFUSED');
  });
});

test('no error holds a body or the token, whatever the answer echoes', async () => {
  const echo = `{"detail":"bad psk ${PSK}"`;
  const actions: FaultAction[] = [
    { kind: 'answer', status: 400, body: echo },
    { kind: 'answer', status: 200, body: echo },
    { kind: 'answer', status: 500, body: echo },
    { kind: 'reset-after' },
  ];
  for (const action of actions) {
    const fake = await start();
    fault(fake, action, -1);
    const error = await failureOf(fake.mist.putDevice(SITE, DEVICE, keys));
    const printed = [error.message, error.hint, error.stack, JSON.stringify(error), String(error.cause)].join(
      ' ',
    );
    expect(printed).not.toContain(PSK);
    expect(printed).not.toContain(TOKEN);
  }
});

describe('the budget', () => {
  test('counts every attempt, and learns what Mist itself reports', async () => {
    const budget = createBudget();
    const fake = await startFakeMist(
      ({ path }) =>
        path.endsWith('/usage')
          ? { status: 200, body: { requests: 4000, request_limit: 6000 } }
          : { status: 200, body: { id: SITE, name: 'Lyon' } },
      { budget },
    );
    open.push(fake.close);
    fault(fake, { kind: 'answer', status: 503 });
    await fake.mist.site(SITE);
    expect(budget.usage()).toEqual({ used: 2, limit: 5000 });
    expect(await fake.mist.usage()).toEqual({ used: 4000, limit: 6000 });
    await fake.mist.site(SITE);
    expect(await fake.mist.usage()).toEqual({ used: 4001, limit: 6000 });
    expect(fake.server.calls.filter(({ path }) => path.endsWith('/usage'))).toHaveLength(1);
  });

  test('keeps calls for people: below the reserve a run sends nothing', async () => {
    const budget = createBudget();
    budget.learn({ used: 4000, limit: 5000 });
    const fake = await startFakeMist(() => ({ status: 200, body: { id: SITE, name: 'Lyon' } }), {
      budget,
      reserve: 2500,
    });
    open.push(fake.close);
    const error = await failureOf(
      withSendPermit(
        () => true,
        () => fake.mist.site(SITE),
      ),
    );
    expect(error).toMatchObject({ kind: 'rate-limited', uncertain: false });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(fake.server.calls).toHaveLength(0);
    expect(await fake.mist.site(SITE)).toMatchObject({ name: 'Lyon' });
  });

  test('after a 429 with a time nothing is sent before it, by anybody who shares the token', async () => {
    const pause = createVendorPause();
    const fake = await start({ pause });
    fault(fake, { kind: 'answer', status: 429, headers: { 'retry-after': '900' } });
    expect(await failureOf(fake.mist.site(SITE))).toMatchObject({ status: 429, retryAfterMs: 900_000 });
    expect(pause.leftMs()).toBeGreaterThan(800_000);
    const second = await failureOf(fake.mist.sites());
    expect(second).toMatchObject({ kind: 'rate-limited', retryable: true, uncertain: false });
    expect(second.retryAfterMs).toBeGreaterThan(800_000);
    expect(fake.server.calls).toHaveLength(1);
  });

  test('is used up after a 429 and starts anew at the full hour', () => {
    let now = Date.UTC(2026, 10, 23, 9, 59, 0);
    const budget = createBudget(() => now);
    budget.count();
    expect(budget.usage().used).toBe(1);
    budget.exhausted();
    expect(budget.usage()).toEqual({ used: 5000, limit: 5000 });
    expect(budget.isBelow(1)).toBe(true);
    expect(budget.resetsInMs()).toBe(60_000);
    now += 60_000;
    expect(budget.usage().used).toBe(0);
    expect(budget.isBelow(1)).toBe(false);
  });

  test('does not believe a report that is lower than its own count', () => {
    const budget = createBudget();
    budget.count();
    budget.count();
    budget.learn({ used: 1, limit: 0 });
    expect(budget.usage()).toEqual({ used: 2, limit: 5000 });
  });
});
