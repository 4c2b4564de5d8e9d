/** Where `actual` does not contain `expected`: objects by key, lists as "has such an element", `null` as "absent". Empty = it does. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  const here = path === '' ? 'it' : path;
  if (expected === null)
    return actual === undefined || actual === null
      ? []
      : [`${here} is ${JSON.stringify(actual)}, expected nothing`];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${here} is no list`];
    if (expected.length === 0 && actual.length > 0)
      return [`${here} has ${actual.length} element(s), expected none`];
    return expected.flatMap((wanted, i) =>
      actual.some((item) => differences(wanted, item).length === 0)
        ? []
        : [`${here} lacks ${JSON.stringify(wanted)} (entry ${i + 1}); it is ${JSON.stringify(actual)}`],
    );
  }
  if (typeof expected === 'object' && typeof expected === typeof actual && actual !== null) {
    return Object.entries(expected as object).flatMap(([key, wanted]) =>
      differences(wanted, (actual as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return expected === actual
    ? []
    : [`${here} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
}
