/**
 * What an operation makes, from the sentence that says how: `Create device link Lyon-wan0` → `device link Lyon-wan0`. For lists of what stands; a
 * sentence that begins otherwise stays as it is.
 */
export function thingOf(what: string): string {
  const [, thing] = /^(?:Create|Write|Cutover: add) (.+)$/s.exec(what) ?? [];
  if (thing !== undefined) return thing.replace(/ to (\S+)$/, ' on $1');
  const [, found] = /^Use existing (.+), as (?:it matches|they match)$/s.exec(what) ?? [];
  return found === undefined ? what : `${found} (used as found)`;
}
