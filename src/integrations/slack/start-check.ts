import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Secret } from '../../base/secret.ts';
import { guardedFetch } from './egress.ts';
import { SlackError, slackCodeOf, toSlackError } from './errors.ts';

/** Bot scopes that the app needs, and no others; the manifest says the same. */
export const BOT_SCOPES = [
  'commands',
  'chat:write',
  'users:read',
  'usergroups:read',
  'files:read',
  'files:write',
  'im:write',
] as const;

/** Who the bot is, as Slack's auth.test says. */
export interface SlackIdentity {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId?: string;
  /** Scopes that were granted; undefined where Slack did not say. */
  readonly scopes?: readonly string[];
}

export type SlackCheck =
  | { readonly kind: 'ok'; readonly identity: SlackIdentity; readonly warnings: readonly string[] }
  /** Nothing will change until somebody corrects the configuration: exit code 2. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Network or 5xx: try again. */
  | { readonly kind: 'unavailable'; readonly error: unknown };

export interface StartCheckOptions {
  readonly botToken: Secret;
  /** Present in Socket Mode. */
  readonly appToken?: Secret;
  readonly apiUrl: string;
  readonly clientOptions?: Pick<WebClientOptions, 'logger' | 'fetch'>;
  readonly timeoutMs?: number;
}

/**
 * Asks Slack once whether both tokens are good and the scopes are there. Bolt itself starts with a bad bot token, acknowledges
 * everything and answers nothing; and with a bad app token it tries for ever.
 */
export async function checkSlack(options: StartCheckOptions): Promise<SlackCheck> {
  const { botToken, appToken, apiUrl, clientOptions, timeoutMs = 10_000 } = options;
  const clientFor = (token: Secret) =>
    new WebClient(token.reveal(), {
      ...clientOptions,
      fetch: guardedFetch(apiUrl, clientOptions?.fetch as typeof fetch | undefined),
      slackApiUrl: apiUrl,
      timeout: timeoutMs,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    });
  try {
    const [identity] = await Promise.all([
      identify(clientFor(botToken)),
      appToken && checkAppToken(clientFor(appToken)),
    ]);
    const missing = identity.scopes && BOT_SCOPES.filter((scope) => !identity.scopes?.includes(scope));
    if (missing && missing.length > 0) {
      return {
        kind: 'refused',
        message: `SLACK_BOT_TOKEN: the Slack app lacks the scopes ${missing.join(', ')}; add them and install it again.`,
      };
    }
    const warnings = missing ? [] : ['Slack did not say which scopes the bot token has'];
    return { kind: 'ok', identity, warnings };
  } catch (error) {
    return verdictOf(error);
  }
}

async function identify(client: WebClient): Promise<SlackIdentity> {
  try {
    const answer = await client.auth.test();
    const scopes = answer.response_metadata?.scopes;
    return {
      teamId: answer.team_id ?? '',
      botUserId: answer.user_id ?? '',
      ...(answer.bot_id && { botId: answer.bot_id }),
      ...(scopes && { scopes }),
    };
  } catch (error) {
    throw toSlackError(error, 'auth.test');
  }
}

async function checkAppToken(client: WebClient): Promise<void> {
  try {
    await client.apps.connections.open({});
  } catch (error) {
    throw toSlackError(error, 'apps.connections.open');
  }
}

function verdictOf(error: unknown): SlackCheck {
  const final = error instanceof SlackError && (error.kind === 'unauthorized' || error.kind === 'forbidden');
  if (!final) return { kind: 'unavailable', error };
  const variable = error.message.startsWith('apps.') ? 'SLACK_APP_TOKEN' : 'SLACK_BOT_TOKEN';
  const scope = error.needed ? ` (missing scope ${error.needed})` : '';
  return {
    kind: 'refused',
    message: `${variable}: Slack does not accept it: ${slackCodeOf(error) ?? error.kind}${scope}.`,
  };
}
