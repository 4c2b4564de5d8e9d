import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../sandbox/contracts/slack/check.ts';
import { CHANNEL, PEOPLE, startWorld, type World } from '../../sandbox/world.ts';
import { ASK, play } from './support/onboarding.ts';

const { anna, ben, carla, stranger } = PEOPLE;
const DAVE = 'U0DAVE0001';
const GUEST = 'U0GUEST001';
const ROBOT = 'U0ROBOT001';
const GONE = 'U0GONE0001';
const PATIENCE_MS = 60_000;
const NAMED = [anna, ben, carla, GUEST, ROBOT, GONE].join(',');

interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly data: string;
}

/** One world with its open plan, and what everybody is told and the audit says. */
class Refusals {
  readonly world: World;
  readonly #file: string;
  ts = '';
  requestId = '';

  constructor(world: World) {
    this.world = world;
    this.#file = join(world.folder, 'sse.db');
  }

  async plan(): Promise<void> {
    const before = this.#cards().length;
    await play(this.world, 'asks', ASK);
    await vi.waitFor(() => expect(this.#cards().length).toBeGreaterThan(before), PATIENCE_MS);
    const card = this.#cards().at(-1);
    this.ts = card?.ts ?? '';
    this.requestId =
      this.sql<{ id: string }>('select id from requests order by created_at desc')[0]?.id ?? '';
  }

  async crash(): Promise<void> {
    const bot = this.world.bot();
    bot.kill('SIGKILL');
    await bot.exited;
    await this.world.startBot();
  }

  #cards() {
    return this.world.slack.world.timeline(CHANNEL);
  }

  sql<T>(text: string, ...values: unknown[]): T[] {
    const file = new Database(this.#file, { timeout: 10_000 });
    try {
      const statement = file.prepare(text);
      if (statement.reader) return statement.all(...values) as T[];
      statement.run(...values);
      return [];
    } finally {
      file.close();
    }
  }

  audit(): AuditRow[] {
    return this.sql<AuditRow>('select actor, action, data from audit order by seq');
  }

  told(user: string): string[] {
    return this.world.slack.world.ephemeralsFor(user).map((e) => e.text);
  }

  /** Sends what no client sends: the newest click with other contents. */
  async forge(user: string, actionId: string, value: string, more: JsonObject = {}): Promise<void> {
    const { slack } = this.world;
    const model = slack.envelopes.findLast((e) => e.payload['type'] === 'block_actions');
    if (!model) throw new Error('nobody has clicked yet');
    const [action] = model.payload['actions'] as JsonObject[];
    const payload: JsonObject = {
      ...model.payload,
      user: { id: user, username: 'x', name: 'x', team_id: slack.world.team.id },
      trigger_id: `${randomUUID()}`,
      // Whoever forges has no good response URL; the answer finds its way without.
      response_url: 'https://evil.test/response',
      actions: [{ ...action, action_id: actionId, value }],
      ...more,
    };
    await slack.repeat({ ...model, id: randomUUID(), payload });
  }

  /** Does it, and expects one more answer for this person, one more record, and no call to a vendor. */
  async refused(
    user: string,
    act: () => Promise<unknown>,
    answer: RegExp,
    record: { readonly action: string; readonly why: RegExp },
  ): Promise<void> {
    const calls = this.#calls();
    const [told, rows] = [this.told(user).length, this.audit().length];
    await act();
    await vi.waitFor(() => {
      expect(this.told(user).slice(told).join('\n')).toMatch(answer);
      const found = this.audit()
        .slice(rows)
        .filter((row) => row.actor === user && row.action === record.action);
      expect(found.map((row) => row.data).join('\n')).toMatch(record.why);
    }, PATIENCE_MS);
    expect(this.#calls()).toEqual(calls);
  }

  #calls(): number[] {
    return [this.world.entra.calls.length, this.world.mist.calls.length];
  }
}

const REFUSED = (why: string) => ({ action: 'refused', why: new RegExp(`"why":"${why}"`) });
const DECISION = (why: string) => ({ action: 'approve.refused', why: new RegExp(why) });

async function requests(world: World, path: string, headers: Record<string, string>, body: string) {
  const port = world.env['PORT'] ?? '';
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body });
  return response.status;
}

