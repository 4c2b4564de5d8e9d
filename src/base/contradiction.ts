/**
 * Whether a 404 comes from something in between instead of the API: both vendors say in JSON what they do not know, a proxy has a page. Of such an
 * answer nobody can conclude that the object is absent. An empty one is taken for the API's.
 */
export function isPageInstead(body: string): boolean {
  const text = body.trim();
  if (text === '') return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** Each object once: a list whose pages moved while they were read may show one twice. Objects without an ID all stay. */
export function distinctById<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  const seen = new Set<string>();
  return rows.filter(({ id }) => {
    if (id !== '' && seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
