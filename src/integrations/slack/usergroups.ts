/** Whether a person is in one of the given users and user groups; `unknown` where Slack could not be asked. */
export type Membership = 'member' | 'outsider' | 'unknown';

export interface UserGroups {
  /** `ids` are user IDs (U…, W…) and user-group IDs (S…). */
  membership(ids: readonly string[], user: string): Promise<Membership>;
}

export interface UserGroupsOptions {
  /** Members of one group; `usergroups.users.list`. */
  readonly readGroup: (group: string) => Promise<readonly string[]>;
  /** How long an answer may be used; 5 s at most, so that somebody who was taken out loses the right at once. */
  readonly ttlMs?: number;
  readonly now?: () => number;
  readonly onError?: (error: unknown, group: string) => void;
}

/** Reads groups when asked, keeps each for a moment, and asks once for questions at the same time. */
export function createUserGroups(options: UserGroupsOptions): UserGroups {
  const { readGroup, ttlMs = 5000, now = Date.now, onError } = options;
  const cache = new Map<string, { readonly at: number; readonly users: Promise<ReadonlySet<string>> }>();

  function usersOf(group: string): Promise<ReadonlySet<string>> {
    const kept = cache.get(group);
    if (kept && now() - kept.at < ttlMs) return kept.users;
    const users = readGroup(group).then((list) => new Set(list));
    cache.set(group, { at: now(), users });
    users.catch(() => cache.delete(group));
    return users;
  }

  return {
    async membership(ids, user) {
      if (ids.includes(user)) return 'member';
      const groups = ids.filter((id) => id.startsWith('S'));
      const answers = await Promise.all(
        groups.map(async (group): Promise<Membership> => {
          try {
            return (await usersOf(group)).has(user) ? 'member' : 'outsider';
          } catch (error) {
            onError?.(error, group);
            return 'unknown';
          }
        }),
      );
      if (answers.includes('member')) return 'member';
      return answers.includes('unknown') ? 'unknown' : 'outsider';
    },
  };
}
