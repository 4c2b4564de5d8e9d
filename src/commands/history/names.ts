import { SlackError } from '../../integrations/slack/errors.ts';
import type { CommandDeps } from '../deps.ts';

/** What people are called, by user ID, as Slack says it now. Whoever Slack does not name is left out: the ID stands in the record. */
export async function namesOf(
  deps: Pick<CommandDeps, 'send' | 'log'>,
  users: readonly unknown[],
): Promise<Readonly<Record<string, string>>> {
  const ids = [...new Set(users)].filter(
    (user): user is string => typeof user === 'string' && /^[UW]/.test(user),
  );
  const found = await Promise.all(
    ids.map(async (user): Promise<readonly (readonly [string, string])[]> => {
      try {
        const name = (await deps.send.userFacts(user))?.name;
        return name === undefined ? [] : [[user, name]];
      } catch (error) {
        if (!(error instanceof SlackError)) throw error;
        deps.log.info({ err: error, user }, 'a name was not told for an evidence pack');
        return [];
      }
    }),
  );
  return Object.fromEntries(found.flat());
}
