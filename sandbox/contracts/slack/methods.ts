/** How an argument travels in a form; `json` is a string that holds JSON. */
export type ArgumentKind = 'string' | 'integer' | 'boolean' | 'json';

/** What a method asks for, as its page under docs.slack.dev/reference/methods says. */
export interface MethodContract {
  token: 'bot' | 'app';
  /** Bot scopes that are all required; a conversation's own scope is looked up by {@link conversationScope}. */
  scopes: readonly string[];
  args: Readonly<Record<string, ArgumentKind>>;
  required: readonly string[];
  /** Whether a JSON body is read; reading methods take a form or a query only. */
  json: boolean;
}

type Args = MethodContract['args'];

function bot(
  scopes: readonly string[],
  args: Args,
  required: readonly string[] = [],
  json = true,
): MethodContract {
  return { token: 'bot', scopes, args, required, json };
}

const content: Args = {
  channel: 'string',
  text: 'string',
  blocks: 'json',
  attachments: 'json',
  markdown_text: 'string',
};
const parsing: Args = { parse: 'string', link_names: 'boolean', as_user: 'boolean' };
const looks: Args = { username: 'string', icon_emoji: 'string', icon_url: 'string' };
const trigger: Args = { trigger_id: 'string', interactivity_pointer: 'string', view: 'json' };

/** The Web API methods that this app may need; others answer `unknown_method`. */
export const METHODS: Readonly<Record<string, MethodContract>> = {
  'auth.test': bot([], {}),
  'apps.connections.open': {
    token: 'app',
    scopes: ['connections:write'],
    args: {},
    required: [],
    json: true,
  },
  'chat.postMessage': bot(
    ['chat:write'],
    {
      ...content,
      ...parsing,
      ...looks,
      thread_ts: 'string',
      reply_broadcast: 'boolean',
      unfurl_links: 'boolean',
      unfurl_media: 'boolean',
      mrkdwn: 'boolean',
      metadata: 'json',
    },
    ['channel'],
  ),
  'chat.postEphemeral': bot(
    ['chat:write'],
    { ...content, ...parsing, ...looks, thread_ts: 'string', user: 'string' },
    ['channel', 'user'],
  ),
  'chat.update': bot(
    ['chat:write'],
    { ...content, ...parsing, ts: 'string', metadata: 'json', file_ids: 'json', reply_broadcast: 'boolean' },
    ['channel', 'ts'],
  ),
  'chat.delete': bot(['chat:write'], { channel: 'string', ts: 'string', as_user: 'boolean' }, [
    'channel',
    'ts',
  ]),
  'chat.getPermalink': bot([], { channel: 'string', message_ts: 'string' }, ['channel', 'message_ts'], false),
  'views.open': bot([], trigger, ['view']),
  'views.push': bot([], trigger, ['view']),
  'views.update': bot([], { view: 'json', view_id: 'string', external_id: 'string', hash: 'string' }, [
    'view',
  ]),
  'views.publish': bot([], { view: 'json', user_id: 'string', hash: 'string' }, ['view', 'user_id']),
  'conversations.info': bot(
    [],
    { channel: 'string', include_locale: 'boolean', include_num_members: 'boolean' },
    ['channel'],
    false,
  ),
  'conversations.open': bot(['im:write'], {
    channel: 'string',
    users: 'string',
    return_im: 'boolean',
    prevent_creation: 'boolean',
  }),
  'conversations.join': bot(['channels:join'], { channel: 'string' }, ['channel']),
  'users.info': bot(['users:read'], { user: 'string', include_locale: 'boolean' }, ['user'], false),
  'usergroups.list': bot(
    ['usergroups:read'],
    { include_count: 'boolean', include_disabled: 'boolean', include_users: 'boolean' },
    [],
    false,
  ),
  'usergroups.users.list': bot(
    ['usergroups:read'],
    { usergroup: 'string', include_disabled: 'boolean' },
    ['usergroup'],
    false,
  ),
  'files.getUploadURLExternal': bot(
    ['files:write'],
    { filename: 'string', length: 'integer', alt_txt: 'string', alt_text: 'string', snippet_type: 'string' },
    ['filename', 'length'],
    false,
  ),
  'files.completeUploadExternal': bot(
    ['files:write'],
    {
      files: 'json',
      channel_id: 'string',
      channels: 'string',
      thread_ts: 'string',
      initial_comment: 'string',
      blocks: 'json',
    },
    ['files'],
  ),
  'files.info': bot(
    ['files:read'],
    { file: 'string', count: 'integer', page: 'integer', limit: 'integer', cursor: 'string' },
    ['file'],
    false,
  ),
  'reactions.add': bot(['reactions:write'], { channel: 'string', name: 'string', timestamp: 'string' }, [
    'channel',
    'name',
    'timestamp',
  ]),
};

/** The scope that `conversations.info` needs for this kind of conversation. */
export function conversationScope(kind: 'public' | 'private' | 'im'): string {
  return { public: 'channels:read', private: 'groups:read', im: 'im:read' }[kind];
}

/** Arguments that post under another name or picture need a scope of their own. */
export const CUSTOMIZE = { scope: 'chat:write.customize', args: Object.keys(looks) };
