import type { z } from 'zod';
import { isJson, type Json } from './json.ts';
import { badRequest } from './responses.ts';

/** The body of a write as a JSON object. */
export function parseBody(body: Buffer): Json {
  const raw = body.toString('utf8');
  if (raw.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch (error) {
    throw badRequest(`JSON parse error - ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJson(parsed))
    throw badRequest(`Invalid data. Expected a dictionary, but got ${JSON.stringify(parsed)}`);
  return parsed;
}

/** 400 where the body does not fit. It echoes the offending value, as the real service may: a reader must not log it. */
export function validate(schema: z.ZodType, body: Json): void {
  const result = schema.safeParse(body);
  if (result.success) return;
  const details = result.error.issues.map((issue) => {
    const path = issue.path.map(String);
    return `${path.join('.') || 'body'}: ${issue.message} (got ${JSON.stringify(valueNear(body, path))})`;
  });
  throw badRequest(details.join('; '));
}

/** The value at the path, or the nearest thing around it where it is missing. */
function valueNear(root: unknown, path: string[]): unknown {
  let value = root;
  for (const key of path) {
    const next = isJson(value) || Array.isArray(value) ? (value as Json)[key] : undefined;
    if (next === undefined) return value;
    value = next;
  }
  return value;
}

/** Splits a PUT body into what is set and what `"-key"` removes. */
export function splitRemovals(body: Json): { set: Json; remove: string[] } {
  const set: Json = {};
  const remove: string[] = [];
  for (const [key, value] of Object.entries(body)) {
    if (key.startsWith('-')) remove.push(key.slice(1));
    else set[key] = value;
  }
  const both = remove.find((key) => key in set);
  if (both !== undefined) throw badRequest(`${both}: both set and removed`);
  return { set, remove };
}
