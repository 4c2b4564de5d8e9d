import { isObject, type JsonObject } from '../contracts/slack/check.ts';
import { elementsOf } from '../contracts/slack/surface.ts';
import { ApiError } from './api-error.ts';
import { initialValue, stillFits } from './field-values.ts';
import type { SlackWorld } from './world.ts';
import type { OpenView } from './world-types.ts';

/** One opened and two pushed. */
const MAX_STACK = 3;

/** The blocks of a view, each with its id. */
export function blocksOf(view: OpenView): JsonObject[] {
  const { blocks } = view.content;
  return Array.isArray(blocks) ? blocks.filter(isObject) : [];
}

/** Opens a modal as a new root, or on top of the one whose interaction made the trigger. */
export function openView(world: SlackWorld, user: string, content: JsonObject, parent?: string): OpenView {
  const stack = world.stacks.get(user) ?? [];
  if (parent !== undefined && stack.includes(parent)) return pushView(world, user, content);
  closeAll(world, user);
  return place(world, user, content, []);
}

/** Puts a modal on top of the open ones. */
export function pushView(world: SlackWorld, user: string, content: JsonObject): OpenView {
  const stack = world.stacks.get(user) ?? [];
  if (stack.length === 0) throw new ApiError('not_found');
  if (stack.length >= MAX_STACK) throw new ApiError('push_limit_reached');
  return place(world, user, content, stack);
}

function place(world: SlackWorld, user: string, content: JsonObject, stack: string[]): OpenView {
  uniqueExternalId(world, content);
  const id = world.ids.next('V');
  const view: OpenView = {
    id,
    user,
    kind: 'modal',
    content,
    hash: world.ids.hash(),
    rootId: stack[0] ?? id,
    previousId: stack.at(-1) ?? null,
    values: valuesOf(content, {}),
    errors: {},
    offered: new Map(),
  };
  world.views.set(id, view);
  world.stacks.set(user, [...stack, id]);
  world.changed();
  return view;
}

/** Replaces what a modal shows. Fields with the same ids and type keep what was entered. */
export function updateView(world: SlackWorld, view: OpenView, content: JsonObject): void {
  uniqueExternalId(world, content, view.id);
  view.content = content;
  view.hash = world.ids.hash();
  view.values = valuesOf(content, view.values);
  view.errors = {};
  world.changed();
}

/** Closes one modal wherever it stands in the stack. */
export function closeView(world: SlackWorld, view: OpenView): void {
  world.views.delete(view.id);
  const rest = (world.stacks.get(view.user) ?? []).filter((id) => id !== view.id);
  world.stacks.set(view.user, rest);
  world.changed();
}

export function closeAll(world: SlackWorld, user: string): void {
  for (const id of world.stacks.get(user) ?? []) world.views.delete(id);
  world.stacks.set(user, []);
  world.changed();
}

/** The home tab of a person, replaced as a whole. */
export function publishHome(world: SlackWorld, user: string, content: JsonObject): OpenView {
  const id = world.homes.get(user)?.id ?? world.ids.next('V');
  const home: OpenView = {
    id,
    user,
    kind: 'home',
    content,
    hash: world.ids.hash(),
    rootId: id,
    previousId: null,
    values: valuesOf(content, world.homes.get(user)?.values ?? {}),
    errors: {},
    offered: new Map(),
  };
  world.homes.set(user, home);
  world.changed();
  return home;
}

function uniqueExternalId(world: SlackWorld, content: JsonObject, own?: string): void {
  const external = content['external_id'];
  if (external === undefined || external === '') return;
  for (const view of world.views.values()) {
    if (view.id !== own && view.content['external_id'] === external)
      throw new ApiError('duplicate_external_id');
  }
}

function valuesOf(content: JsonObject, before: OpenView['values']): OpenView['values'] {
  const values: OpenView['values'] = {};
  const blocks = Array.isArray(content['blocks']) ? content['blocks'].filter(isObject) : [];
  for (const block of blocks) {
    for (const { element } of elementsOf(block)) {
      const initial = initialValue(element);
      if (!initial) continue;
      const [blockId, actionId] = [String(block['block_id']), String(element['action_id'])];
      const kept = before[blockId]?.[actionId];
      (values[blockId] ??= {})[actionId] = kept && stillFits(element, kept) ? kept : initial;
    }
  }
  return values;
}

/** A view as the Web API answers it; `withState` as interaction payloads carry it. */
export function viewJson(world: SlackWorld, view: OpenView, withState: boolean): JsonObject {
  const { content } = view;
  return structuredClone({
    id: view.id,
    team_id: world.team.id,
    type: view.kind,
    blocks: content['blocks'],
    private_metadata: content['private_metadata'] ?? '',
    callback_id: content['callback_id'] ?? '',
    state: { values: withState ? view.values : {} },
    hash: view.hash,
    title: content['title'] ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: content['clear_on_close'] ?? false,
    notify_on_close: content['notify_on_close'] ?? false,
    close: content['close'] ?? null,
    submit: content['submit'] ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: world.app.id,
    external_id: content['external_id'] ?? '',
    app_installed_team_id: world.team.id,
    bot_id: world.bot.botId,
  });
}
