import { z } from 'zod';

/** `{{name}}`: letters, digits and underscore. */
export const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

const AS_TEXT = /^(\d+|\{\{\s*[A-Za-z0-9_]+\s*\}\})$/;

/** Kept apart from `z.array` because the order of what is sent stays and only repetition is refused. */
export function unique<T extends z.ZodType>(items: z.ZodArray<T>): z.ZodArray<T> {
  return items
    .refine((list) => new Set(list.map((item) => JSON.stringify(item))).size === list.length, {
      message: 'items are not unique',
    })
    .meta({ uniqueItems: true });
}

export const strings = z.array(z.string());
export const uniqueStrings = unique(z.array(z.string()));
/** Ids are checked for their shape only: published examples are not RFC 4122 throughout. */
export const id = z.guid();
export const epoch = z.number();

/** An AS number, as a number, as digits or as a variable. */
export const asNumber = z.union([
  z.string().regex(AS_TEXT, 'not an AS number'),
  z.int().min(1).max(4_294_967_295),
]);

/** A number or a variable that stands for one. */
export function numberOrVariable(minimum: number, maximum: number) {
  return z.union([z.string(), z.int().min(minimum).max(maximum)]);
}

/** What the cloud adds to every stored object; accepted in a body and ignored. */
export const stamps = {
  id: id.optional(),
  org_id: id.optional(),
  created_time: epoch.optional(),
  modified_time: epoch.optional(),
};

export function mapOf<T extends z.ZodType>(value: T) {
  return z.record(z.string(), value);
}
