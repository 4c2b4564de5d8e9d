import type { SlackWorld } from './world.ts';

export type TriggerError = 'expired_trigger_id' | 'exchanged_trigger_id' | 'invalid_trigger_id';

interface Trigger {
  user: string;
  /** The modal in which it arose. */
  viewId?: string;
  until: number;
  exchanged: boolean;
}

/** Trigger ids: short lived, used once. */
export class TriggerBook {
  readonly #triggers = new Map<string, Trigger>();
  readonly #world: SlackWorld;
  readonly #clock: () => number;
  readonly #lifeMs: number;

  constructor(world: SlackWorld, clock: () => number, lifeMs: number) {
    this.#world = world;
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  issue(user: string, viewId?: string): string {
    const id = this.#world.ids.trigger();
    const until = this.#clock() + this.#lifeMs;
    this.#triggers.set(id, { user, until, exchanged: false, ...(viewId !== undefined && { viewId }) });
    return id;
  }

  /** Looks without using it up: wrong arguments of a call must not cost the trigger. */
  check(id: string): { user: string; viewId?: string } | TriggerError {
    const trigger = this.#triggers.get(id);
    if (!trigger) return 'invalid_trigger_id';
    if (trigger.exchanged) return 'exchanged_trigger_id';
    if (this.#clock() > trigger.until) return 'expired_trigger_id';
    return trigger;
  }

  exchange(id: string): void {
    const trigger = this.#triggers.get(id);
    if (trigger) trigger.exchanged = true;
  }
}
