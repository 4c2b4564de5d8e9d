import { PrefixTable } from './prefix-table.ts';
import { findNewline, hopWords, readRow, ROW_SLACK } from './route-row.ts';

/** What a router's route listing said. */
export interface ParsedRoutes {
  /** How many distinct prefixes there are. */
  readonly count: number;
  /** The router refused the command (a line that begins with `%`): the listing says nothing. */
  readonly refused: boolean;
  /** Distinct IPv4 prefixes in CIDR form, in order of arrival; written out when first asked for. */
  readonly prefixes: readonly string[];
}

/** Reads a listing that comes in pieces, cut anywhere. */
export interface RoutesParser {
  /** Text, or its bytes in UTF-8. */
  push(chunk: string | Uint8Array): void;
  /** Distinct prefixes so far; an unfinished last line does not count. */
  readonly count: number;
  /** Reads what is left as the last line. Nothing may be pushed afterwards. */
  end(): ParsedRoutes;
}

/** What a line has beyond this is not read, so that little of an unfinished one has to be kept. */
const LINE_BYTES = 4096;
/** Prefixes begin within the first columns; an address further right on a line of its own is another next hop. */
const LAST_PREFIX_COLUMN = 8;

const NEWLINE = 10;
const PERCENT = 37;
const AMPERSAND = 38;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const BRACKET = 91;

const BLANK = 1;
const STATUS = 2;
/** History, damped, removed: not a route now. */
const GONE = 3;
/** Status codes of FRR's BGP and RIB listings by byte. */
const CODES = new Uint8Array(256);
for (const code of ' \t\r') CODES[code.charCodeAt(0)] = BLANK;
for (const code of 's*>=irSVINB<') CODES[code.charCodeAt(0)] = STATUS;
for (const code of 'hdR') CODES[code.charCodeAt(0)] = GONE;

const GREATER = Buffer.from('gt;');
const VIA = Buffer.from('via ');

/**
 * A streaming reader of the listings that an SSR prints in FRR's style (`*> 13.107.6.152/31 10.99.99.2 …`, also `B>* … via …`):
 * prefixes that are too long for their column and whose next hop stands on the next line, further paths without a prefix, and
 * classful prefixes that FRR prints without a mask. With `neighbor` only prefixes count that have it as a next hop. Headers,
 * footers, IPv6 and anything else are skipped; it never throws. It reads bytes and makes no string for each line, because a
 * full table has half a million of them.
 */
