import { EventEmitter } from 'node:events';
import { Ids } from './ids.ts';
import type { SlackSettings } from './options.ts';
import type { Channel, Ephemeral, Message, OpenView, SlackFile, User, UserGroup } from './world-types.ts';

/** Everything that the simulated workspace holds. Read it in tests; change it through the methods only. */
export class SlackWorld {
  readonly team: { id: string; domain: string; name: string };
  readonly app: { id: string; name: string };
  readonly bot: { userId: string; botId: string; name: string };
  readonly ids: Ids;
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly userGroups = new Map<string, UserGroup>();
  /** In posting order, deleted ones included. */
  readonly messages: Message[] = [];
  readonly ephemerals: Ephemeral[] = [];
  /** Open modals by view id. */
  readonly views = new Map<string, OpenView>();
  /** Per person: view ids, root first. */
  readonly stacks = new Map<string, string[]>();
  /** Home tabs by user id. */
  readonly homes = new Map<string, OpenView>();
  readonly files = new Map<string, SlackFile>();
  /** Block types that this workspace does not take yet: Slack rolls new ones out gradually and refuses them as if they did not exist. */
  readonly refusedBlocks = new Set<string>();
  readonly #events = new EventEmitter().setMaxListeners(0);

  constructor(settings: SlackSettings) {
    this.team = { name: settings.team.domain, ...settings.team };
    this.app = { name: 'app', ...settings.app };
    this.bot = { name: 'bot', ...settings.bot };
    this.ids = new Ids(settings.clock);
    for (const seed of settings.users) {
      this.users.set(seed.id, {
        id: seed.id,
        name: seed.name,
        realName: seed.realName ?? seed.name,
        teamId: seed.teamId ?? this.team.id,
        deleted: seed.deleted ?? false,
        isBot: seed.isBot ?? false,
        ...(seed.guest && { guest: seed.guest }),
        ...(seed.enterpriseTeams && { enterpriseTeams: seed.enterpriseTeams }),
      });
    }
    const own = [...this.users.values()]
      .filter((user) => user.teamId === this.team.id)
      .map((user) => user.id);
    const { userId, name } = this.bot;
    this.users.set(userId, {
      id: userId,
      name,
      realName: name,
      teamId: this.team.id,
      deleted: false,
      isBot: true,
    });
    for (const seed of settings.channels) {
      const members = new Set(seed.members ?? own);
      if (seed.bot ?? true) members.add(userId);
      const { id, kind = 'public', archived = false } = seed;
      this.channels.set(id, { id, name: seed.name, kind, members, archived });
    }
    for (const { id, handle, name: title, users } of settings.userGroups) {
      this.userGroups.set(id, { id, handle, name: title ?? handle, users: [...users] });
    }
  }

  /** The message with this ts that is not deleted. */
  message(channel: string, ts: string): Message | undefined {
    return this.messages.find((m) => m.channel === channel && m.ts === ts && !m.deleted);
  }

  /** Messages of a channel that are not deleted, oldest first; without replies. */
  timeline(channel: string): Message[] {
    return this.messages.filter((m) => m.channel === channel && !m.deleted && m.threadTs === undefined);
  }

  /** Replies of a thread, oldest first. */
  thread(channel: string, ts: string): Message[] {
    return this.messages.filter((m) => m.channel === channel && !m.deleted && m.threadTs === ts);
  }

  /** What this person was told in private and can still see, oldest first. */
  ephemeralsFor(user: string): Ephemeral[] {
    return this.ephemerals.filter((e) => e.user === user && !e.removed);
  }

  /** The modal that this person looks at. */
  topView(user: string): OpenView | undefined {
    const top = this.stacks.get(user)?.at(-1);
    return top === undefined ? undefined : this.views.get(top);
  }

  /** The direct conversation of the bot with a person, made on first use. */
  directChannel(user: string): Channel {
    const id = `D${user.slice(1)}`;
    const existing = this.channels.get(id);
    if (existing) return existing;
    const made: Channel = {
      id,
      name: 'directmessage',
      kind: 'im',
      members: new Set([user, this.bot.userId]),
      archived: false,
    };
    this.channels.set(id, made);
    return made;
  }

  invite(channel: string, user: string): void {
    this.channels.get(channel)?.members.add(user);
    this.changed();
  }

  kick(channel: string, user: string): void {
    this.channels.get(channel)?.members.delete(user);
    this.changed();
  }

  /** An administrator makes a guest of somebody, deactivates the account, or takes it back. */
  setUser(id: string, patch: Partial<Pick<User, 'deleted' | 'isBot' | 'guest'>>): void {
    const user = this.users.get(id);
    if (!user) throw new Error(`no user ${id}`);
    Object.assign(user, patch);
    this.changed();
  }

  setUserGroup(id: string, users: readonly string[]): void {
    const group = this.userGroups.get(id);
    if (!group) throw new Error(`no user group ${id}`);
    group.users = [...users];
    this.changed();
  }

  /** Tells everybody who waits that something is different now. */
  changed(): void {
    this.#events.emit('change');
  }

  /** Calls `listener` after every change; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#events.on('change', listener);
    return () => this.#events.off('change', listener);
  }

  /** Resolves with the predicate's first value that is neither undefined, null nor false; rejects after `timeoutMs`. */
  waitFor<T>(predicate: (world: SlackWorld) => T | undefined | null | false, timeoutMs = 30_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        let found: T | undefined | null | false;
        try {
          found = predicate(this);
        } catch (error) {
          finish();
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (found === undefined || found === null || found === false) return;
        finish();
        resolve(found);
      };
      const stop = this.onChange(look);
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`nothing matched within ${timeoutMs} ms; ${this.summary()}`));
      }, timeoutMs);
      const finish = (): void => {
        stop();
        clearTimeout(timer);
      };
      look();
    });
  }

  /** The last things that happened, for the message of a failed wait. */
  summary(): string {
    const messages = this.messages.slice(-5).map((m) => `${m.channel}: ${m.text.slice(0, 80)}`);
    const ephemerals = this.ephemerals.slice(-3).map((e) => `to ${e.user}: ${e.text.slice(0, 80)}`);
    const views = [...this.views.values()].map((v) => `${v.user} sees ${String(v.content['callback_id'])}`);
    return `messages [${messages.join(' | ')}], ephemerals [${ephemerals.join(' | ')}], modals [${views.join(' | ')}]`;
  }
}
