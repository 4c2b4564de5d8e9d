import { z } from 'zod';
import type { RawConfig } from './types.ts';

/*
 * What Mist sends, read permissively: unknown members are ignored, a member of an unexpected type counts as absent, and only
 * what behaviour depends on is required. Source: Mist OpenAPI 2511 and the changes up to 2607.
 */

/** Absent, null and unexpected types all become undefined. */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

export const text = maybe(z.string().min(1));
export const number = maybe(z.number());
export const flag = maybe(z.boolean());
export const texts = z
  .array(z.unknown())
  .catch([])
  .transform((items) => items.filter((item) => typeof item === 'string'));
/** AS numbers come as numbers or as digits. */
export const asNumber = maybe(
  z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,10}$/)
      .transform(Number),
  ]),
);
export const raw: z.ZodType<RawConfig> = z.record(z.string(), z.unknown());
export const keysOf = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((value) => Object.keys(value));
export const entries = z.record(z.string(), z.unknown()).catch({});

/** The rows of a list that the schema accepts; odd ones are left out rather than failing all others. */
export function rowsOf<T>(schema: z.ZodType<T>, rows: readonly unknown[]): T[] {
  return rows.flatMap((row) => {
    const read = schema.safeParse(row);
    return read.success ? [read.data] : [];
  });
}
