import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from 'zod';
import type { CommandHint } from './page-types.ts';

const BROWSER = new URL('./browser/', import.meta.url).pathname;
const MANIFEST = new URL('../../manifest.json', import.meta.url).pathname;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** The page's own files by their path; read once, so that no request names a file of the disk. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of readdirSync(BROWSER)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const file = { type, content: readFileSync(join(BROWSER, name)) };
    files.set(`/${name}`, file);
    if (name === 'index.html') files.set('/', file);
    if (name === 'gallery.html') files.set('/gallery', file);
  }
  return files;
}

const Manifest = z.object({
  features: z.object({
    slash_commands: z.array(
      z.object({ command: z.string(), description: z.string(), usage_hint: z.string().default('') }),
    ),
  }),
});

/** What Slack suggests while a command is typed: the manifest's description and usage hint, one line per `|`. */
export function readCommandHints(): CommandHint[] {
  const manifest = Manifest.parse(JSON.parse(readFileSync(MANIFEST, 'utf8')));
  return manifest.features.slash_commands.map(({ command, description, usage_hint: hint }) => ({
    command,
    description,
    usages: hint
      .split('|')
      .map((usage) => usage.trim())
      .filter((usage) => usage !== ''),
  }));
}
