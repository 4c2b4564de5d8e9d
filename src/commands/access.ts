import type { Actor } from '../flows/types.ts';
import type { People, Standing } from '../integrations/slack/people.ts';
import type { UserGroups } from '../integrations/slack/usergroups.ts';
import type { Role } from './verbs.ts';

/** Why somebody may not: not one of this workspace's full members, not named, or Slack could not be asked. */
export type RefusalReason = Exclude<Standing, 'member'> | 'outsider';

export type Verdict =
  | { readonly allowed: true }
  /** `message` is for the person: why, and who could. `reason` is for the audit. */
  | { readonly allowed: false; readonly message: string; readonly reason: RefusalReason };

/**
 * Who may do what, by IDs alone; asked anew at every command, submission and click. Channel membership counts for nothing, and
 * only full members of the workspace, as Slack shows them at that moment, change or decide anything.
 */
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
  readonly people: People;
}

const ALLOWED: Verdict = { allowed: true };

export function createAccess({ approvers, operators, ownTeam, groups, people }: AccessOptions): Access {
  /** What the request itself says: enough for looking at something. */
  function isOwn(actor: Actor): boolean {
    return actor.user !== '' && actor.teamId !== '' && actor.teamId === ownTeam();
  }

  async function asMember(actor: Actor): Promise<Verdict> {
    const standing = await people.standing(actor.user, ownTeam() ?? '');
    return standing === 'member' ? ALLOWED : refused(standing);
  }

  async function asNamed(role: Exclude<Role, 'anyone'>, actor: Actor): Promise<Verdict> {
    const ids = role === 'approver' ? approvers : operators;
    if (ids === '*') return ALLOWED;
    const membership = await groups.membership(ids, actor.user);
    if (membership === 'member') return ALLOWED;
    return membership === 'unknown'
      ? { allowed: false, reason: 'unknown', message: UNKNOWN_GROUP }
      : { allowed: false, reason: 'outsider', message: OUTSIDER[role] };
  }

  async function may(role: Role, actor: Actor): Promise<Verdict> {
    if (!isOwn(actor)) return refused('stranger');
    if (role === 'anyone') return ALLOWED;
    const [member, named] = await Promise.all([asMember(actor), asNamed(role, actor)]);
    return member.allowed ? named : member;
  }

  return {
    may,
    async mayAlso(others, role, actor) {
      if (!isOwn(actor)) return refused('stranger');
      return others.includes(actor.user) ? asMember(actor) : may(role, actor);
    },
  };
}

function refused(reason: Exclude<Standing, 'member'>): Verdict {
  return { allowed: false, reason, message: NOT_A_MEMBER[reason] };
}

const NOT_A_MEMBER: Record<Exclude<Standing, 'member'>, string> = {
  stranger: 'This bot answers only to members of its own workspace.',
  guest:
    'Guests of this workspace can look, but not change or decide anything. Ask a full member who is an operator or approver.',
  bot: 'Only people change or decide something here; Slack says that this account is an app.',
  deactivated: 'This account is deactivated in Slack, so nothing was done.',
  unknown: 'Slack did not say whether you are a member here, so nothing was done. Try again in a minute.',
};
const UNKNOWN_GROUP =
  'Slack did not say who is in the user group that may do this, so nothing was done. Try again in a minute.';
const OUTSIDER: Record<Exclude<Role, 'anyone'>, string> = {
  operator:
    'You may not run this: it is for the operators named in SSE_OPERATORS. Ask whoever runs this bot to add you.',
  approver:
    'You may not decide this: it is for the approvers named in SSE_APPROVERS. Ask whoever runs this bot to add you.',
};
