import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { CHANNEL, startWorld, type World, type WorldOptions } from '../../sandbox/world.ts';
import { noPostgres, onDatabase } from '../support/postgres/postgres.ts';
import { ASK, play } from './support/onboarding.ts';

const CLICKS = 1000;
/** Every one of them may approve, and each clicks ten times. */
const PEOPLE = Array.from({ length: 100 }, (_, n) => ({
  id: `U0RACER${String(n).padStart(3, '0')}`,
  name: `racer${n}`,
}));

async function rows<T extends object>(world: World, text: string): Promise<readonly T[]> {
  const url = world.env['DATABASE_URL'] ?? '';
  if (url.startsWith('postgres')) return onDatabase<T>(url, text);
  const file = new Database(join(world.folder, 'sse.db'), { readonly: true });
  try {
    return file.prepare(text).all() as T[];
  } finally {
    file.close();
  }
}

async function race(options: WorldOptions): Promise<void> {
  const approvers = PEOPLE.map((p) => p.id).join(',');
  const world = await startWorld({
    ...options,
    people: PEOPLE,
    // Who wins is asked here, on a machine that plays Slack as well, and not how fast it is.
    ackTimeoutMs: 60_000,
    env: { SSE_APPROVERS: approvers, SSE_REKEY_CHECK: '0' },
  });
  try {
    await world.startBot();
    await play(world, 'asks', ASK);
    const { ts } = world.slack.world.timeline(CHANNEL).at(-1) ?? { ts: '' };
    // All clicks are made of the same card before any of them has arrived.
    const clicks = Array.from({ length: CLICKS }, (_, n) => {
      const user = PEOPLE[n % PEOPLE.length]?.id ?? '';
      return world.slack.person(user).click(ts, 'sse_approve');
    });
    const outcomes = await Promise.all(clicks);
    expect(outcomes.filter((one) => one.outcome !== 'acked')).toEqual([]);
    const told = (): string[] =>
      PEOPLE.flatMap((p) => world.slack.world.ephemeralsFor(p.id).map((e) => e.text));
    const answers = (user: string): number => world.slack.world.ephemeralsFor(user).length;
    // An answer whose delivery was lost is given a second time, so there may be more.
    await vi.waitFor(() => expect(PEOPLE.filter((p) => answers(p.id) < CLICKS / PEOPLE.length)).toEqual([]), {
      timeout: 90_000,
      interval: 200,
    });
    const won = told().filter((text) => text.startsWith('Approved. The run has started'));
    expect(new Set(won).size).toBe(1);
    const [decision, ...more] = await rows<{ user_id: string }>(world, 'select user_id from decisions');
    expect(more).toEqual([]);
    // Everybody else is told by whom it has been decided.
    const late = new RegExp(`already (approved|carried out).* \\(<@${decision?.user_id}>\\)`);
    expect(told().filter((text) => !late.test(text))).toEqual(won);
    expect(await rows(world, 'select id from runs')).toHaveLength(1);
    const audit = await rows<{ action: string }>(
      world,
      "select action from audit where action like 'approve%'",
    );
    expect(audit.filter((row) => row.action === 'approve')).toHaveLength(1);
    expect(audit.filter((row) => row.action === 'approve.refused')).toHaveLength(CLICKS - 1);
    await play(world, 'goes on', [{ kind: 'card', text: 'Onboarded Lyon' }]);
    expect([...world.entra.store.networks.values()].map((n) => n.name)).toEqual(['Lyon']);
  } finally {
    await world.close();
  }
}

describe('a thousand approvals of one plan at once', () => {
  test('over HTTP, by one bot on SQLite: one takes effect, and each click is answered', () =>
    race({ transport: 'http' }));

  test.skipIf(noPostgres)(
    `over Socket Mode, by three bots on PostgreSQL: the same${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
    () => race({ workers: 3 }),
  );
});
