import { badRequest } from './graph-fault.ts';
import { compare, parseFilter } from './odata-filter.ts';
import { parseShape, type Shape } from './odata-shape.ts';

const KNOWN = new Set(['$select', '$expand', '$top', '$skip', '$filter', '$orderby', '$count', '$skiptoken']);

/** Refuses a query option that OData does not know; Graph lets options without `$` pass. */
export function checkOptions(query: URLSearchParams): void {
  for (const key of query.keys()) {
    if (key.startsWith('$') && !KNOWN.has(key))
      throw badRequest(`The query option '${key}' is not supported.`);
  }
}

export interface PageRequest<T extends object> {
  readonly rows: readonly T[];
  readonly query: URLSearchParams;
  readonly pageSize: number;
  /** Absolute URL of the collection without its query. */
  readonly url: string;
  readonly context: string;
  /** Properties that `$filter` and `$orderby` may name. */
  readonly properties: readonly string[];
  readonly draw: (row: T, shape: Shape) => unknown;
}

/**
 * One page of a collection. `$top` is a page size, as Graph treats it: what is left is reached over
 * `@odata.nextLink`, an absolute URL on this simulator's own host that repeats the other options.
 */
export function page<T extends object>(request: PageRequest<T>): Record<string, unknown> {
  const { query, draw } = request;
  checkOptions(query);
  const shape = parseShape(query);
  const token = readToken(query.get('$skiptoken'));
  // Rows that came since the first page stay out of the later ones.
  const until = token?.until ?? request.rows.length;
  const selected = sort(filter(request.rows.slice(0, until), request), request);
  const skip = token?.offset ?? count(query.get('$skip'), '$skip') ?? 0;
  const size = Math.min(count(query.get('$top'), '$top') ?? request.pageSize, request.pageSize);
  const more = skip + size < selected.length;
  return {
    '@odata.context': request.context,
    ...(query.get('$count') === 'true' && { '@odata.count': selected.length }),
    ...(more && { '@odata.nextLink': nextLink(request, { offset: skip + size, until }) }),
    value: selected.slice(skip, skip + size).map((row) => draw(row, shape)),
  };
}

function filter<T extends object>(rows: readonly T[], { query, properties }: PageRequest<T>): readonly T[] {
  const text = query.get('$filter');
  if (text === null) return rows;
  const matches = parseFilter(text, new Set(properties));
  return rows.filter((row) => matches(row as Record<string, unknown>));
}

function sort<T extends object>(rows: readonly T[], { query, properties }: PageRequest<T>): readonly T[] {
  const text = query.get('$orderby');
  if (text === null) return rows;
  const keys = text.split(',').map((part) => {
    const match = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(part);
    const name = match?.[1];
    if (name === undefined || !properties.includes(name))
      throw badRequest(`Invalid $orderby near '${part}'.`);
    return { name, sign: match?.[2]?.toLowerCase() === 'desc' ? -1 : 1 };
  });
  return rows.toSorted((left, right) => {
    for (const { name, sign } of keys) {
      const order = compare(
        (left as Record<string, unknown>)[name],
        (right as Record<string, unknown>)[name],
      );
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function count(text: string | null, option: string): number | undefined {
  if (text === null) return undefined;
  if (!/^\d+$/.test(text) || (option === '$top' && text === '0'))
    throw badRequest(`Invalid value for ${option}.`);
  return Number(text);
}

interface SkipToken {
  offset: number;
  until: number;
}

function readToken(text: string | null): SkipToken | undefined {
  if (text === null) return undefined;
  const match = /^(\d+)\.(\d+)$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (!match) throw badRequest('The $skiptoken is not valid.');
  return { offset: Number(match[1]), until: Number(match[2]) };
}

function nextLink<T extends object>({ query, url }: PageRequest<T>, token: SkipToken): string {
  const options: string[] = [];
  for (const [key, value] of query) {
    if (key !== '$skiptoken' && key !== '$skip') options.push(`${key}=${encodeURIComponent(value)}`);
  }
  options.push(`$skiptoken=${Buffer.from(`${token.offset}.${token.until}`).toString('base64url')}`);
  return `${url}?${options.join('&')}`;
}
