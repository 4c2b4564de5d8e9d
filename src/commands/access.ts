import type { Actor } from '../flows/types.ts';
import type { UserGroups } from '../integrations/slack/usergroups.ts';
import type { Role } from './verbs.ts';

export type Verdict =
  | { readonly allowed: true }
  /** `message` is for the person: why, and who could. */
  | { readonly allowed: false; readonly message: string };

/** Who may do what, by IDs alone; asked anew at every command, submission and click. Channel membership counts for nothing. */
export interface Access {
  may(role: Role, actor: Actor): Promise<Verdict>;
  /** Allowed for these people (a request's requester), or else for everyone of the role. */
  mayAlso(people: readonly (string | undefined)[], role: Role, actor: Actor): Promise<Verdict>;
}

export interface AccessOptions {
  readonly approvers: readonly string[];
  readonly operators: readonly string[] | '*';
  /** The workspace's own team; undefined until Slack said so, and then nobody may do anything. */
  readonly ownTeam: () => string | undefined;
  readonly groups: UserGroups;
}

const ALLOWED: Verdict = { allowed: true };

export function createAccess({ approvers, operators, ownTeam, groups }: AccessOptions): Access {
  async function may(role: Role, actor: Actor): Promise<Verdict> {
    if (actor.teamId === '' || actor.teamId !== ownTeam()) return refused(STRANGER);
    if (role === 'anyone') return ALLOWED;
    const ids = role === 'approver' ? approvers : operators;
    if (ids === '*') return ALLOWED;
    const membership = await groups.membership(ids, actor.user);
    if (membership === 'member') return ALLOWED;
    return refused(membership === 'unknown' ? UNKNOWN : OUTSIDER[role]);
  }

  return {
    may,
    async mayAlso(people, role, actor) {
      const basic = await may('anyone', actor);
      if (!basic.allowed || people.includes(actor.user)) return basic;
      return may(role, actor);
    },
  };
}

function refused(message: string): Verdict {
  return { allowed: false, message };
}

const STRANGER = 'This bot answers only to members of its own workspace.';
const UNKNOWN =
  'Slack did not say who is in the user group that may do this, so nothing was done. Try again in a minute.';
const OUTSIDER: Record<Exclude<Role, 'anyone'>, string> = {
  operator:
    'You may not run this: it is for the operators named in SSE_OPERATORS. Ask whoever runs this bot to add you.',
  approver:
    'You may not decide this: it is for the approvers named in SSE_APPROVERS. Ask whoever runs this bot to add you.',
};
