import type { Log } from '../base/log.ts';
import { createAccess } from '../commands/access.ts';
import { tell } from '../commands/answer.ts';
import type { Boundary } from '../commands/boundary.ts';
import { createProjector } from '../commands/cards/projector.ts';
import { createPictureShelf } from '../commands/pictures/shelf.ts';
import type { Refusal } from '../commands/deps.ts';
import { registerCommands } from '../commands/register.ts';
import type { Config } from '../config.ts';
import type { Flows } from '../flows/types.ts';
import type { Metrics } from '../metrics.ts';
import { createSlackConnection } from '../integrations/slack/client.ts';
import { escapeMrkdwn } from '../integrations/slack/escape.ts';
import type { RequestHandler } from '../integrations/slack/http-mode.ts';
import { slackLogger } from '../integrations/slack/logger.ts';
import { createPeople } from '../integrations/slack/people.ts';
import { createSend } from '../integrations/slack/send.ts';
import { checkSlack, type SlackIdentity } from '../integrations/slack/start-check.ts';
import { createUserGroups } from '../integrations/slack/usergroups.ts';
import { proxyName, socketDispatcher } from './proxy.ts';
import type { NoteRefusedRequest } from './refused-requests.ts';
import { StartRefused } from './start-refused.ts';

/** Everything of the bot that faces Slack: the way in, the commands, the cards. */
export interface SlackSide {
  /** One try to learn who we are. Throws {@link StartRefused} where the tokens or scopes are not good. */
  identify(): Promise<SlackIdentity>;
  /** After `identify`: takes commands and draws cards. Resolves when connected. */
  start(): Promise<void>;
  /** Takes nothing new, lets what is under way end, closes the connection. */
  stop(): Promise<void>;
  live(): boolean;
  port(): number | undefined;
}

export interface SlackSideOptions {
  readonly config: Config;
  readonly flows: Flows;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onRefused: (refusal: Refusal) => void;
  readonly onRefusedRequest: NoteRefusedRequest;
  /** Further routes on HOST:PORT. */
  readonly routes?: ReadonlyMap<string, RequestHandler>;
}

/** How long a stop waits for commands that are at work. */
const DRAIN_MS = 5000;

export function createSlackSide(options: SlackSideOptions): SlackSide {
  const { config, flows, log, metrics, onRefused, onRefusedRequest, routes } = options;
  const { slack, server, access } = config;
  const logger = slackLogger(log);
  let identity: SlackIdentity | undefined;
  let projecting = false;
  const send = createSend({
    token: slack.botToken,
    apiUrl: slack.apiUrl,
    log,
    clientOptions: { logger },
    onCall: (call) => metrics.remoteCall({ ...call, system: 'slack' }),
  });
  const dispatcher = socketDispatcher(config.proxy);
  const connection = createSlackConnection({
    botToken: slack.botToken,
    mode: slack.mode,
    apiUrl: slack.apiUrl,
    server,
    identity: () => identity,
    log,
    onRefusedRequest,
    ...(routes && { routes }),
    ...(dispatcher && { dispatcher, via: proxyName(config.proxy) ?? 'HTTPS_PROXY' }),
  });
  const boundary: Boundary = registerCommands(connection.app, {
    flows,
    send,
    log,
    access: createAccess({
      ...access,
      ownTeam: () => identity?.teamId,
      groups: createUserGroups({
        readGroup: send.groupMembers,
        onError: (err, group) => log.warn({ err, group }, 'user group could not be read'),
      }),
      people: createPeople({
        readUser: send.userFacts,
        onError: (err, user) => log.warn({ err, user }, 'Slack did not say who somebody is'),
      }),
    }),
    onAck: metrics.acknowledged,
    onRefused,
  });
  const projector = createProjector({
    feed: flows.cards,
    send,
    log,
    pictures: createPictureShelf({ upload: (file) => send.upload(file), log }),
    onUnreachable: (view, error) =>
      tell(
        { send, log },
        { actor: { user: view.requester, teamId: '' } },
        {
          text: `The card of the request for ${escapeMrkdwn(view.site.name)} could not be posted in <#${view.channel}>. ${error.hint} It is tried again and again until then.`,
        },
      ),
  });

  return {
    async identify() {
      const check = await checkSlack({
        botToken: slack.botToken,
        apiUrl: slack.apiUrl,
        clientOptions: { logger },
        ...(slack.mode.kind === 'socket' && { appToken: slack.mode.appToken }),
      });
      if (check.kind === 'unavailable') throw check.error;
      if (check.kind === 'refused') throw new StartRefused(check.message);
      for (const warning of check.warnings) log.warn({ warning }, 'Slack start check');
      identity = check.identity;
      return check.identity;
    },
    async start() {
      projecting = true;
      projector.start();
      await connection.start();
    },
    async stop() {
      try {
        await connection.stop();
        await boundary.drain(DRAIN_MS);
      } finally {
        if (projecting) await projector.stop();
      }
    },
    live: connection.live,
    port: connection.port,
  };
}
