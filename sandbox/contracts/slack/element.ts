import { boolean, integer, object, optional, type Check, type Field, type ObjectRule } from './check.ts';
import { actionId, confirm, placeholder, type } from './composition.ts';

/** One element type with its properties. */
export function element(name: string, fields: Record<string, Field>, ...rules: ObjectRule[]): Check {
  return object({ type: type(name), ...fields }, ...rules);
}

export const focus = optional(boolean());
export const maxSelected = optional(integer(1));

/** What all menus and pickers share. */
export const menu = { action_id: actionId, confirm, focus_on_load: focus, placeholder };
