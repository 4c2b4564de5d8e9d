/** What Slack's users.info says about a person, as far as rights depend on it, and the name. */
export interface UserFacts {
  /** Where the account belongs; undefined where Slack does not say. */
  readonly teamId?: string;
  /** Workspaces of an Enterprise organisation that the account belongs to; empty elsewhere. */
  readonly enterpriseTeams: readonly string[];
  readonly isDeactivated: boolean;
  readonly isBot: boolean;
  /** A guest, of one channel or of several. */
  readonly isGuest: boolean;
  readonly isStranger: boolean;
  /** What people call him; for records alone, never a right. */
  readonly name?: string;
}

/** What somebody is in the workspace; `unknown` where Slack could not be asked. */
export type Standing = 'member' | 'guest' | 'bot' | 'deactivated' | 'stranger' | 'unknown';

export interface People {
  /**
   * `ownTeam` is the workspace that the bot belongs to, and that the payload names for this person: it is believed where Slack shows no
   * account or no team. Never throws.
   */
  standing(user: string, ownTeam: string): Promise<Standing>;
}

export interface PeopleOptions {
  /** `users.info`; undefined = it shows no account. */
  readonly readUser: (user: string) => Promise<UserFacts | undefined>;
  /** How long an answer may be used; 5 s at most, so that somebody who left loses every right at once. */
  readonly ttlMs?: number;
  readonly now?: () => number;
  readonly onError?: (error: unknown, user: string) => void;
}

const MOST_KEPT = 1000;

/** Asks Slack who somebody is, keeps each answer for a moment, and asks once for questions at the same time. */
export function createPeople(options: PeopleOptions): People {
  const { readUser, ttlMs = 5000, now = Date.now, onError } = options;
  const cache = new Map<string, { readonly at: number; readonly facts: Promise<UserFacts | undefined> }>();

  function factsOf(user: string): Promise<UserFacts | undefined> {
    const kept = cache.get(user);
    if (kept && now() - kept.at < ttlMs) return kept.facts;
    const facts = readUser(user);
    // Whoever asked last stands last, so what leaves a full cache is the oldest.
    cache.delete(user);
    cache.set(user, { at: now(), facts });
    const oldest = cache.keys().next();
    if (cache.size > MOST_KEPT && !oldest.done) cache.delete(oldest.value);
    facts.catch(() => {
      if (cache.get(user)?.facts === facts) cache.delete(user);
    });
    return facts;
  }

  return {
    async standing(user, ownTeam) {
      if (user === '' || ownTeam === '') return 'unknown';
      try {
        const facts = await factsOf(user);
        return facts === undefined ? 'member' : standingOf(facts, ownTeam);
      } catch (error) {
        onError?.(error, user);
        return 'unknown';
      }
    },
  };
}

function standingOf(facts: UserFacts, ownTeam: string): Standing {
  const isOwn =
    facts.teamId === undefined || facts.teamId === ownTeam || facts.enterpriseTeams.includes(ownTeam);
  if (!isOwn || facts.isStranger) return 'stranger';
  if (facts.isDeactivated) return 'deactivated';
  if (facts.isBot) return 'bot';
  return facts.isGuest ? 'guest' : 'member';
}