describe.concurrent.each(['socket', 'http'] as const)('over %s', (transport) => {
  test('every refusal has its own answer and its record, and asks no vendor', async () => {
    const world = await startWorld({
      transport,
      webhooks: true,
      env: { SSE_APPROVERS: NAMED, SSE_OPERATORS: NAMED },
      people: [
        { id: DAVE, name: 'dave' },
        { id: GUEST, name: 'guest', guest: 'some-channels' },
        { id: ROBOT, name: 'robot', isBot: true },
        { id: GONE, name: 'gone', deleted: true },
      ],
    });
    try {
      await world.startBot();
      const here = new Refusals(world);
      await here.plan();
      const person = (user: string) => world.slack.person(user);
      const approve = (user: string) => () => person(user).click(here.ts, 'sse_approve');
      const types = (user: string, line: string) => () => person(user).command(CHANNEL, line);

      // Who it is.
      await here.refused(anna, approve(anna), /You asked for this change/, DECISION('second person'));
      await here.refused(DAVE, approve(DAVE), /approvers named in SSE_APPROVERS/, REFUSED('outsider'));
      await here.refused(stranger, approve(stranger), /its own workspace/, REFUSED('stranger'));
      await here.refused(GUEST, approve(GUEST), /Guests of this workspace/, REFUSED('guest'));
      await here.refused(ROBOT, approve(ROBOT), /Only people change/, REFUSED('bot'));
      await here.refused(GONE, approve(GONE), /account is deactivated/, REFUSED('deactivated'));
      await here.refused(DAVE, types(DAVE, '/sse onboard'), /operators named in/, REFUSED('outsider'));
      await here.refused(stranger, types(stranger, '/sse offboard Lyon'), /its own/, REFUSED('stranger'));
      await here.refused(GUEST, types(GUEST, '/sse bypass Lyon'), /Guests/, REFUSED('guest'));
      await here.refused(DAVE, types(DAVE, '/sse freeze on'), /approvers named/, REFUSED('outsider'));

      // What was sent.
      const { requestId } = here;
      await here.refused(
        carla,
        () => here.forge(carla, 'sse_approve', `${requestId}@9`),
        /edited after this card/,
        DECISION('edited after'),
      );
      await here.refused(
        carla,
        () => here.forge(carla, 'sse_approve', `${randomUUID()}@1`),
        /does not know the request/,
        REFUSED('unknown request'),
      );
      await here.refused(
        carla,
        () => here.forge(carla, 'sse_nuke', requestId),
        /does not know that button/,
        REFUSED('unknown button'),
      );
      await here.refused(
        carla,
        () => here.forge(carla, 'sse_keep', requestId),
        /There is nothing to decide/,
        { action: 'keep.refused', why: /nothing to decide/ },
      );

      // When.
      here.sql('update requests set last_editor = ? where id = ?', carla, requestId);
      await here.refused(carla, approve(carla), /You edited this plan last/, DECISION('edited this plan'));
      here.sql('update requests set last_editor = null where id = ?', requestId);
      await types(ben, '/sse freeze on stocktaking')();
      await vi.waitFor(() => expect(here.told(ben).join()).toMatch(/frozen/i), PATIENCE_MS);
      await here.refused(carla, approve(carla), /frozen by <@.*stocktaking/, DECISION('stocktaking'));
      await types(ben, '/sse freeze off')();
      await vi.waitFor(
        () => expect(here.sql<{ on: number }>('select is_on as "on" from freezes')[0]?.on).toBe(0),
        PATIENCE_MS,
      );
      here.sql('update requests set expires_at = 1 where id = ?', requestId);
      await here.refused(carla, approve(carla), /expired/, DECISION('expired'));

      // Already decided, by whom; and the same submission once more, after a crash.
      // What has expired is swept at the start.
      await here.crash();
      await vi.waitFor(
        () => expect(here.sql<{ state: string }>('select state from requests')[0]?.state).toBe('expired'),
        PATIENCE_MS,
      );
      await here.plan();
      await person(ben).click(here.ts, 'sse_reject');
      await person(ben).waitForView('sse_reject', PATIENCE_MS);
      await person(ben).fill('reason', 'not today');
      await person(ben).submit();
      const rejection = world.slack.envelopes.at(-1);
      await vi.waitFor(() => expect(here.told(ben).join()).toMatch(/Rejected/), PATIENCE_MS);
      await here.refused(
        carla,
        () => here.forge(carla, 'sse_approve', here.requestId),
        new RegExp(`already rejected \\(<@${ben}>\\)`),
        DECISION('already rejected'),
      );
      await here.crash();
      const rows = here.audit().length;
      if (!rejection) throw new Error('nothing was submitted');
      await world.slack.repeat(rejection);
      await vi.waitFor(
        () =>
          expect(here.audit().slice(rows)).toMatchObject([
            { actor: ben, action: 'refused', data: expect.stringContaining('"why":"repeated"') as string },
          ]),
        PATIENCE_MS,
      );

      // Over HTTP, in the place of Mist and of Slack.
      const hook = (body: string, secret: string | undefined) =>
        requests(
          world,
          '/webhooks/mist',
          {
            'content-type': 'application/json',
            ...(secret !== undefined && {
              'x-mist-signature-v2': createHmac('sha256', secret).update(body).digest('hex'),
            }),
          },
          body,
        );
      const foreign = JSON.stringify({ topic: 'device-events', events: [{ org_id: randomUUID() }] });
      expect(await hook(foreign, undefined)).toBe(401);
      expect(await hook(foreign, 'guessed')).toBe(401);
      expect(await hook(foreign, world.env['MIST_WEBHOOK_SECRET'])).toBe(403);
      const expected = ['not signed', 'wrongly signed', 'of another organisation'];
      if (transport === 'http') {
        const slack = (shiftS: number, secret: string) => {
          const body = `command=%2Fsse&text=help&user_id=${ben}&trigger_id=${randomBytes(4).toString('hex')}`;
          const time = String(Math.floor(Date.now() / 1000) + shiftS);
          const mac = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
          return requests(
            world,
            '/slack/events',
            {
              'content-type': 'application/x-www-form-urlencoded',
              'x-slack-request-timestamp': time,
              'x-slack-signature': `v0=${mac}`,
            },
            body,
          );
        };
        expect(await slack(0, 'guessed')).toBe(401);
        expect(await slack(-301, world.env['SLACK_SIGNING_SECRET'] ?? '')).toBe(401);
        expected.push('not signed by Slack', 'timestamp too far away');
      }
      await vi.waitFor(() => {
        const whys = here
          .audit()
          .filter((row) => row.actor === 'unknown')
          .map((row) => (JSON.parse(row.data) as { why: string }).why);
        expect(whys.toSorted()).toEqual(expected.toSorted());
      }, PATIENCE_MS);
      expect(world.slack.violations).toEqual([]);
      expect(here.sql('select * from runs')).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
