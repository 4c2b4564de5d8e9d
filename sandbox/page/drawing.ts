import { isObject, type JsonObject } from '../contracts/slack/check.ts';
import type { SlackWorld } from '../slack/world.ts';
import { parseMrkdwn, type Names } from './mrkdwn.ts';
import type { Drawn } from './page-types.ts';
import { richTextNodes } from './rich-text.ts';

/** Names as a member of the workspace sees them. */
export function namesOf(world: SlackWorld): Names {
  return {
    user: (id) => world.users.get(id)?.realName,
    channel: (id) => world.channels.get(id)?.name,
    group: (id) => world.userGroups.get(id)?.handle,
  };
}

/**
 * Blocks as the page draws them: every text object and rich text gets `nodes`, every picture that the workspace holds
 * gets `src`. Everything else stays as the app sent it.
 */
export function drawBlocks(blocks: readonly JsonObject[], names: Names): Drawn[] {
  return blocks.map((block) => drawObject(block, names));
}

function drawObject(value: JsonObject, names: Names): Drawn {
  const { type, text, slack_file: file } = value;
  const drawn = Object.fromEntries(Object.entries(value).map(([key, held]) => [key, drawValue(held, names)]));
  if (type === 'mrkdwn' && typeof text === 'string') drawn['nodes'] = parseMrkdwn(text, names);
  if (type === 'plain_text' && typeof text === 'string') drawn['nodes'] = [{ kind: 'text', text }];
  if (type === 'rich_text') drawn['nodes'] = richTextNodes(value, names);
  if (type === 'image' && isObject(file)) drawn['src'] = fileUrl(fileIdOf(file));
  return drawn;
}

function drawValue(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((item) => drawValue(item, names));
  return isObject(value) ? drawObject(value, names) : value;
}

function fileIdOf({ id, url }: JsonObject): string {
  if (typeof id === 'string') return id;
  return /-(F[A-Z0-9]+)\//.exec(String(url))?.[1] ?? '';
}

/** Where the page serves a file of the workspace. */
export function fileUrl(id: string): string {
  return `/files/${encodeURIComponent(id)}`;
}
