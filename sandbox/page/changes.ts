import type { ChangedObject, ChangeLine, LastChange } from './page-types.ts';

/** A change that comes later than this after the one before it begins a new run of changes. */
const QUIET_MS = 15_000;
const MAX_LINES = 200;

/** What stands in one portal, by the object's name. */
export type Portals = Readonly<Record<string, readonly { readonly name: string; readonly json: unknown }[]>>;

/**
 * Watches both portals and tells what the last run of changes did: the difference between what stood there before its first and what stands there
 * now. A person, the bot and a roll-back look the same here; so they do to the vendors.
 */
export class ChangeWatch {
  readonly #now: () => number;
  #seen: { text: string; portals: Portals } | undefined;
  #before: Portals | undefined;
  #changedAt = Number.NEGATIVE_INFINITY;
  #last: LastChange | null = null;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Looks at the portals; the newest run of changes, or null before the first. */
  look(portals: Portals): LastChange | null {
    const text = JSON.stringify(portals);
    const before = this.#seen;
    if (before?.text === text) return this.#last;
    this.#seen = { text, portals };
    if (before === undefined) return null;
    const at = this.#now();
    if (this.#before === undefined || at - this.#changedAt > QUIET_MS) this.#before = before.portals;
    this.#changedAt = at;
    const objects = Object.keys(portals).flatMap((side) =>
      compareSide(side, this.#before?.[side] ?? [], portals[side] ?? []),
    );
    this.#last = { at, objects };
    return this.#last;
  }
}

type Objects = Portals[string];

function compareSide(side: string, before: Objects, now: Objects): ChangedObject[] {
  const names = [...new Set([...before, ...now].map(({ name }) => name))];
  return names.flatMap((name) => {
    const lines = compare(
      flatten(before.find((one) => one.name === name)?.json),
      flatten(now.find((one) => one.name === name)?.json),
    );
    if (lines.length === 0) return [];
    const shown = lines.slice(0, MAX_LINES);
    return [{ side, name, lines: shown, more: lines.length - shown.length }];
  });
}

function compare(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ChangeLine[] {
  const paths = [...new Set([...before.keys(), ...now.keys()])];
  return paths.flatMap((path): ChangeLine[] => {
    const [old, new_] = [before.get(path), now.get(path)];
    if (old === new_) return [];
    return [
      ...(old === undefined ? [] : [{ mark: '-', path, value: old } as const]),
      ...(new_ === undefined ? [] : [{ mark: '+', path, value: new_ } as const]),
    ];
  });
}

/** Every value by its path, such as `bgp_config / mssse-wan0 / local_as`; entries of lists by their name where they have one. */
function flatten(value: unknown): Map<string, string> {
  const flat = new Map<string, string>();
  const walk = (held: unknown, path: string): void => {
    const entries = entriesOf(held);
    if (entries === undefined || entries.length === 0) {
      if (held !== undefined) flat.set(path, JSON.stringify(held));
      return;
    }
    for (const [key, item] of entries) walk(item, path === '' ? key : `${path} / ${key}`);
  };
  walk(value, '');
  return flat;
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item !== 'object' || item === null);
    return isPlain ? undefined : value.map((item, at) => [nameOf(item) ?? String(at + 1), item]);
  }
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined;
  return typeof item.name === 'string' ? item.name : undefined;
}
