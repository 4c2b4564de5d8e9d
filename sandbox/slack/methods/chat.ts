import { ApiError } from '../api-error.ts';
import { checkContent, isEmpty, type CheckedContent } from '../content.ts';
import { edit, messageJson, post, tell } from '../messages.ts';
import type { Arguments, Method } from '../web-api.ts';
import type { Message } from '../world-types.ts';
import { text, visibleChannel, writableChannel, type MethodContext } from './context.ts';

/** chat.*, as docs.slack.dev/reference/methods describes them. */
export function chatMethods(context: MethodContext): Record<string, Method> {
  const { world, violations } = context;

  function content(method: string, args: Arguments): CheckedContent {
    const checked = checkContent(world, args);
    if (isEmpty(checked)) throw new ApiError('no_text');
    if (checked.text === '') violations.add('missing_text', method, 'blocks without a text fallback');
    return checked;
  }

  function thread(method: string, args: Arguments, channel: string): { threadTs?: string } {
    const threadTs = text(args, 'thread_ts');
    if (threadTs === '') return {};
    const parent = world.message(channel, threadTs);
    if (!parent) {
      violations.add('thread', method, `no message ${threadTs} to reply to`);
      throw new ApiError('cannot_reply_to_message');
    }
    if (parent.threadTs === undefined) return { threadTs };
    violations.add('thread', method, 'thread_ts is a reply; use its parent');
    return { threadTs: parent.threadTs };
  }

  function ownMessage(args: Arguments, refusal: string): Message {
    const channel = writableChannel(context, text(args, 'channel'));
    const message = world.message(channel.id, text(args, 'ts'));
    if (!message) throw new ApiError('message_not_found');
    if (message.botId !== world.bot.botId) throw new ApiError(refusal);
    return message;
  }

  return {
    'chat.postMessage': (args) => {
      const channel = writableChannel(context, text(args, 'channel'));
      const message = post(
        world,
        channel.id,
        content('chat.postMessage', args),
        thread('chat.postMessage', args, channel.id),
      );
      return { channel: channel.id, ts: message.ts, message: messageJson(world, message) };
    },
    'chat.postEphemeral': (args) => {
      const channel = writableChannel(context, text(args, 'channel'));
      const user = text(args, 'user');
      if (!world.users.has(user)) throw new ApiError('user_not_found');
      if (!channel.members.has(user)) throw new ApiError('user_not_in_channel');
      const where = { channel: channel.id, user, ...thread('chat.postEphemeral', args, channel.id) };
      return { message_ts: tell(world, where, content('chat.postEphemeral', args)).ts };
    },
    'chat.update': (args) => {
      if (!/^[CDG]/.test(text(args, 'channel'))) throw new ApiError('channel_not_found');
      const message = ownMessage(args, 'cant_update_message');
      const says = checkContent(world, args);
      const hasText = text(args, 'text') !== '' || text(args, 'markdown_text') !== '';
      if (isEmpty(says) && !Array.isArray(args['blocks'])) throw new ApiError('no_text');
      if (!hasText) violations.add('missing_text', 'chat.update', 'no text fallback; the old one stays');
      edit(world, message, says, hasText);
      return {
        channel: message.channel,
        ts: message.ts,
        text: message.text,
        message: messageJson(world, message),
      };
    },
    'chat.delete': (args) => {
      const message = ownMessage(args, 'cant_delete_message');
      message.deleted = true;
      world.changed();
      return { channel: message.channel, ts: message.ts };
    },
    'chat.getPermalink': (args) => {
      const channel = visibleChannel(context, text(args, 'channel'));
      const message = world.message(channel.id, text(args, 'message_ts'));
      if (!message) throw new ApiError('message_not_found');
      const { domain } = world.team;
      const permalink = `https://${domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`;
      return { channel: channel.id, permalink };
    },
    'reactions.add': (args) => {
      const channel = visibleChannel(context, text(args, 'channel'));
      const message = world.message(channel.id, text(args, 'timestamp'));
      if (!message) throw new ApiError('message_not_found');
      const name = text(args, 'name');
      if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new ApiError('invalid_name');
      const user = world.bot.userId;
      if (message.reactions.some((r) => r.name === name && r.user === user))
        throw new ApiError('already_reacted');
      message.reactions.push({ name, user });
      world.changed();
      return {};
    },
  };
}
