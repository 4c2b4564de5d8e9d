import type { SimRequest, SimResponse } from '../http/server.ts';
import type { Json } from './json.ts';
import { nowSeconds } from './store.ts';

/** Thrown by handlers to end with a published error answer. */
export class HttpError extends Error {
  readonly response: SimResponse;

  constructor(response: SimResponse) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

export function badRequest(detail: string): HttpError {
  return new HttpError({ status: 400, body: { detail } });
}

/** 404 of an object: its id, as published. Unknown paths answer with a page instead. */
export function notFound(objectId: string): HttpError {
  return new HttpError({ status: 404, body: { id: objectId } });
}

export const forbidden: SimResponse = {
  status: 403,
  body: { detail: 'You do not have permission to perform this action.' },
};

export const unauthorized: SimResponse = {
  status: 401,
  body: { detail: 'Authentication credentials were not provided.' },
};

export const unknownPath: SimResponse = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>',
};

export function tooMany(limit: number, retryAfterSeconds: number): SimResponse {
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: {
      detail: `Too Many Request. The API Token used for the request reached the ${limit} API Calls per hour threshold`,
    },
  };
}

export function json(body: object): SimResponse {
  return { status: 200, body };
}

/** A query parameter as a whole number; 400 where it is not one. */
function whole(request: SimRequest, name: string, fallback: number, minimum: number): number {
  const given = request.query.get(name);
  if (given === null) return fallback;
  const value = Number(given);
  if (!Number.isInteger(value) || value < minimum)
    throw badRequest(`${name}: A valid integer is required, got "${given}"`);
  return value;
}

const MAX_LIMIT = 1000;

/** A plain list: a JSON array with its position in `X-Page-*` headers; `limit` 100, `page` from 1. */
export function pageOf(request: SimRequest, items: object[]): SimResponse {
  const limit = Math.min(whole(request, 'limit', 100, 1), MAX_LIMIT);
  const page = whole(request, 'page', 1, 1);
  return {
    status: 200,
    headers: {
      'x-page-total': String(items.length),
      'x-page-limit': String(limit),
      'x-page-page': String(page),
    },
    body: items.slice((page - 1) * limit, page * limit),
  };
}

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `5m`, `1d`, `2w` or a bare number of seconds. */
export function durationSeconds(given: string): number {
  const match = /^(\d+)([smhdw]?)$/.exec(given);
  if (match === null) throw badRequest(`duration: invalid value "${given}"`);
  return Number(match[1]) * (UNIT_SECONDS[match[2] || 's'] ?? 1);
}

function instant(given: string, now: number): number {
  if (given === 'now') return now;
  if (/^-\d+[smhdw]$/.test(given)) return now - durationSeconds(given.slice(1));
  const value = Number(given);
  if (!Number.isFinite(value)) throw badRequest(`invalid time "${given}"`);
  return value;
}

/** The window of a search: `start`/`end`, else `duration` back from the end. */
export function windowOf(request: SimRequest, defaultDuration: string): { start: number; end: number } {
  // The end of this millisecond: what happened within it belongs to the window.
  const now = nowSeconds() + 0.001;
  const end = instant(request.query.get('end') ?? 'now', now);
  const start = request.query.get('start');
  if (start !== null) return { start: instant(start, now), end };
  return { start: end - durationSeconds(request.query.get('duration') ?? defaultDuration), end };
}

/**
 * A search answer: the rows of the window in the order asked for, cut to `limit`, with a relative `next` where rows
 * are left. The cursor belongs to this server; clients follow `next` as it is.
 */
export function searchPage(
  request: SimRequest,
  rows: Json[],
  window: { start: number; end: number },
  defaultSort: string,
): SimResponse {
  const limit = Math.min(whole(request, 'limit', 100, 1), MAX_LIMIT);
  const sort = request.query.get('sort') ?? defaultSort;
  const field = sort.replace(/^-/, '');
  const direction = sort.startsWith('-') ? -1 : 1;
  const sorted = [...rows].sort((a, b) => direction * compare(a[field], b[field]));
  const cursor = request.query.get('search_after');
  const offset = cursor === null ? 0 : offsetOf(cursor);
  const more = offset + limit < sorted.length;
  const query = new URLSearchParams(request.query);
  query.delete('duration');
  query.set('start', String(window.start));
  query.set('end', String(window.end));
  query.set('limit', String(limit));
  query.set('search_after', Buffer.from(JSON.stringify([offset + limit])).toString('base64url'));
  return json({
    start: Math.floor(window.start),
    end: Math.ceil(window.end),
    limit,
    total: sorted.length,
    results: sorted.slice(offset, offset + limit),
    ...(more && { next: `${request.path}?${query.toString()}` }),
  });
}

function offsetOf(cursor: string): number {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && typeof parsed[0] === 'number') return parsed[0];
  } catch {
    // Falls through to the refusal below.
  }
  throw badRequest(`search_after: invalid value "${cursor}"`);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}
