import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { RemoteError, type RemoteErrorInit, type RemoteErrorKind } from '../../base/failure.ts';
import { proxyRefusal, proxyRefusalHint } from '../../base/proxy-refusal.ts';

/** A failed call of Slack's Web API. `slackCode` is Slack's own word (`not_in_channel`), where it answered with one. */
export class SlackError extends RemoteError {
  readonly slackCode?: string;
  /** The scope that Slack says is missing. */
  readonly needed?: string;

  constructor(
    init: Omit<RemoteErrorInit, 'system'>,
    details: { readonly slackCode?: string; readonly needed?: string } = {},
  ) {
    super({ ...init, system: 'slack' });
    if (details.slackCode !== undefined) this.slackCode = details.slackCode;
    if (details.needed !== undefined) this.needed = details.needed;
  }
}

const UNAUTHORIZED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'app_uninstalled',
  'team_disabled',
  'user_removed_from_team',
]);
const FORBIDDEN = new Set([
  'missing_scope',
  'not_allowed_token_type',
  'no_permission',
  'ekm_access_denied',
  'access_denied',
  'org_login_required',
]);
const UNAVAILABLE = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Slack's codes that mean: the bot cannot write there. */
const UNREACHABLE = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'user_not_in_channel',
  'cannot_reply_to_message',
]);

/** Whether the bot cannot write in that channel until somebody invites it or names another channel. */
export function isUnreachable(error: unknown): error is SlackError {
  return error instanceof SlackError && error.slackCode !== undefined && UNREACHABLE.has(error.slackCode);
}

/**
 * Whether Slack did not take the blocks of a message. A picture is refused so for a moment after its upload (Slack's SDK maintainers: an upload
 * is completed asynchronously), and perhaps where a file that no channel shares may not be shown at all, which is documented nowhere.
 */
export function isBlockRefused(error: unknown): boolean {
  return error instanceof SlackError && error.slackCode === 'invalid_blocks';
}

export function slackCodeOf(error: unknown): string | undefined {
  if (error instanceof SlackError) return error.slackCode;
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Any error of Slack's libraries in our terms; what is not theirs is returned as it is. */
export function toSlackError(error: unknown, method: string): unknown {
  if (error instanceof RemoteError) return error;
  if (error instanceof WebAPIPlatformError) return platformError(error, method);
  if (error instanceof WebAPIRateLimitedError) {
    return new SlackError({
      kind: 'rate-limited',
      message: `${method}: rate limited`,
      hint: 'Slack asks for a pause; it is tried again.',
      status: 429,
      retryAfterMs: error.retryAfter * 1000,
    });
  }
  if (error instanceof WebAPIHTTPError) {
    return new SlackError({
      kind: 'unavailable',
      message: `${method}: HTTP ${error.statusCode}`,
      hint: 'Slack is not working properly at the moment; try again in a minute.',
      status: error.statusCode,
      uncertain: true,
    });
  }
  // What our own guard refused inside of the library.
  if (error instanceof WebAPIRequestError && error.original instanceof RemoteError) return error.original;
  if (error instanceof WebAPIRequestError) {
    const timedOut = error.original.name === 'TimeoutError';
    const refusal = proxyRefusal(error.original);
    return new SlackError({
      kind: timedOut ? 'timeout' : 'network',
      message: `${method}: ${timedOut ? 'no answer in time' : 'no connection'}`,
      hint:
        refusal === undefined
          ? 'Slack could not be reached; try again in a minute.'
          : proxyRefusalHint(refusal),
      uncertain: refusal === undefined && !wasNeverSent(error.original),
      cause: error.original,
    });
  }
  return error;
}

const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether there was no connection at all, so that nothing can have been carried out. */
function wasNeverSent(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if ('code' in at && NEVER_SENT.has(at.code)) return true;
  }
  return false;
}

function platformError(error: WebAPIPlatformError, method: string): SlackError {
  // An answer that is no JSON arrives here with its whole text as the code.
  const code = /^[a-z0-9_]{1,80}$/.test(error.data.error) ? error.data.error : 'bad_response';
  const data: object = error.data;
  const needed = 'needed' in data && typeof data.needed === 'string' ? data.needed : undefined;
  return new SlackError(
    { kind: kindOf(code), message: `${method}: ${code}`, hint: hintOf(code, needed) },
    { slackCode: code, ...(needed && { needed }) },
  );
}

function kindOf(code: string): RemoteErrorKind {
  if (UNAUTHORIZED.has(code)) return 'unauthorized';
  if (FORBIDDEN.has(code)) return 'forbidden';
  if (UNAVAILABLE.has(code)) return 'unavailable';
  if (code === 'ratelimited' || code === 'rate_limited') return 'rate-limited';
  if (code === 'bad_response') return 'bad-response';
  return 'rejected';
}

function hintOf(code: string, needed?: string): string {
  if (code === 'missing_scope') {
    return `The Slack app lacks the scope ${needed ?? 'that this needs'}: add it and install the app again.`;
  }
  if (UNAUTHORIZED.has(code)) {
    return 'Slack does not accept the token: check SLACK_BOT_TOKEN and that the app is installed.';
  }
  if (code === 'is_archived') return 'The channel is archived: set SSE_CHANNEL or use another channel.';
  if (UNREACHABLE.has(code)) return 'The bot is not a member of that channel: invite it with /invite.';
  if (code === 'expired_trigger_id' || code === 'trigger_expired') {
    return 'Slack allows three seconds between a click and its window, and they were over: please do it again.';
  }
  return `Slack refused it (${code}).`;
}
