import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Json } from '../../../db/types.ts';

const Packed = z.object({ gzip: z.string() });

/** Prefixes as they are kept: a full table of half a million takes a megabyte. */
export function packPrefixes(prefixes: readonly string[]): Json {
  return { gzip: gzipSync(prefixes.join('\n')).toString('base64') };
}

/** What {@link packPrefixes} kept; undefined for what something else wrote. */
export function unpackPrefixes(data: unknown): readonly string[] | undefined {
  const read = Packed.safeParse(data);
  if (!read.success) return undefined;
  try {
    const text = gunzipSync(Buffer.from(read.data.gzip, 'base64')).toString('utf8');
    return text === '' ? [] : text.split('\n');
  } catch {
    return undefined;
  }
}
