const DOT = 46;
const SLASH = 47;
const SPACE = 32;
const ZERO = 48;
const RPKI_VALID = 86;
const RPKI_INVALID = 73;
const RPKI_NOT_FOUND = 78;

// The three columns of status codes as little-endian numbers.
const BEST = 0x203e2a; // `*> `
const VALID = 0x20202a; // `*  `
const MULTIPATH = 0x203d2a; // `*= `
const INTERNAL = 0x693e2a; // `*>i`

/** How many bytes behind a row must exist, whatever they are: words are read beyond its end. */
export const ROW_SLACK = 16;

/** A next hop as the words that stand for its text. */
export interface HopWords {
  readonly words: Int32Array;
  readonly tail: number;
  readonly tailMask: number;
  readonly length: number;
}

export function hopWords(text: string): HopWords {
  const bytes = Buffer.from(text);
  const whole = bytes.length >> 2;
  const left = bytes.length & 3;
  const words = Int32Array.from({ length: whole }, (_, index) => bytes.readInt32LE(index * 4));
  const tail = left === 0 ? 0 : bytes.readUIntLE(whole * 4, left);
  return { words, tail, tailMask: left === 0 ? 0 : 2 ** (left * 8) - 1, length: bytes.length };
}

/** Where a row's prefix is put, and how far it was read. */
export interface RowTarget {
  address: number;
  end: number;
}

/**
 * Reads the commonest row, `*> 13.107.6.152/31 10.99.99.2 …` with a newline behind it, and returns the prefix length; -1 for
 * any other, which says nothing about it: the general reader has to look. With `hop` only a row of that next hop is read,
 * without one any row that has a next hop. Digits are taken four at a time without branches on how many there are, since
 * guessing those wrong is what a byte-wise reader of a full table spends its time on.
 */
export function readRow(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  hop: HopWords | undefined,
  target: RowTarget,
): number {
  // Newer FRR has a column for RPKI's verdict in front.
  const first = bytes[start];
  const shift =
    first === SPACE || first === RPKI_VALID || first === RPKI_INVALID || first === RPKI_NOT_FOUND ? 1 : 0;
  const mark = view.getInt32(start + shift, true) & 0xffffff;
  if (mark !== BEST && mark !== VALID && mark !== MULTIPATH && mark !== INTERNAL) return -1;
  let at = start + shift + 3;
  const a = readNumber(view, at);
  at += a >> 16;
  if (bytes[at++] !== DOT) return -1;
  const b = readNumber(view, at);
  at += b >> 16;
  if (bytes[at++] !== DOT) return -1;
  const c = readNumber(view, at);
  at += c >> 16;
  if (bytes[at++] !== DOT) return -1;
  const d = readNumber(view, at);
  at += d >> 16;
  if (bytes[at++] !== SLASH) return -1;
  const bits = readNumber(view, at);
  at += bits >> 16;
  const length = bits & 0xffff;
  if (!isOctet(a) || !isOctet(b) || !isOctet(c) || !isOctet(d) || bits < 0x10000 || length > 32) return -1;
  if (bytes[at] !== SPACE) return -1;
  while (view.getInt32(at, true) === 0x20202020) at += 4;
  while (bytes[at] === SPACE) at += 1;
  if (hop !== undefined) {
    for (let index = 0; index < hop.words.length; index += 1, at += 4) {
      if (view.getInt32(at, true) !== hop.words[index]) return -1;
    }
    if ((view.getInt32(at, true) & hop.tailMask) !== hop.tail) return -1;
    at += hop.length & 3;
    if (isDigit(bytes[at])) return -1;
  } else if (!isDigit(bytes[at])) return -1;
  const address = ((a & 255) << 24) | ((b & 255) << 16) | ((c & 255) << 8) | (d & 255);
  target.end = at;
  target.address = length === 0 ? 0 : address & (-1 << (32 - length));
  return length;
}

/** The first newline from here on; there must be one. */
export function findNewline(view: DataView, from: number): number {
  for (let at = from; ; at += 4) {
    const word = view.getInt32(at, true) ^ 0x0a0a0a0a;
    const zero = (word - 0x01010101) & ~word & 0x80808080;
    if (zero !== 0) return at + ((31 - Math.clz32(zero & -zero)) >> 3);
  }
}

/** Up to three digits: their count in the upper half, their value in the lower; negative where there are more. */
function readNumber(view: DataView, at: number): number {
  const word = view.getInt32(at, true) ^ 0x30303030;
  const others = ((word + 0x06060606) | word) & 0xf0f0f0f0;
  const count = (31 - Math.clz32(others & -others)) >> 3;
  const digits = word << ((3 - count) * 8);
  const value = (digits & 255) * 100 + ((digits >>> 8) & 255) * 10 + ((digits >>> 16) & 255);
  return (count << 16) | value;
}

function isOctet(number: number): boolean {
  return number >= 0x10000 && (number & 0xffff) <= 255;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
