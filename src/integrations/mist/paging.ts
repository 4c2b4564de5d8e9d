import { mistError } from './errors.ts';
import type { Http } from './http.ts';
import { isObject } from './json.ts';

const PAGE_SIZE = 1000;
/** What Mist answers where a `limit` is not honoured. */
const DEFAULT_PAGE_SIZE = 100;
const MOST_PAGES = 1000;

interface Page {
  readonly rows: readonly unknown[];
  readonly total?: number;
  readonly limit?: number;
}

/**
 * Every row of a list endpoint (a JSON array with `limit` and `page`, totals in X-Page-Total). Rows with an `id` that two pages
 * both carry, because something was inserted meanwhile, come once. Source: Mist guide "Pagination".
 */
export async function listAll(
  http: Http,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly unknown[]> {
  const page = (n: number): Promise<Page> =>
    http.send({
      method: 'GET',
      path,
      query: { ...query, limit: String(PAGE_SIZE), page: String(n) },
      repeat: 'read',
      parse: readPage,
    });
  const first = await page(1);
  const size = first.limit ?? Math.max(first.rows.length, 1);
  if (first.total !== undefined) {
    const count = first.rows.length === 0 ? 1 : Math.min(Math.ceil(first.total / size), MOST_PAGES);
    const rest = await Promise.all(Array.from({ length: count - 1 }, (_, index) => page(index + 2)));
    return distinct([first, ...rest].flatMap(({ rows }) => rows));
  }
  const rows = [...first.rows];
  // Without totals a page that is not full is the last one; one that repeats the first means that `page` is ignored.
  for (let n = 2, last = first; isFull(last) && n <= MOST_PAGES; n += 1) {
    last = await page(n);
    if (last.rows.length > 0 && JSON.stringify(last.rows[0]) === JSON.stringify(first.rows[0])) break;
    rows.push(...last.rows);
  }
  return distinct(rows);
}

/**
 * Every row of a search endpoint, each page read as it comes, so that what is not needed of large answers is not kept. `next` is followed exactly as Mist wrote it, but only to the same origin: the token goes
 * nowhere else. Source: Mist OpenAPI, parameter `search_after`.
 */
export async function searchAll<T>(
  http: Http,
  path: string,
  query: Readonly<Record<string, string>>,
  read: (rows: readonly unknown[]) => readonly T[],
): Promise<T[]> {
  const rows: T[] = [];
  const seen = new Set<string>();
  let page = await http.send({
    method: 'GET',
    path,
    query: { ...query, limit: String(PAGE_SIZE) },
    repeat: 'read',
    parse: readSearch,
  });
  for (;;) {
    for (const row of read(page.results)) rows.push(row);
    if (page.next === undefined || page.results.length === 0) return rows;
    if (!isOwn(http, page.next) || seen.has(page.next) || seen.size >= MOST_PAGES) {
      throw mistError(
        'bad-response',
        { method: 'GET', path },
        { what: 'the link to the next page leads astray' },
      );
    }
    seen.add(page.next);
    page = await http.send({ method: 'GET', path: page.next, repeat: 'read', parse: readSearch });
  }
}

function isOwn(http: Http, next: string): boolean {
  return URL.canParse(next, http.origin) && new URL(next, http.origin).origin === http.origin;
}

function isFull(page: Page): boolean {
  return page.rows.length === (page.limit ?? PAGE_SIZE) || page.rows.length === DEFAULT_PAGE_SIZE;
}

function readPage(body: unknown, headers: Headers): Page {
  if (!Array.isArray(body)) throw new TypeError('not a list');
  const total = count(headers.get('x-page-total'));
  const limit = count(headers.get('x-page-limit'));
  return {
    rows: body,
    ...(total !== undefined && { total }),
    ...(limit !== undefined && limit > 0 && { limit }),
  };
}

function readSearch(body: unknown): { results: readonly unknown[]; next?: string } {
  if (!isObject(body) || !Array.isArray(body['results'])) throw new TypeError('not a search result');
  const { next } = body;
  return { results: body['results'], ...(typeof next === 'string' && next !== '' && { next }) };
}

function count(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

function distinct(rows: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const id = isObject(row) ? row['id'] : undefined;
    if (typeof id !== 'string') return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
