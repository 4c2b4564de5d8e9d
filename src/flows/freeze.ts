import type { FreezeRow } from '../../db/types.ts';
import { accepted, refused } from './decision-notes.ts';
import type { FlowParts } from './parts.ts';
import type { Actor, DecisionAnswer } from './types.ts';

/** The switch that lets no change start anywhere (docs/adr/0015-what-a-freeze-stops.md). Rights are the caller's to check. */
export interface Freeze {
  /** Turns it on, with a reason, or off. Refused where it is so already, with who did it. */
  set(actor: Actor, isOn: boolean, reason: string): Promise<DecisionAnswer>;
  now(): Promise<FreezeRow | undefined>;
}

/** Longest reason that is kept. */
const MAX_REASON = 300;

/** The freeze over its one row. Every open plan's card is drawn again when it changes. */
export function createFreeze({ store, clock }: Pick<FlowParts, 'store' | 'clock'>): Freeze {
  return {
    now: () => store.freezes.get(),
    set: (actor, isOn, given) =>
      store.transaction(async (tx) => {
        const now = clock.now();
        const reason = given.trim().slice(0, MAX_REASON);
        if (!(await tx.freezes.set({ isOn, reason, by: actor.user, at: now }))) {
          const why = alreadySo(await tx.freezes.get(), isOn);
          await tx.audit.append({
            at: now,
            actor: actor.user,
            action: `freeze.${isOn ? 'on' : 'off'}.refused`,
            data: { why },
          });
          return refused(why);
        }
        await tx.audit.append({
          at: now,
          actor: actor.user,
          action: isOn ? 'freeze.on' : 'freeze.off',
          data: reason === '' ? {} : { reason },
        });
        for (const request of await tx.requests.planned()) await tx.outbox.add('card', request.id, now);
        return accepted(
          isOn
            ? 'Frozen: no change starts until `/sse freeze off`. Runs that are under way go on to their end; rolling back stays possible.'
            : 'Not frozen any more: plans can be approved again.',
        );
      }),
  };
}

function alreadySo(before: FreezeRow | undefined, isOn: boolean): string {
  if (!isOn) return 'Changes are not frozen.';
  const by = before && before.by !== '' ? ` by <@${before.by}>` : '';
  const why = before && before.reason !== '' ? ` (${before.reason})` : '';
  return `Changes are frozen already${by}${why}.`;
}
