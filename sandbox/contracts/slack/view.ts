import type { Surface } from './blocks.ts';
import {
  boolean,
  byType,
  isObject,
  object,
  optional,
  required,
  string,
  type Check,
  type Problem,
} from './check.ts';
import { plainText, type } from './composition.ts';
import { checkBlocks } from './surface.ts';

/** Slack refuses larger views with `view_too_large`. */
export const MAX_VIEW_BYTES = 250_000;

const common = {
  private_metadata: optional(string(3000, 0)),
  callback_id: optional(string(255, 0)),
  external_id: optional(string(255, 0)),
};

function view(surface: Surface, fields: Parameters<typeof object>[0]): Check {
  const blocks: Check = (value, pointer, out) => {
    out.push(...checkBlocks(value, surface, pointer));
  };
  return object({ type: type(surface), blocks: required(blocks), ...common, ...fields });
}

const modal = view('modal', {
  title: required(plainText(24)),
  close: optional(plainText(24)),
  submit: optional(plainText(24)),
  clear_on_close: optional(boolean()),
  notify_on_close: optional(boolean()),
});

const home = view('home', {});

/** What is wrong with a view; modals and home tabs are told apart by `kind`, the place it was sent to. */
export function checkView(value: unknown, kind: 'modal' | 'home', pointer = '/view'): Problem[] {
  const out: Problem[] = [];
  byType(kind === 'modal' ? { modal } : { home })(value, pointer, out);
  if (
    kind === 'modal' &&
    isObject(value) &&
    value['submit'] === undefined &&
    Array.isArray(value['blocks'])
  ) {
    value['blocks'].forEach((block, index) => {
      if (!isObject(block) || block['type'] !== 'input') return;
      out.push({
        pointer: `${pointer}/blocks/${index}/input`,
        message: 'must define `submit` to use an `input` block in modals',
      });
    });
  }
  return out;
}
