import { ApiError } from '../api-error.ts';
import type { SlackSettings } from '../options.ts';
import type { SocketMode } from '../socket-mode.ts';
import type { TriggerBook } from '../triggers.ts';
import type { ViolationLog } from '../violations.ts';
import type { Arguments } from '../web-api.ts';
import type { SlackWorld } from '../world.ts';
import type { Channel } from '../world-types.ts';

/** What the Web API methods work on. */
export interface MethodContext {
  world: SlackWorld;
  settings: SlackSettings;
  triggers: TriggerBook;
  violations: ViolationLog;
  socketMode: SocketMode;
  origin: string;
  requireScopes(method: string, scopes: readonly string[]): void;
}

export function text(args: Arguments, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : '';
}

/** The conversation, if the bot can know of it at all: a private one only as a member. */
export function visibleChannel({ world }: MethodContext, id: string): Channel {
  const channel = world.channels.get(id);
  const member = channel?.members.has(world.bot.userId);
  if (!channel || (channel.kind !== 'public' && !member)) throw new ApiError('channel_not_found');
  return channel;
}

/** The conversation to write into; a user id means the direct conversation with that person. */
export function writableChannel(context: MethodContext, id: string): Channel {
  const { world } = context;
  const person = world.users.get(id);
  if (person && !person.isBot) return world.directChannel(person.id);
  const channel = visibleChannel(context, id);
  if (!channel.members.has(world.bot.userId)) throw new ApiError('not_in_channel');
  if (channel.archived) throw new ApiError('is_archived');
  return channel;
}
