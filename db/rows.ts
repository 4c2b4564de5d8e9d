import type { Json } from './types.ts';

/** A row with its NULL columns as missing properties. */
export type Present<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: Exclude<T[K], null>;
};

/** Drops the NULL columns, so that a row fits optional properties. */
export function present<T extends object>(row: T): Present<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>;
}

/** JSON as it is stored; what is missing is JSON null. */
export function toText(value: Json | undefined): string {
  return JSON.stringify(value ?? null);
}

/** JSON as it was stored. Only {@link toText} wrote it. */
export function fromText(text: string): Json {
  return JSON.parse(text) as Json;
}

/** Whether a statement changed exactly what it was to change. */
export function changed(result: { readonly numUpdatedRows: bigint }): boolean {
  return result.numUpdatedRows > 0n;
}
