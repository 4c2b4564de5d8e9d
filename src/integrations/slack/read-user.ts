import { WebAPIHTTPError, type WebClient } from '@slack/web-api';
import { SlackError, slackCodeOf, toSlackError } from './errors.ts';
import type { UserFacts } from './people.ts';

/** An account that Slack does not show to this app: of nobody here. */
const NOBODY: UserFacts = {
  enterpriseTeams: [],
  isDeactivated: false,
  isBot: false,
  isGuest: false,
  isStranger: true,
};

const INVISIBLE = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

/**
 * Reads `users.info` (Slack "users.info" and "User object"): `is_restricted` marks guests, `is_ultra_restricted` those of one channel,
 * `deleted` deactivated accounts, and `enterprise_user.teams` the workspaces of an Enterprise account. Undefined where there is no such
 * method, or the answer shows no account. Throws where Slack could not be asked, or told of somebody else.
 */
export async function readUser(client: WebClient, user: string): Promise<UserFacts | undefined> {
  try {
    const { user: found } = await client.users.info({ user });
    if (!found?.id) return undefined;
    if (found.id !== user) throw new TypeError('users.info told of somebody else');
    const name = found.real_name || found.name;
    return {
      ...(name && { name }),
      ...(found.team_id && { teamId: found.team_id }),
      enterpriseTeams: found.enterprise_user?.teams ?? [],
      isDeactivated: found.deleted === true,
      isBot: found.is_bot === true || found.is_workflow_bot === true,
      isGuest: found.is_restricted === true || found.is_ultra_restricted === true,
      isStranger: 'is_stranger' in found && found.is_stranger === true,
    };
  } catch (error) {
    if (INVISIBLE.has(slackCodeOf(error) ?? '')) return NOBODY;
    if (isNoMethod(error)) return undefined;
    const known = toSlackError(error, 'users.info');
    throw known instanceof SlackError ? known : error;
  }
}

/** Never Slack itself: what stands in its place may lack the method. */
function isNoMethod(error: unknown): boolean {
  return (
    slackCodeOf(error) === 'unknown_method' || (error instanceof WebAPIHTTPError && error.statusCode === 404)
  );
}
