/** Those that are called so, else those whose name begins so; case ignored. How people name a site in a command. */
export function byName<T>(all: readonly T[], nameOf: (one: T) => string, typed: string): readonly T[] {
  const wanted = typed.trim().toLowerCase();
  const named = all.filter((one) => nameOf(one).toLowerCase() === wanted);
  return named.length > 0 ? named : all.filter((one) => nameOf(one).toLowerCase().startsWith(wanted));
}
