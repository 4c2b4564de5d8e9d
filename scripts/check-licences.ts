/** Fails when a production dependency has a licence outside the allow-list. Reads what npm installed; nothing is fetched. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = new Set([
  'MIT',
  'ISC',
  // File-level copyleft; used unmodified, as published (docs/adr/0012).
  'MPL-2.0',
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  'Unlicense',
]);

interface LockEntry {
  version?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockEntry> };
const refused: string[] = [];
let seen = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '' || entry.dev === true || entry.devOptional === true) continue;
  seen += 1;
  const licence = entry.license ?? installedLicence(path);
  if (licence === undefined && entry.optional === true) continue;
  if (!isAllowed(licence))
    refused.push(`${path.replace('node_modules/', '')} ${entry.version ?? ''}: ${licence ?? 'none stated'}`);
}
if (refused.length > 0) {
  process.stderr.write(`licences that are not on the allow-list:\n  ${refused.join('\n  ')}\n`);
  process.exit(1);
}
process.stdout.write(`licences: ${seen} production packages, all on the allow-list\n`);

/** `A OR B` needs one, `A AND B` needs both. */
function isAllowed(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const text = expression.replace(/^\((.*)\)$/, '$1');
  if (text.includes(' OR ')) return text.split(' OR ').some(isAllowed);
  return text.split(' AND ').every((part) => ALLOWED.has(part.trim()));
}

function installedLicence(path: string): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { license?: unknown };
    return typeof manifest.license === 'string' ? manifest.license : undefined;
  } catch {
    return undefined;
  }
}