export function createRoutesParser(neighbor?: string): RoutesParser {
  const table = new PrefixTable();
  const all = neighbor === undefined;
  /** The beginning of a line whose end has not come yet. */
  const rest = Buffer.allocUnsafe(LINE_BYTES);
  let restLength = 0;
  let scratch = Buffer.allocUnsafe(16_384);
  let view = viewOf(scratch);
  const row = { address: 0, end: 0 };
  let held = '';
  let refused = false;
  /** Result of readAddress. */
  let address = 0;
  // The prefix of the latest line that had one, for further paths; `awaiting` where its next hop is still to come.
  let prefix = 0;
  let length = -1;
  let awaiting = false;
  const wanted = neighbor === undefined ? undefined : readNeighbor(neighbor);
  const hop = neighbor === undefined ? undefined : hopWords(neighbor);
  const quick = all || wanted !== undefined;

  function readAddress(bytes: Uint8Array, from: number, end: number): number {
    let value = 0;
    let at = from;
    for (let octets = 0; octets < 4; octets += 1) {
      if (octets > 0 && (at >= end || bytes[at++] !== DOT)) return -1;
      let octet = 0;
      const first = at;
      for (; at < end; at += 1) {
        const digit = (bytes[at] ?? 0) - ZERO;
        if (digit < 0 || digit > 9) break;
        octet = octet * 10 + digit;
        if (octet > 255) return -1;
      }
      if (at === first) return -1;
      value = (value << 8) | octet;
    }
    address = value;
    return at;
  }

  function forget(): void {
    length = -1;
    awaiting = false;
  }

  /** Reads the line that begins at `start`; it ends at `end` or at the first newline before it. */
  function readLine(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    let marked = false;
    let gone = false;
    let char = NEWLINE;
    for (; at < end; at += 1) {
      char = bytes[at] ?? NEWLINE;
      const code = CODES[char];
      if (code === BLANK) continue;
      if (code === STATUS) marked = true;
      else if (code === GONE) marked = gone = true;
      else if (char === AMPERSAND && startsWith(bytes, at + 1, GREATER)) at += GREATER.length;
      else break;
    }
    if (at >= end || char === NEWLINE) {
      if (marked) forget();
      return;
    }
    if (char < ZERO || char > ZERO + 9) {
      if (char === PERCENT && !marked) refused = true;
      // A further path of the RIB's listing: `  *    via 10.99.100.2, …`.
      if (marked && !gone && length >= 0 && startsWith(bytes, at, VIA))
        readNextHop(bytes, at + VIA.length, end);
      else forget();
      return;
    }
    const after = readAddress(bytes, at, end);
    if (after === -1) return forget();
    if (after < end && bytes[after] === SLASH) return readPrefix(bytes, after + 1, end, gone);
    if (awaiting && !marked) return take();
    if (at - start > LAST_PREFIX_COLUMN) {
      if (!gone) take();
      return;
    }
    const classful = marked && isBoundary(bytes, after, end) ? classLength(address) : -1;
    if (classful === -1) return forget();
    startPrefix(bytes, after, end, classful, gone);
  }

  function readPrefix(bytes: Uint8Array, from: number, end: number, gone: boolean): void {
    let at = from;
    let bits = 0;
    for (; at < end && at < from + 3; at += 1) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      bits = bits * 10 + digit;
    }
    if (at === from || bits > 32 || !isBoundary(bytes, at, end)) return forget();
    startPrefix(bytes, at, end, bits, gone);
  }

  function startPrefix(bytes: Uint8Array, from: number, end: number, bits: number, gone: boolean): void {
    prefix = bits === 0 ? 0 : address & (-1 << (32 - bits));
    length = bits;
    awaiting = false;
    // Further paths of a prefix may still be routes where this one is gone.
    if (gone) return;
    if (all) table.add(prefix, length);
    let at = from;
    while (at < end && CODES[bytes[at] ?? 0] === BLANK) at += 1;
    if (at >= end || bytes[at] === NEWLINE) {
      awaiting = true;
      return;
    }
    if (bytes[at] === BRACKET) {
      while (at < end && bytes[at] !== NEWLINE && !startsWith(bytes, at, VIA)) at += 1;
      at += VIA.length;
    }
    readNextHop(bytes, at, end);
  }

  function readNextHop(bytes: Uint8Array, from: number, end: number): void {
    if (readAddress(bytes, from, end) !== -1) take();
  }

  /** The address just read is a next hop of the prefix in hand. */
  function take(): void {
    awaiting = false;
    if (length >= 0 && (all || address === wanted)) table.add(prefix, length);
  }

  function keep(from: number, to: number): void {
    const end = Math.min(to, from + LINE_BYTES - restLength);
    rest.set(scratch.subarray(from, end), restLength);
    restLength += end - from;
  }

  /** Reads the first bytes of the scratch buffer. */
  function readScratch(size: number): void {
    let from = 0;
    const last = size === 0 ? -1 : scratch.lastIndexOf(NEWLINE, size - 1);
    if (last === -1) return keep(0, size);
    if (restLength > 0) {
      from = scratch.indexOf(NEWLINE) + 1;
      keep(0, from - 1);
      readLine(rest, 0, restLength);
      restLength = 0;
    }
    while (from <= last) {
      const bits = quick ? readRow(scratch, view, from, hop, row) : -1;
      if (bits !== -1 && row.end - from < LINE_BYTES) {
        prefix = row.address;
        length = bits;
        awaiting = false;
        table.add(prefix, bits);
        from = findNewline(view, row.end) + 1;
      } else {
        const end = findNewline(view, from);
        readLine(scratch, from, Math.min(end, from + LINE_BYTES));
        from = end + 1;
      }
    }
    keep(from, size);
  }

  function reserve(size: number): void {
    if (scratch.length >= size + ROW_SLACK) return;
    scratch = Buffer.allocUnsafe(size + ROW_SLACK);
    view = viewOf(scratch);
  }

  function pushBytes(chunk: Uint8Array): void {
    reserve(chunk.length);
    scratch.set(chunk);
    readScratch(chunk.length);
  }

  function pushText(chunk: string): void {
    let text = held === '' ? chunk : held + chunk;
    held = '';
    // Half a character is kept for its other half.
    if (/[\ud800-\udbff]$/.test(text)) {
      held = text.slice(-1);
      text = text.slice(0, -1);
    }
    reserve(text.length * 3);
    readScratch(scratch.write(text, 'utf8'));
  }

  function readNeighbor(text: string): number | undefined {
    const bytes = Buffer.from(text);
    return readAddress(bytes, 0, bytes.length) === bytes.length ? address : undefined;
  }

  return {
    push: (chunk) => (typeof chunk === 'string' ? pushText(chunk) : pushBytes(chunk)),
    get count() {
      return table.size;
    },
    end() {
      if (restLength > 0) readLine(rest, 0, restLength);
      restLength = 0;
      let list: readonly string[] | undefined;
      return {
        count: table.size,
        refused,
        get prefixes() {
          list ??= table.toList();
          return list;
        },
      };
    },
  };
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

function startsWith(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[at + index] !== text[index]) return false;
  return true;
}

/** Whether a word ends here. */
function isBoundary(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || bytes[at] === NEWLINE || CODES[bytes[at] ?? 0] === BLANK;
}

/** Length of a prefix that FRR prints without a mask: by its class, where no bit beyond it is set; -1 for anything else. */
function classLength(address: number): number {
  if (address === 0) return 0;
  const first = address >>> 24;
  const bits = first < 128 ? 8 : first < 192 ? 16 : first < 224 ? 24 : -1;
  return bits !== -1 && address << bits === 0 ? bits : -1;
}
