import { conversationScope } from '../../contracts/slack/methods.ts';
import { ApiError, argumentError } from '../api-error.ts';
import type { Method } from '../web-api.ts';
import type { Channel, User, UserGroup } from '../world-types.ts';
import { text, visibleChannel, type MethodContext } from './context.ts';

/** auth.*, apps.*, conversations.*, users.*, usergroups.*, as docs.slack.dev/reference/methods describes them. */
export function workspaceMethods(context: MethodContext): Record<string, Method> {
  const { world, socketMode } = context;

  function userJson(user: User): Record<string, unknown> {
    return {
      id: user.id,
      team_id: user.teamId,
      name: user.name,
      deleted: user.deleted,
      real_name: user.realName,
      tz: 'Etc/UTC',
      tz_label: 'UTC',
      tz_offset: 0,
      profile: { real_name: user.realName, display_name: user.name, team: user.teamId },
      is_bot: user.isBot,
      // Of an account that is deactivated Slack says no more about what it may do.
      ...(!user.deleted && {
        is_admin: false,
        is_owner: false,
        is_restricted: user.guest !== undefined,
        is_ultra_restricted: user.guest === 'one-channel',
      }),
      ...(user.enterpriseTeams && {
        enterprise_user: {
          id: user.id,
          enterprise_id: 'E0BRANCH01',
          enterprise_name: 'Branch',
          teams: user.enterpriseTeams,
        },
      }),
      ...(user.teamId !== world.team.id && { is_stranger: !sharesChannel(user) }),
    };
  }

  /** Whether the person is in a channel that the bot sees too. */
  function sharesChannel(user: User): boolean {
    return [...world.channels.values()].some(
      ({ members }) => members.has(user.id) && members.has(world.bot.userId),
    );
  }

  function channelJson(channel: Channel): Record<string, unknown> {
    const isIm = channel.kind === 'im';
    return {
      id: channel.id,
      ...(!isIm && { name: channel.name, name_normalized: channel.name }),
      is_channel: !isIm,
      is_group: false,
      is_im: isIm,
      is_mpim: false,
      is_private: channel.kind === 'private',
      is_archived: channel.archived,
      ...(isIm
        ? { user: [...channel.members].find((id) => id !== world.bot.userId) }
        : { is_member: channel.members.has(world.bot.userId) }),
      context_team_id: world.team.id,
    };
  }

  function groupJson(group: UserGroup, withUsers: boolean): Record<string, unknown> {
    return {
      id: group.id,
      team_id: world.team.id,
      is_usergroup: true,
      name: group.name,
      handle: group.handle,
      is_external: false,
      date_delete: 0,
      user_count: group.users.length,
      ...(withUsers && { users: group.users }),
    };
  }

  return {
    'auth.test': () => ({
      url: `https://${world.team.domain}.slack.com/`,
      team: world.team.name,
      user: world.bot.name,
      team_id: world.team.id,
      user_id: world.bot.userId,
      bot_id: world.bot.botId,
      is_enterprise_install: false,
    }),
    'apps.connections.open': () => {
      const url = socketMode.open();
      if (url === undefined) throw new ApiError('too_many_websockets');
      return { url };
    },
    'conversations.info': (args) => {
      const channel = world.channels.get(text(args, 'channel'));
      context.requireScopes('conversations.info', [conversationScope(channel?.kind ?? 'public')]);
      return { channel: channelJson(visibleChannel(context, text(args, 'channel'))) };
    },
    'conversations.open': (args) => {
      const users = text(args, 'users').split(',').filter(Boolean);
      const known = world.channels.get(text(args, 'channel'));
      if (known?.kind === 'im') return { channel: { id: known.id } };
      const [first] = users;
      if (first === undefined) throw argumentError('missing required field: users');
      if (users.length > 1) context.requireScopes('conversations.open', ['mpim:write']);
      if (!world.users.has(first)) throw new ApiError('user_not_found');
      const existed = world.channels.has(`D${first.slice(1)}`);
      const channel = world.directChannel(first);
      return {
        ...(existed && { no_op: true, already_open: true }),
        channel: args['return_im'] === true ? channelJson(channel) : { id: channel.id },
      };
    },
    'conversations.join': (args) => {
      const channel = visibleChannel(context, text(args, 'channel'));
      if (channel.kind !== 'public') throw new ApiError('method_not_supported_for_channel_type');
      if (channel.archived) throw new ApiError('is_archived');
      world.invite(channel.id, world.bot.userId);
      return { channel: channelJson(channel) };
    },
    'users.info': (args) => {
      const user = world.users.get(text(args, 'user'));
      if (!user) throw new ApiError('user_not_found');
      return { user: userJson(user) };
    },
    'usergroups.list': (args) => ({
      usergroups: [...world.userGroups.values()].map((group) =>
        groupJson(group, args['include_users'] === true),
      ),
    }),
    'usergroups.users.list': (args) => {
      const group = world.userGroups.get(text(args, 'usergroup'));
      if (!group) throw new ApiError('no_such_subteam');
      return { users: [...group.users] };
    },
  };
}
