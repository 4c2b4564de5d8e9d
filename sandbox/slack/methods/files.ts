import { isObject } from '../../contracts/slack/check.ts';
import { ApiError, argumentError } from '../api-error.ts';
import { checkContent } from '../content.ts';
import { addFile, fileJson } from '../files.ts';
import { post } from '../messages.ts';
import type { Arguments, Method } from '../web-api.ts';
import type { SlackFile } from '../world-types.ts';
import { text, writableChannel, type MethodContext } from './context.ts';

/** files.*, as docs.slack.dev/reference/methods describes them. */
export function fileMethods(context: MethodContext): Record<string, Method> {
  const { world, origin } = context;

  function named(args: Arguments): { file: SlackFile; title: string }[] {
    const list = args['files'];
    if (!Array.isArray(list) || list.length === 0)
      throw argumentError('must be a list of files [json-pointer:/files]');
    return list.map((entry: unknown) => {
      const file = isObject(entry) ? world.files.get(String(entry['id'])) : undefined;
      if (!file || file.owner !== world.bot.userId || !file.content) throw new ApiError('file_not_found');
      const title = isObject(entry) && typeof entry['title'] === 'string' ? entry['title'] : file.name;
      return { file, title };
    });
  }

  return {
    'files.getUploadURLExternal': (args) => {
      const length = Number(args['length']);
      if (length < 1) throw argumentError('must be greater than 0 [json-pointer:/length]');
      const name = text(args, 'filename');
      const altText = text(args, 'alt_txt') || text(args, 'alt_text');
      const file = addFile(world, { name, owner: world.bot.userId, length, ...(altText && { altText }) });
      return { upload_url: `${origin}/upload/v1/${file.id}`, file_id: file.id };
    },
    'files.completeUploadExternal': (args) => {
      const files = named(args);
      const target = text(args, 'channel_id') || text(args, 'channels');
      const channel = target === '' ? undefined : writableChannel(context, target);
      const threadTs = text(args, 'thread_ts');
      if (threadTs !== '' && (!channel || !world.message(channel.id, threadTs)))
        throw new ApiError('invalid_thread_ts');
      const says = checkContent(world, { text: text(args, 'initial_comment'), blocks: args['blocks'] });
      for (const { file, title } of files) {
        file.title = title;
        file.complete = true;
        if (channel) file.channels.push(channel.id);
      }
      const ids = files.map(({ file }) => file.id);
      if (channel) post(world, channel.id, says, { files: ids, ...(threadTs !== '' && { threadTs }) });
      world.changed();
      return { files: files.map(({ file }) => fileJson(world, origin, file)) };
    },
    'files.info': (args) => {
      const file = world.files.get(text(args, 'file'));
      if (!file?.complete) throw new ApiError('file_not_found');
      return { file: fileJson(world, origin, file), comments: [] };
    },
  };
}
