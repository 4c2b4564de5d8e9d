/** Where Node keeps what its fetch sends through, for other copies of undici to share. Source: undici, "Global Installation". */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** What Node's fetch sends through, a proxy included; undefined before the first call of a process. `D`: undici's interface as the caller needs it. */
export function globalDispatcher<D extends object>(): D | undefined {
  const found: unknown = Reflect.get(globalThis, GLOBAL_DISPATCHER);
  return typeof found === 'object' && found !== null && 'dispatch' in found ? (found as D) : undefined;
}
