/** A person that is there from the start. */
export interface UserSeed {
  id: string;
  /** The handle, as `user_name` and `username` show it. */
  name: string;
  realName?: string;
  /** Another team's id makes the person a stranger who came in through a shared channel. */
  teamId?: string;
  deleted?: boolean;
  /** Another app's account. */
  isBot?: boolean;
  /** Invited to one channel or to several only. */
  guest?: 'one-channel' | 'some-channels';
  /** Workspaces of the Enterprise organisation that the account belongs to. */
  enterpriseTeams?: readonly string[];
}

/** A channel that is there from the start. */
export interface ChannelSeed {
  id: string;
  name: string;
  kind?: 'public' | 'private';
  /** User ids; default: everybody of the own team. */
  members?: readonly string[];
  /** Whether the bot was invited; default true. */
  bot?: boolean;
  archived?: boolean;
}

/** A user group that is there from the start. */
export interface UserGroupSeed {
  id: string;
  handle: string;
  name?: string;
  users: readonly string[];
}

/** What the simulated workspace starts with; everything has a default but people and channels. */
export interface SlackSimOptions {
  users: readonly UserSeed[];
  channels: readonly ChannelSeed[];
  userGroups?: readonly UserGroupSeed[];
  team?: { id: string; domain: string; name?: string };
  app?: { id: string; name?: string };
  bot?: { userId: string; botId: string; name?: string };
  botToken?: string;
  appToken?: string;
  /** Bot scopes granted at installation. */
  scopes?: readonly string[];
  /** Registered slash commands. */
  commands?: readonly string[];
  port?: number;
  /** Sends to this address, signed, instead of over Socket Mode. */
  http?: { requestUrl: string; signingSecret: string };
  /** How long Slack waits for an acknowledgement. */
  ackTimeoutMs?: number;
  /** How long a trigger lives. */
  triggerLifeMs?: number;
  /** Interval of WebSocket pings. */
  pingMs?: number;
  /** Epoch ms; expiry of triggers and response URLs is judged by it. */
  clock?: () => number;
}

/** Scopes that an installation of this app gets. */
export const DEFAULT_SCOPES: readonly string[] = [
  'commands',
  'chat:write',
  'users:read',
  'usergroups:read',
  'files:read',
  'files:write',
  'im:write',
];

export type SlackSettings = Required<Omit<SlackSimOptions, 'port' | 'http'>> &
  Pick<SlackSimOptions, 'port' | 'http'>;

/** Fills in the defaults: Slack's own 3 s for acknowledgements and triggers. */
export function settingsOf(options: SlackSimOptions): SlackSettings {
  return {
    userGroups: [],
    team: { id: 'T0BRANCH01', domain: 'branch-net', name: 'Branch Net' },
    app: { id: 'A0SSECHAT1', name: 'SSE' },
    bot: { userId: 'U0SSEBOT01', botId: 'B0SSEBOT01', name: 'sse' },
    botToken: 'xoxb-100000000001-simulated',
    appToken: 'xapp-1-A0SSECHAT1-simulated',
    scopes: DEFAULT_SCOPES,
    commands: ['/sse'],
    ackTimeoutMs: 3000,
    triggerLifeMs: 3000,
    pingMs: 5000,
    clock: Date.now,
    ...options,
  };
}
