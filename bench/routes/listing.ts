const HEADER = [
  'BGP table version is 354, local router ID is 10.224.8.16, vrf id 0',
  'Default local pref 100, local AS 65000',
  'Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,',
  '               i internal, r RIB-failure, S Stale, R Removed',
  'Origin codes:  i - IGP, e - EGP, ? - incomplete',
  '',
  '    Network          Next Hop            Metric LocPrf Weight Path',
];
const NETWORK_COLUMN = 17;
const FIRST_ADDRESS = 0x01000000;
/** Every so many prefixes there is a further path below, or a next hop on a line of its own. */
const SECOND_PATH_EVERY = 10;
const WRAPPED_EVERY = 25;

/** The neighbor that every prefix of {@link listing} is learned from. */
export const NEIGHBOR = '10.99.99.2';

/**
 * Lines of an SSR's route listing in FRR's style, each with its newline: /24s in ascending order, most on one line, some with
 * a further path of another neighbor, some too long for their column. Exactly `lines` of them with header and footer.
 */
export function* listing(lines: number): Generator<string> {
  let left = lines - HEADER.length - 2;
  for (const line of HEADER) yield `${line}\n`;
  let prefixes = 0;
  while (left > 0) {
    const text = prefixText(prefixes);
    prefixes += 1;
    if (left > 1 && prefixes % WRAPPED_EVERY === 0) {
      yield ` *> ${text}\n`;
      yield `${' '.repeat(4 + NETWORK_COLUMN)}${path(NEIGHBOR)}`;
      left -= 2;
      continue;
    }
    yield ` *> ${text.padEnd(NETWORK_COLUMN)}${path(NEIGHBOR)}`;
    left -= 1;
    if (left > 0 && prefixes % SECOND_PATH_EVERY === 0) {
      yield ` *= ${' '.repeat(NETWORK_COLUMN)}${path('10.99.100.2')}`;
      left -= 1;
    }
  }
  yield '\n';
  yield `Total number of prefixes ${prefixes}\n`;
}

/** Joins lines and cuts the text anew, anywhere: pieces of 1 to 16,384 characters, short ones as likely as long ones. */
export function* cut(lines: Iterable<string>, random: () => number): Generator<string> {
  let held: string[] = [];
  let size = 0;
  for (const line of lines) {
    held.push(line);
    size += line.length;
    if (size < 65_536) continue;
    const text = held.join('');
    let at = 0;
    for (let next = pieceSize(random); at + next <= text.length; next = pieceSize(random)) {
      yield flat(text.slice(at, at + next));
      at += next;
    }
    held = [text.slice(at)];
    size = text.length - at;
  }
  yield flat(held.join(''));
}

function pieceSize(random: () => number): number {
  return Math.ceil(2 ** (random() * 14));
}

/** A text of its own, as one that came over a socket, not a window into a larger one. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function prefixText(index: number): string {
  const address = FIRST_ADDRESS + index * 256;
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.0/24`;
}

function path(nextHop: string): string {
  return `${nextHop.padEnd(16)}${'0'.padStart(10)}${' '.repeat(7)}${'0'.padStart(7)} 65476 i\n`;
}
