import { Secret } from './secret.ts';

/** Keys whose values are never written, wherever they stand. Compared without case, `_` and `-`. */
const SECRET_KEYS = new Set([
  'psk',
  'presharedkey',
  'zoneredundancypresharedkey',
  'token',
  'accesstoken',
  'apptoken',
  'bottoken',
  'apitoken',
  'secret',
  'clientsecret',
  'signingsecret',
  'webhooksecret',
  'password',
  'passphrase',
  'authorization',
  'cookie',
  'privatekey',
  'authkey',
  'apikey',
  'sharedsecret',
  'secretkey',
  'vars',
  'responseurl',
  'triggerid',
]);

const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_TEXT = 2000;

/** Tokens that are recognised inside any text: Slack's, bearer headers, and passwords in URLs. */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+/g, '[token]'],
  [/\b(Bearer|Token)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [token]'],
  [/(:\/\/[^\s:@/]*:)[^\s@/]+@/g, '$1[secret]@'],
  // A body that an error quotes, also one that is quoted once more.
  [/(\\*"\w*(?:psk|presharedkey|secret|password|auth_?key|token)\w*\\*"\s*:\s*\\*")[^"\\]+/gi, '$1[secret]'],
];

/** What this process was started with; found by its value, wherever it stands. */
const known = new Set<string>();
const SHORTEST = 8;

/** From now on this value is taken out of every text that is logged, also of one that nobody expected it in. */
export function keepOut(secret: Secret): void {
  const value = secret.reveal();
  if (value.length >= SHORTEST) known.add(value);
}

/** A text without tokens that can be recognised as such, shortened where it is very long. */
export function scrub(text: string): string {
  let clean = text;
  for (const value of known) clean = clean.replaceAll(value, '[secret]');
  for (const [pattern, replacement] of TOKENS) clean = clean.replace(pattern, replacement);
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}… (${clean.length} characters)` : clean;
}

/**
 * A copy that is safe to log at any depth: {@link Secret} values and values under secret keys are masked, errors are
 * reduced to what tells where and why (never a vendor's body), cycles and huge structures are cut.
 */
export function redact(value: unknown, depth = 0, seen: ReadonlySet<object> = new Set()): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return '[secret]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]';
  if (seen.has(value)) return '[cycle]';
  if (depth >= MAX_DEPTH) return '[deep]';
  const path = new Set(seen).add(value);
  if (value instanceof Error) return redactError(value, depth, path);
  if (value instanceof Map) return redact([...value.entries()], depth, path);
  if (value instanceof Set) return redact([...value], depth, path);
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1, path));
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items;
  }
  return redactEntries(Object.entries(value), depth, path);
}

function redactEntries(entries: [string, unknown][], depth: number, path: ReadonlySet<object>) {
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of entries.slice(0, MAX_ITEMS)) {
    const secret = entry !== undefined && entry !== null && isSecretKey(key);
    copy[key] = secret ? '[secret]' : redact(entry, depth + 1, path);
  }
  return copy;
}

function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase().replace(/[_-]/g, ''));
}

const ERROR_FIELDS = ['code', 'kind', 'system', 'status', 'statusCode', 'requestId', 'retryable', 'hint'];

function redactError(error: Error, depth: number, path: ReadonlySet<object>): unknown {
  const known = ERROR_FIELDS.filter((key) => key in error).map((key): [string, unknown] => [
    key,
    (error as unknown as Record<string, unknown>)[key],
  ]);
  return {
    type: error.name,
    message: scrub(error.message),
    ...redactEntries(known, depth, path),
    ...(error.stack && { stack: scrub(error.stack) }),
    ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1, path) }),
  };
}
