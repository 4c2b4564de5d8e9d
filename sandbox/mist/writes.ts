import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { splitRemovals, validate } from './bodies.ts';
import { clone, type Json } from './json.ts';
import { badRequest } from './responses.ts';
import { nowSeconds, type AuditEntry, type MistStore } from './store.ts';

/** What the cloud keeps to itself, whatever a body says. */
const READ_ONLY = new Set([
  'id',
  'org_id',
  'site_id',
  'mac',
  'model',
  'serial',
  'created_time',
  'modified_time',
  'deviceprofile_id',
  'for_site',
]);

/** Applies a PUT to a stored object: root keys that are sent are replaced whole, `"-key"` removes one, others stay. */
export function applyPut(target: Json, body: Json, schema: z.ZodObject, required: string[] = []): void {
  const { set, remove } = splitRemovals(body);
  const strict = schema.def.catchall?._zod.def.type === 'never';
  const unknown = remove.find((key) => strict && !(key in schema.shape));
  if (unknown !== undefined) throw badRequest(`-${unknown}: Unrecognized key (got ${JSON.stringify(body)})`);
  for (const key of required) {
    if (!(key in set)) throw badRequest(`${key}: This field is required (got ${JSON.stringify(set)})`);
  }
  validate(schema.partial(), set);
  for (const [key, value] of Object.entries(set)) {
    if (!READ_ONLY.has(key)) target[key] = clone(value);
  }
  for (const key of remove) {
    if (!READ_ONLY.has(key)) delete target[key];
  }
  target['modified_time'] = nowSeconds();
}

export interface Author {
  who: string;
  method: string;
  path: string;
}

/** Adds a line to the audit log with both images, secrets included, as Mist does; returns its id. */
export function recordWrite(
  store: MistStore,
  author: Author,
  message: string,
  images: { before: Json; after: Json },
  siteId?: string,
): AuditEntry {
  const before: Json = {};
  const after: Json = {};
  for (const key of new Set([...Object.keys(images.before), ...Object.keys(images.after)])) {
    if (key === 'modified_time' || isDeepStrictEqual(images.before[key], images.after[key])) continue;
    if (key in images.before) before[key] = clone(images.before[key]);
    if (key in images.after) after[key] = clone(images.after[key]);
  }
  const entry: AuditEntry = {
    id: randomUUID(),
    timestamp: nowSeconds(),
    ...author,
    message,
    ...(siteId !== undefined && { siteId }),
    before,
    after,
  };
  store.audit.push(entry);
  return entry;
}
