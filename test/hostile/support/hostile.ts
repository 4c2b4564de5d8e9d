import fc from 'fast-check';

/** Cases of each kind; `npm run test:hostile` asks for thousands, everyday tests for a share. */
export const RUNS = Number(process.env['HOSTILE_RUNS'] ?? 60);
const AT_ONCE = Math.max(60, Math.ceil(RUNS / 6));

/** Text that somebody would type who looks for a hole, and text that nobody would. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<!here|x>',
        '<@U0EVIL00001>',
        '<https://evil.test|x>',
        '`*_~',
        '../',
        '%2e%2e%2f',
        "' or 1=1 --",
        '"; drop table requests;',
        '${7*7}',
        '{{7*7}}',
        '\u0000',
        '\u202e',
        '\ud800',
        '__proto__',
        'constructor',
        '10.0.0.0/33',
        '999.1.1.1',
        '\r\nX-Evil: 1',
        '“',
        "'",
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ maxLength: 10 }).map((text) => text.repeat(400)),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  hostileText,
  fc.constantFrom(null, '', 0, -1, 1e308, [], {}, true, [[]], { type: 'x' }),
);

type Json = Record<string, unknown>;

/** The same structure with a few members replaced by something else, or missing. */
export function mutated<T>(base: T, most = 3): fc.Arbitrary<T> {
  const change = fc.tuple(fc.nat(10_000), fc.option(anyJson, { nil: undefined }));
  return fc.array(change, { minLength: 1, maxLength: most }).map((changes) => {
    const copy = structuredClone(base);
    for (const [at, value] of changes) {
      const places = placesOf(copy);
      const place = places[at % Math.max(1, places.length)];
      if (!place) continue;
      if (value === undefined) Reflect.deleteProperty(place.owner, place.key);
      else place.owner[place.key] = structuredClone(value);
    }
    return copy;
  });
}

function placesOf(value: unknown): { readonly owner: Json; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ owner: value as Json, key }, ...placesOf(inner)]);
}

/** Tries so many cases, many at once; fails with the first case that does not hold. The number of cases. */
export async function tryAll<T>(
  cases: fc.Arbitrary<T>,
  check: (one: T, index: number) => Promise<void>,
  runs = RUNS,
): Promise<number> {
  const all = fc.sample(cases, runs);
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const batch = all.slice(from, from + AT_ONCE);
    await Promise.all(
      batch.map(async (one, index) => {
        try {
          await check(one, from + index);
        } catch (error) {
          throw new Error(`does not hold for ${JSON.stringify(one)?.slice(0, 2000)}`, { cause: error });
        }
      }),
    );
  }
  process.stdout.write(`hostile cases tried: ${all.length}\n`);
  return all.length;
}
