import type { JsonObject } from '../contracts/slack/check.ts';

/** A person or the bot. */
export interface User {
  id: string;
  name: string;
  realName: string;
  teamId: string;
  deleted: boolean;
  isBot: boolean;
  guest?: 'one-channel' | 'some-channels';
  /** Present on accounts of an Enterprise organisation. */
  enterpriseTeams?: readonly string[];
}

/** A channel or the direct conversation of a person and the bot. */
export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  /** User ids, the bot's among them where it was invited. */
  members: Set<string>;
  archived: boolean;
}

/** A group that can be mentioned, such as the approvers. */
export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

/** What a message says; one of its versions. */
export interface MessageContent {
  text: string;
  blocks: JsonObject[];
  attachments: JsonObject[];
  metadata?: JsonObject;
}

/** What a message said from `at` (epoch ms) on. */
export interface MessageVersion extends MessageContent {
  at: number;
}

/** A message that everybody in the conversation sees. */
export interface Message extends MessageContent {
  channel: string;
  ts: string;
  /** Present on replies. */
  threadTs?: string;
  /** Author. */
  user: string;
  botId?: string;
  files: string[];
  reactions: { name: string; user: string }[];
  deleted: boolean;
  edited: boolean;
  /** Oldest first; the last one is what the message says now. */
  versions: MessageVersion[];
}

/** A message that one person sees. `removed` after a response_url deleted it. */
export interface Ephemeral extends MessageContent {
  channel: string;
  user: string;
  ts: string;
  threadTs?: string;
  removed: boolean;
  versions: MessageVersion[];
}

/** An open modal, or a home tab. */
export interface OpenView {
  id: string;
  user: string;
  kind: 'modal' | 'home';
  /** As sent, with a block_id on every block. */
  content: JsonObject;
  hash: string;
  rootId: string;
  previousId: string | null;
  /** What stands in the fields: block id → action id → state value. */
  values: Record<string, Record<string, JsonObject>>;
  /** Field errors that the last submission was answered with. */
  errors: Record<string, string>;
  /** What an external select was offered last, by `block/action`. */
  offered: Map<string, JsonObject[]>;
}

/** A file, from its announcement on. */
export interface SlackFile {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  owner: string;
  length: number;
  content?: Buffer;
  /** False until the upload was completed; only then others can refer to it. */
  complete: boolean;
  channels: string[];
  altText?: string;
}
