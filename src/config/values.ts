import { isLoopbackHost } from '../base/loopback.ts';
import { readFileSync } from 'node:fs';
import { parseCidr } from '../design/addressing.ts';

/** What one variable's text meant, or what is expected in its place. The problem never repeats the text: it may be a secret. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };

export type Parser<T> = (text: string) => Parsed<T>;

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function bad<T>(expected: string): Parsed<T> {
  return { ok: false, expected };
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `250ms`, `15s`, `30m`, `24h`; plain `0` where `allowZero`. Milliseconds. */
export function duration({ allowZero = false } = {}): Parser<number> {
  return (text) => {
    const expected = `a duration such as 250ms, 15s, 30m or 24h${allowZero ? ', or 0' : ''}`;
    if (text === '0') return allowZero ? good(0) : bad(expected);
    const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
    if (!match) return bad(expected);
    const value = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
    return value > 0 || allowZero ? good(value) : bad(expected);
  };
}

export function wholeNumber(min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? good(value) : bad(`a whole number from ${min} to ${max}`);
  };
}

/** Any text without blanks; `expected` says what it should be. */
export function word(expected: string, pattern = /^\S+$/): Parser<string> {
  return (text) => (pattern.test(text) ? good(text) : bad(expected));
}

/** One of these words, in this spelling; `what` says whose members they are. */
export function memberOf<T extends string>(what: string, members: readonly T[]): Parser<T> {
  return (text) => {
    const found = members.find((member) => member === text);
    return found === undefined ? bad(`a member of ${what}: ${members.join(', ')}`) : good(found);
  };
}

export interface UrlRule {
  readonly secure: 'https:' | 'wss:';
  /** Accepted for a loopback host only. */
  readonly plain?: 'http:' | 'ws:';
  readonly originOnly?: boolean;
  readonly expected: string;
}

/** A URL without credentials, query and fragment; without a path, too, where `originOnly`. No slash at the end. */
export function url(rule: UrlRule): Parser<string> {
  return (text) => {
    const parsed = URL.parse(text);
    if (!parsed || parsed.username || parsed.password || parsed.search || parsed.hash)
      return bad(rule.expected);
    const loopback = isLoopbackHost(parsed.hostname);
    const known = parsed.protocol === rule.secure || (loopback && parsed.protocol === rule.plain);
    if (!known || (rule.originOnly && parsed.pathname !== '/')) return bad(rule.expected);
    return good(`${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`);
  };
}

/** 32 bytes in base64, standard alphabet. */
export function secretKey(text: string): Parsed<string> {
  const wellFormed = /^[A-Za-z0-9+/]{43}=?$/.test(text);
  if (wellFormed && Buffer.from(text, 'base64').length === 32) return good(text);
  return bad('32 bytes in base64 (make one with: openssl rand -base64 32)');
}

/** Comma-separated, blanks around the parts ignored, every part good. */
export function list<T>(part: Parser<T>): Parser<readonly T[]> {
  return (text) => {
    const values: T[] = [];
    for (const piece of text.split(',').map((one) => one.trim())) {
      if (piece === '') continue;
      const parsed = part(piece);
      if (!parsed.ok) return parsed;
      values.push(parsed.value);
    }
    return good(values);
  };
}

/** A Slack user ID or user-group ID. Names are refused: they can be taken over. */
export const memberId: Parser<string> = word(
  'Slack user IDs (U…) and user-group IDs (S…), separated by commas',
  /^[UWS][A-Z0-9]{2,}$/,
);

export const cidr: Parser<string> = (text) => {
  const parsed = parseCidr(text);
  if (parsed.ok && parsed.prefixLength <= 29) return good(parsed.cidr);
  return bad('IPv4 networks such as 10.99.0.0/16 (no host bits, /29 or larger), separated by commas');
};

export function timeZone(text: string): Parsed<string> {
  try {
    return good(new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone);
  } catch {
    return bad('an IANA time zone such as Europe/Zurich');
  }
}

/** A file that this process can read. */
export function readableFile(path: string): Parsed<string> {
  return fileText(path).ok ? good(path) : bad('the path of a file that this process can read');
}

/** The text of a file, blanks at both ends removed. */
export function fileText(path: string): Parsed<string> {
  try {
    return good(readFileSync(path, 'utf8').trim());
  } catch {
    return bad('the path of a file that this process can read');
  }
}

export function databaseUrl(text: string): Parsed<string> {
  if (/^sqlite:\S/.test(text) || /^postgres(ql)?:\/\/\S+$/.test(text)) return good(text);
  return bad('sqlite:<path> or postgres://…');
}
