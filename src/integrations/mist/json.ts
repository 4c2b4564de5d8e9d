import { isDeepStrictEqual } from 'node:util';
import type { RawConfig } from './types.ts';

/** Whether the value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function objectOf(value: unknown): RawConfig {
  return isObject(value) ? value : {};
}

/** The objects of a list; anything else in it is left out. */
export function objectsOf(value: unknown): readonly RawConfig[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings of a list. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A string that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number that Mist may send as digits, such as an AS number. */
export function integerOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return undefined;
  return Number(value);
}

/** Whether the root key is set: Mist writes null for some that are not. */
export function hasKey(config: RawConfig | undefined, key: string): boolean {
  return (
    config !== undefined && Object.hasOwn(config, key) && config[key] !== null && config[key] !== undefined
  );
}

export function isEqual(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}

/** The same object with its undefined members left out. */
export type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves undefined members out, as `exactOptionalPropertyTypes` wants them. */
export function compact<T extends object>(value: T): Compact<T> {
  // Searches of a whole organisation pass tens of thousands of rows through here: no pairs are made of their members.
  const present: Record<string, unknown> = {};
  for (const key of Object.keys(value) as (keyof T & string)[]) {
    const item = value[key];
    if (item !== undefined) present[key] = item;
  }
  return present as Compact<T>;
}
