/**
 * IPv4 prefixes as numbers, for questions about hundreds of thousands of them. Texts that are no prefix in CIDR form are left out, and
 * are covered by nothing.
 */
export class PrefixSet {
  readonly #keys = new Set<number>();
  readonly #lengths: number[] = [];

  constructor(prefixes: Iterable<string>) {
    const lengths = new Set<number>();
    for (const text of prefixes) {
      const read = parse(text);
      if (read === undefined) continue;
      this.#keys.add(keyOf(read.address, read.length));
      lengths.add(read.length);
    }
    this.#lengths.push(...[...lengths].toSorted((a, b) => a - b));
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Whether one of them is this prefix or takes it in. */
  covers(prefix: string): boolean {
    const read = parse(prefix);
    if (read === undefined) return false;
    for (const length of this.#lengths) {
      if (length > read.length) return false;
      if (this.#keys.has(keyOf(masked(read.address, length), length))) return true;
    }
    return false;
  }
}

/** A prefix's length; -1 for what is none. */
export function lengthOf(prefix: string): number {
  return parse(prefix)?.length ?? -1;
}

function parse(text: string): { readonly address: number; readonly length: number } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a, b, c, d, length] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (a > 255 || b > 255 || c > 255 || d > 255 || length > 32) return undefined;
  return { address: masked(((a << 24) | (b << 16) | (c << 8) | d) >>> 0, length), length };
}

function masked(address: number, length: number): number {
  return length === 0 ? 0 : (address & (-1 << (32 - length))) >>> 0;
}

/** Distinct for each pair, and exact as a double. */
function keyOf(address: number, length: number): number {
  return address * 64 + length;
}
