import { expect, test, describe, vi } from 'vitest';
import { inWorld } from './support/in-world.ts';
import { APPROVE, ASK, play } from './support/onboarding.ts';
import { logged, metrics, PATIENCE, readyz, untilMetrics, untilReadyz } from './support/watching.ts';

const AN_HOUR = 3_600_000;
const count = (step: string, outcome: string): string =>
  `sse_step_seconds_count{step="${step}",outcome="${outcome}"}`;

describe.concurrent('what a monitoring system sees of a bot', () => {
  test('a run that goes on, that asks, that is rolled back, and a card that cannot be drawn', async () =>
    inWorld({ env: { SSE_VERIFY_TIMEOUT: '2s' } }, async (world) => {
      await untilMetrics(world, {
        'sse_runs{state="active"}': 0,
        'sse_runs{state="needs-decision"}': 0,
        sse_cards_pending: 0,
        sse_cards_oldest_seconds: 0,
      });
      await play(world, 'up to the plan', ASK);
      const held = world.mist.faults.plant({
        method: 'PUT',
        path: '/devices/[^/]+$',
        delayMs: 3000,
        action: { kind: 'slow' },
      });
      await play(world, 'approved', [APPROVE]);
      world.mist.portal.setWanUp('Lyon', 'wan0', false);
      await vi.waitFor(
        () => expect(world.mist.calls.some(({ fault }) => fault === held.id)).toBe(true),
        PATIENCE,
      );
      await untilMetrics(world, { 'sse_runs{state="active"}': 1, [count('entra.network', 'done')]: 1 });
      const works = world.slack.faults.plant({
        path: '/api/chat\\.',
        times: -1,
        action: { kind: 'answer', status: 503 },
      });
      await untilMetrics(world, { 'sse_runs{state="needs-decision"}': 1, sse_cards_pending: 1 });
      await vi.waitFor(
        async () => expect((await metrics(world)).get('sse_cards_oldest_seconds')).toBeGreaterThan(0),
        PATIENCE,
      );
      world.slack.faults.remove(works.id);
      await play(world, 'decided', [
        { kind: 'card', text: 'Needs decision Lyon' },
        { kind: 'clicks', who: 'ben', action: 'sse_rollback' },
        { kind: 'card', text: 'Rolled back Lyon' },
      ]);
      await untilMetrics(world, {
        'sse_runs{state="active"}': 0,
        'sse_runs{state="unwinding"}': 0,
        'sse_runs{state="needs-decision"}': 0,
        sse_cards_pending: 0,
        [count('entra.network', 'undone')]: 1,
        [count('entra.link', 'undone')]: 1,
        [count('mist.connectors', 'undone')]: 1,
      });
      const now = await metrics(world);
      for (const line of [
        'sse_remote_calls_total{system="entra",method="POST",outcome="201"}',
        'sse_remote_calls_total{system="mist",method="PUT",outcome="200"}',
        'sse_remote_calls_total{system="slack",method="chat.postMessage",outcome="ok"}',
        'sse_remote_calls_total{system="slack",method="chat.update",outcome="unavailable"}',
      ]) {
        expect([...now.keys()]).toContain(line);
      }
      const sent = world.mist.calls.length;
      expect(now.get('sse_budget_calls_left{system="mist"}')).toBeGreaterThanOrEqual(5000 - sent);
      expect(now.get('sse_budget_calls_left{system="mist"}')).toBeLessThan(5000);
      expect(now.get('sse_slack_ack_seconds_count{kind="action"}')).toBeGreaterThan(0);
    }));

  test.for([
    {
      system: 'entra',
      call: { method: 'POST', path: '/deviceLinks$' },
      opId: 'entra.link.1',
      headers: { 'request-id': 'a1b2c3d4-0000-4000-8000-00000000e47a' },
      body: '{"error":{"code":"BadRequest","message":"no"}}',
    },
    {
      system: 'mist',
      call: { method: 'PUT', path: '/devices/[^/]+$' },
      opId: 'mist.connectors',
      headers: { 'x-request-id': 'mist-77' },
      body: '{"detail":"no"}',
    },
  ] as const)(
    'a call that $system refuses is in the log with the run, the request and what the vendor calls it',
    async ({ system, call, opId, headers, body }) =>
      inWorld({}, async (world) => {
        await play(world, 'up to the plan', ASK);
        world[system].faults.plant({ ...call, action: { kind: 'answer', status: 400, headers, body } });
        await play(world, 'refused', [APPROVE, { kind: 'card', text: '/^(Rolled back|Failed) Lyon/' }]);
        const [failed] = logged(world, 'a call failed');
        expect(failed).toMatchObject({ opId, code: expect.stringMatching(`^${system}\\.`) });
        const [sent] = logged(world, 'a remote call that may change something').filter(
          ({ status }) => status === 400,
        );
        const common = {
          runId: expect.stringMatching(/./),
          requestId: expect.stringMatching(/./),
          vendorRequestId: Object.values(headers)[0],
        };
        expect(failed).toMatchObject(common);
        expect(sent).toMatchObject({ ...common, system });
        expect([sent?.['runId'], sent?.['requestId']]).toEqual([failed?.['runId'], failed?.['requestId']]);
        expect(failed?.['requestId']).not.toBe(failed?.['runId']);
      }),
  );

  test('/readyz says why it is not ready and what is wrong, and /healthz that it lives', async () =>
    inWorld({}, async (world) => {
      await untilReadyz(world, 200);
      const comeBack = world.slack.outage();
      await untilReadyz(world, 503, { reasons: ['Slack is not connected'] });
      comeBack();
      await untilReadyz(world, 200);

      const look = { kind: 'types', who: 'anna', line: '/sse status Lyon' } as const;
      const refuses = world.mist.faults.plant({ times: -1, action: { kind: 'answer', status: 401 } });
      await play(world, 'a look that Mist refuses', [look]);
      await untilReadyz(world, 200, { warnings: ['Mist refuses us (401)'] });
      world.mist.faults.remove(refuses.id);
      await play(world, 'a look that it accepts', [look]);
      await untilReadyz(world, 200);

      world.entra.faults.plant({
        path: '/beta/',
        action: {
          kind: 'answer',
          status: 503,
          headers: { date: new Date(Date.now() - AN_HOUR).toUTCString() },
        },
      });
      await play(world, 'a look at a vendor of another time', [look]);
      await vi.waitFor(
        () => expect(logged(world, 'the clock of this machine is more than 60 s off')).not.toEqual([]),
        PATIENCE,
      );

      world.mist.faults.plant({ path: '/sites', action: { kind: 'answer', status: 429 } });
      await play(world, 'a look beyond the budget', [look]);
      await untilReadyz(world, 200, { warnings: ["of Mist's calls of this hour are left"] });

      const answers = world.slack.faults.plant({
        times: -1,
        delayMs: 3000,
        action: { kind: 'slow' },
      });
      await play(world, 'something to do at the end', [{ kind: 'types', who: 'anna', line: '/sse help' }]);
      const bot = world.bot();
      bot.kill('SIGTERM');
      await vi.waitFor(
        async () =>
          expect(await readyz(world)).toMatchObject({ status: 503, reasons: ['the bot is stopping'] }),
        PATIENCE,
      );
      expect(await bot.exited).toBe(0);
      world.slack.faults.remove(answers.id);
    }));
});
