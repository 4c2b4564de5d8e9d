import type { Actor, FormValues } from '../flows/types.ts';

/** A slash command. */
export interface CommandCall {
  readonly actor: Actor;
  readonly text: string;
  readonly channel: string;
  readonly triggerId: string;
  readonly responseUrl?: string;
}

/** A click on a button, in a message or in a modal. */
export interface Click {
  readonly actor: Actor;
  readonly actionId: string;
  /** An opaque request, run or site ID. */
  readonly value: string;
  readonly triggerId: string;
  readonly responseUrl?: string;
  readonly channel?: string;
  readonly messageTs?: string;
  /** The message is one that only this person sees. */
  readonly isEphemeral: boolean;
}

/** A modal that was submitted. */
export interface Submission {
  readonly actor: Actor;
  readonly callbackId: string;
  readonly viewId: string;
  readonly metadata: Metadata;
  readonly values: FormValues;
  /** Input blocks of the view, in order. */
  readonly inputs: readonly string[];
}

/** An external select that asks for its options. */
export interface Suggestion {
  readonly actor: Actor;
  readonly blockId: string;
  readonly query: string;
  readonly metadata: Metadata;
}

/** What a modal carries along: opaque IDs, never content. */
export interface Metadata {
  readonly draft?: string;
  readonly request?: string;
  readonly channel?: string;
}

export function writeMetadata(metadata: Metadata): string {
  return JSON.stringify(metadata);
}

export function readCommand(body: unknown): CommandCall {
  const responseUrl = text(body, 'response_url');
  return {
    actor: { user: text(body, 'user_id'), teamId: text(body, 'team_id') },
    text: text(body, 'text'),
    channel: text(body, 'channel_id'),
    triggerId: text(body, 'trigger_id'),
    ...(responseUrl !== '' && { responseUrl }),
  };
}

export function readClick(body: unknown): Click {
  const [action] = items(at(body, 'actions'));
  const responseUrl = text(body, 'response_url');
  const channel = text(body, 'channel', 'id') || text(body, 'container', 'channel_id');
  const messageTs = text(body, 'container', 'message_ts') || text(body, 'message', 'ts');
  return {
    actor: readActor(body),
    actionId: text(action, 'action_id'),
    value: text(action, 'value'),
    triggerId: text(body, 'trigger_id'),
    isEphemeral: at(body, 'container', 'is_ephemeral') === true,
    ...(responseUrl !== '' && { responseUrl }),
    ...(channel !== '' && { channel }),
    ...(messageTs !== '' && { messageTs }),
  };
}

export function readSubmission(body: unknown): Submission {
  const view = at(body, 'view');
  return {
    actor: readActor(body),
    callbackId: text(view, 'callback_id'),
    viewId: text(view, 'id'),
    metadata: readMetadata(text(view, 'private_metadata')),
    values: readValues(at(view, 'state', 'values')),
    inputs: items(at(view, 'blocks'))
      .filter((block) => text(block, 'type') === 'input')
      .map((block) => text(block, 'block_id')),
  };
}

export function readSuggestion(body: unknown): Suggestion {
  return {
    actor: readActor(body),
    blockId: text(body, 'block_id'),
    query: text(body, 'value'),
    metadata: readMetadata(text(body, 'view', 'private_metadata')),
  };
}

/** The person's own team, not the one whose channel was shared: that is how strangers are told apart. */
export function readActor(body: unknown): Actor {
  return {
    user: text(body, 'user', 'id') || text(body, 'user_id'),
    teamId: text(body, 'user', 'team_id') || text(body, 'team', 'id') || text(body, 'team_id'),
  };
}

function readMetadata(json: string): Metadata {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return {};
  }
  const draft = text(parsed, 'draft');
  const request = text(parsed, 'request');
  const channel = text(parsed, 'channel');
  return { ...(draft && { draft }), ...(request && { request }), ...(channel && { channel }) };
}

/** `view.state.values` by block ID; every input of ours has the one action `value`. What was left empty is absent. */
function readValues(state: unknown): FormValues {
  if (typeof state !== 'object' || state === null) return {};
  // fromEntries makes own properties of any name; an assignment to `__proto__` would not.
  return Object.fromEntries(
    Object.keys(state).flatMap((blockId): [string, string | readonly string[]][] => {
      const read = readElement(at(state, blockId, 'value'));
      return read !== undefined && read.length > 0 ? [[blockId, read]] : [];
    }),
  );
}

function readElement(element: unknown): string | readonly string[] | undefined {
  const several = at(element, 'selected_options');
  if (Array.isArray(several)) return several.map((option) => text(option, 'value')).filter(Boolean);
  const selected = text(element, 'selected_option', 'value');
  const typed = at(element, 'value');
  if (selected !== '') return selected;
  return typeof typed === 'string' ? typed.trim() : undefined;
}

/** What stands at this path of own properties; undefined where anything on the way is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** The text at this path; empty where there is none. */
export function text(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
