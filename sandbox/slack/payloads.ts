import type { JsonObject } from '../contracts/slack/check.ts';
import { messageJson } from './messages.ts';
import type { SlackWorld } from './world.ts';
import type { Channel, Message, MessageVersion, OpenView, User } from './world-types.ts';
import { viewJson } from './views.ts';

/** Interaction payloads, as docs.slack.dev/reference/interaction-payloads shows them. */

/** The legacy verification token, which every payload still carries. */
const TOKEN = 'simulated-verification-token';

function common(world: SlackWorld, user: User): JsonObject {
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: world.app.id,
    token: TOKEN,
    team: { id: world.team.id, domain: world.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

export interface CommandPayload {
  user: User;
  channel: Channel;
  command: string;
  text: string;
  responseUrl: string;
  triggerId: string;
}

export function slashCommand(world: SlackWorld, input: CommandPayload): JsonObject {
  return {
    token: TOKEN,
    team_id: input.user.teamId,
    team_domain: input.user.teamId === world.team.id ? world.team.domain : 'another-team',
    channel_id: input.channel.id,
    channel_name: input.channel.kind === 'private' ? 'privategroup' : input.channel.name,
    user_id: input.user.id,
    user_name: input.user.name,
    command: input.command,
    text: input.text,
    api_app_id: world.app.id,
    is_enterprise_install: 'false',
    response_url: input.responseUrl,
    trigger_id: input.triggerId,
  };
}

export interface MessageActionPayload {
  user: User;
  channel: Channel;
  ts: string;
  /** Absent for an ephemeral message: Slack sends no `message` for it. */
  message?: { message: Message; version: MessageVersion | Message };
  threadTs?: string;
  action: JsonObject;
  responseUrl: string;
  triggerId: string;
}

export function messageAction(world: SlackWorld, input: MessageActionPayload): JsonObject {
  const { channel, message } = input;
  return {
    type: 'block_actions',
    ...common(world, input.user),
    container: {
      type: 'message',
      message_ts: input.ts,
      channel_id: channel.id,
      is_ephemeral: message === undefined,
      ...(input.threadTs !== undefined && { thread_ts: input.threadTs }),
    },
    trigger_id: input.triggerId,
    channel: { id: channel.id, name: channel.kind === 'private' ? 'privategroup' : channel.name },
    ...(message && { message: messageJson(world, message.message, message.version) }),
    state: { values: {} },
    response_url: input.responseUrl,
    actions: [{ ...input.action, action_ts: world.ids.ts() }],
  };
}

export function viewAction(
  world: SlackWorld,
  user: User,
  view: OpenView,
  action: JsonObject,
  triggerId: string,
): JsonObject {
  return {
    type: 'block_actions',
    ...common(world, user),
    container: { type: 'view', view_id: view.id },
    trigger_id: triggerId,
    view: viewJson(world, view, true),
    actions: [{ ...action, action_ts: world.ids.ts() }],
  };
}

export function blockSuggestion(
  world: SlackWorld,
  user: User,
  view: OpenView,
  field: { blockId: string; actionId: string; query: string },
): JsonObject {
  return {
    type: 'block_suggestion',
    ...common(world, user),
    container: { type: 'view', view_id: view.id },
    action_id: field.actionId,
    block_id: field.blockId,
    value: field.query,
    view: viewJson(world, view, true),
  };
}

export function viewSubmission(world: SlackWorld, user: User, view: OpenView, triggerId: string): JsonObject {
  return {
    type: 'view_submission',
    ...common(world, user),
    trigger_id: triggerId,
    view: viewJson(world, view, true),
    response_urls: [],
  };
}

export function viewClosed(world: SlackWorld, user: User, view: OpenView, isCleared: boolean): JsonObject {
  return {
    type: 'view_closed',
    ...common(world, user),
    view: viewJson(world, view, true),
    is_cleared: isCleared,
  };
}

/** Wraps an event of the Events API. */
export function eventCallback(world: SlackWorld, event: JsonObject): JsonObject {
  const teamId = world.team.id;
  return {
    token: TOKEN,
    team_id: teamId,
    context_team_id: teamId,
    context_enterprise_id: null,
    api_app_id: world.app.id,
    event: { event_ts: world.ids.ts(), ...event },
    type: 'event_callback',
    event_id: world.ids.next('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: teamId,
        user_id: world.bot.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${world.ids.token()}`,
  };
}
