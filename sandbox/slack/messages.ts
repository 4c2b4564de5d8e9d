import type { JsonObject } from '../contracts/slack/check.ts';
import type { CheckedContent } from './content.ts';
import type { SlackWorld } from './world.ts';
import type { Ephemeral, Message, MessageContent, MessageVersion } from './world-types.ts';

interface PostOptions {
  threadTs?: string;
  files?: string[];
  /** A person who writes; default: the bot. */
  author?: string;
}

function contentOf(content: CheckedContent): MessageContent {
  const { text, blocks = [], attachments = [], metadata } = content;
  return { text, blocks, attachments, ...(metadata && { metadata }) };
}

function versionOf(content: MessageContent): MessageVersion {
  const { text, blocks, attachments, metadata } = content;
  return structuredClone({ text, blocks, attachments, ...(metadata && { metadata }), at: Date.now() });
}

/** Posts as the bot, or as `author`. */
export function post(
  world: SlackWorld,
  channel: string,
  content: CheckedContent,
  options: PostOptions = {},
): Message {
  const { threadTs, files = [], author } = options;
  const says = contentOf(content);
  const message: Message = {
    ...says,
    channel,
    ts: world.ids.ts(),
    user: author ?? world.bot.userId,
    ...(author === undefined && { botId: world.bot.botId }),
    files,
    reactions: [],
    deleted: false,
    edited: false,
    versions: [versionOf(says)],
    ...(threadTs !== undefined && { threadTs }),
  };
  world.messages.push(message);
  world.changed();
  return message;
}

/**
 * Edits in place. Without `blocks` a new text takes the blocks away (docs.slack.dev, chat.update); without `text` the
 * old text stays.
 */
export function edit(
  world: SlackWorld,
  message: Message | Ephemeral,
  content: CheckedContent,
  hasText: boolean,
): void {
  message.text = hasText ? content.text : message.text;
  if (content.blocks) message.blocks = content.blocks;
  else if (hasText) message.blocks = [];
  if (content.attachments) message.attachments = content.attachments;
  if (content.metadata) message.metadata = content.metadata;
  if ('edited' in message) message.edited = true;
  message.versions.push(versionOf(message));
  world.changed();
}

/** Tells one person something that nobody else sees. */
export function tell(
  world: SlackWorld,
  where: { channel: string; user: string; threadTs?: string },
  content: CheckedContent,
): Ephemeral {
  const says = contentOf(content);
  const ephemeral: Ephemeral = {
    ...says,
    ...where,
    ts: world.ids.ts(),
    removed: false,
    versions: [versionOf(says)],
  };
  world.ephemerals.push(ephemeral);
  world.changed();
  return ephemeral;
}

/** A message as the Web API and interaction payloads show it; `version` shows what it said earlier. */
export function messageJson(
  world: SlackWorld,
  message: Message,
  version: MessageContent = message,
): JsonObject {
  const replies = message.threadTs === undefined ? world.thread(message.channel, message.ts) : [];
  return structuredClone({
    user: message.user,
    type: 'message',
    ts: message.ts,
    ...(message.botId !== undefined && { bot_id: message.botId, app_id: world.app.id }),
    text: version.text,
    team: world.team.id,
    ...(version.blocks.length > 0 && { blocks: version.blocks }),
    ...(version.attachments.length > 0 && { attachments: version.attachments }),
    ...(version.metadata && { metadata: version.metadata }),
    ...(message.threadTs !== undefined && {
      thread_ts: message.threadTs,
      parent_user_id: world.message(message.channel, message.threadTs)?.user,
    }),
    ...(replies.length > 0 && { thread_ts: message.ts, reply_count: replies.length }),
    ...(message.edited && { edited: { user: message.user, ts: message.ts } }),
    ...(message.files.length > 0 && { files: message.files.map((id) => ({ id })), upload: false }),
  });
}
