import { afterEach, expect, test } from 'vitest';
import type { SimRequest, SimResponse } from '../../../sandbox/http/server.ts';
import { failureOf, ORG, startFakeMist, type FakeMist } from './fake-mist.ts';

let fake: FakeMist | undefined;
afterEach(() => fake?.close());

const sites = Array.from({ length: 2350 }, (_, n) => ({ id: `site-${n}`, name: `Branch ${n}` }));

interface Manner {
  cap: number;
  headers?: boolean;
  ignoresPage?: boolean;
}

function lists({ cap, headers = true, ignoresPage = false }: Manner): (request: SimRequest) => SimResponse {
  return ({ query }) => {
    const limit = Math.min(Number(query.get('limit') ?? 100), cap);
    const page = ignoresPage ? 1 : Number(query.get('page') ?? 1);
    const rows = sites.slice((page - 1) * limit, page * limit);
    const position = {
      'x-page-total': `${sites.length}`,
      'x-page-limit': `${limit}`,
      'x-page-page': `${page}`,
    };
    return { status: 200, body: rows, ...(headers && { headers: position }) };
  };
}

test.each<[string, Manner, number]>([
  ['honours the limit', { cap: 1000 }, 3],
  ['caps the limit', { cap: 100 }, 24],
  ['sends no totals', { cap: 1000, headers: false }, 3],
  ['caps the limit and sends no totals', { cap: 100, headers: false }, 24],
])('a list is read to its end where Mist %s', async (_name, manner, calls) => {
  fake = await startFakeMist(lists(manner));
  const found = await fake.mist.sites();
  expect(found.map(({ id }) => id)).toEqual(sites.map(({ id }) => id));
  expect(fake.server.calls).toHaveLength(calls);
});

test('a list that ignores the page and sends no totals is not read for ever', async () => {
  fake = await startFakeMist(lists({ cap: 100, headers: false, ignoresPage: true }));
  expect(await fake.mist.sites()).toHaveLength(100);
  expect(fake.server.calls).toHaveLength(2);
});

test('a row that moved to the next page meanwhile comes once', async () => {
  fake = await startFakeMist(({ query }) => ({
    status: 200,
    body: query.get('page') === '1' ? sites.slice(0, 1000) : sites.slice(999, 1100),
    headers: { 'x-page-total': '1100', 'x-page-limit': '1000' },
  }));
  expect(await fake.mist.sites()).toHaveLength(1100);
});

test('odd rows are left out and cost no others', async () => {
  const rows = [null, 7, {}, { id: 'a' }, { id: 'b', name: 'B', latlng: 'nowhere' }, []];
  fake = await startFakeMist(() => ({ status: 200, body: rows }));
  expect(await fake.mist.sites()).toEqual([{ id: 'b', name: 'B' }]);
});

test('an object in the place of a list is no empty list', async () => {
  fake = await startFakeMist(() => ({ status: 200, body: { detail: 'later' } }));
  expect((await failureOf(fake.mist.sites())).kind).toBe('bad-response');
});

const tunnel = (n: number): object => ({ mac: `mac-${n}`, tunnel_name: 't', peer_ip: '192.0.2.1', up: true });

test('a search follows its cursor exactly as it was written', async () => {
  const next = `/api/v1/orgs/${ORG}/stats/tunnels/search?type=wan&limit=2&search_after=%5B1764%2C+%22a%2Bb%22%5D&start=1764`;
  fake = await startFakeMist(({ query }) => ({
    status: 200,
    body: query.has('search_after')
      ? { results: [tunnel(3)], limit: 2, start: 0, end: 1, next: null }
      : { results: [tunnel(1), tunnel(2)], limit: 2, start: 0, end: 1, next },
  }));
  expect((await fake.mist.tunnels({})).map(({ mac }) => mac)).toEqual(['mac-1', 'mac-2', 'mac-3']);
  const [first, second] = fake.server.calls;
  expect(new URLSearchParams(first!.query).get('type')).toBe('wan');
  expect(second!.path + second!.query).toBe(next);
});

test.each(['https://elsewhere.example/api/v1/next', '//elsewhere.example/next', 'http://['])(
  'a search does not take its token to %s',
  async (next) => {
    fake = await startFakeMist(() => ({ status: 200, body: { results: [tunnel(1)], next } }));
    expect((await failureOf(fake.mist.tunnels({}))).kind).toBe('bad-response');
    expect(fake.server.calls).toHaveLength(1);
  },
);

test('a search that leads in a circle ends', async () => {
  fake = await startFakeMist(() => ({ status: 200, body: { results: [tunnel(1)], next: '/again' } }));
  expect((await failureOf(fake.mist.tunnels({}))).kind).toBe('bad-response');
});
