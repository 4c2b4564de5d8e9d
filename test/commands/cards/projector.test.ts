import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { createLog, type Log } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createProjector, type Projector } from '../../../src/commands/cards/projector.ts';
import { slackLogger } from '../../../src/integrations/slack/logger.ts';
import { createSend } from '../../../src/integrations/slack/send.ts';
import { DeskFlows } from '../support/desk-flows.ts';
import { CHANNEL, FOREIGN_CHANNEL, REQUESTER, workspace } from '../support/office.ts';
import { planLine, requestView, step } from '../support/samples.ts';

/** Nothing here takes so long; a busy machine may. */
const PATIENCE_MS = 30_000;

let sim: SlackSim;
let flows: DeskFlows;
let projector: Projector;
let unreachable: string[];
const log: Log = createLog({
  level: 'silent',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});

function start(minEditMs = 20): Projector {
  const made = createProjector({
    feed: flows.cards,
    send: createSend({
      token: new Secret(sim.botToken),
      apiUrl: sim.apiUrl,
      log,
      clientOptions: { logger: slackLogger(log) },
      timeoutMs: PATIENCE_MS,
    }),
    log,
    minEditMs,
    sweepMs: 50,
    onUnreachable: async (view) => void unreachable.push(view.id),
  });
  made.start();
  return made;
}

beforeEach(async () => {
  sim = await workspace();
  flows = new DeskFlows();
  unreachable = [];
  projector = start();
});
afterEach(async () => {
  await projector.stop();
  await sim.close();
});

const calls = (method: string) => sim.calls.filter(({ path }) => path.endsWith(method));
const cards = () => sim.world.messages.filter(({ threadTs }) => threadTs === undefined);
const replies = () =>
  sim.world.messages.filter(({ threadTs }) => threadTs !== undefined).map(({ text }) => text);
const fileNamed = (name: string) =>
  [...sim.world.files.values()].find((file) => file.name === name)?.content?.toString() ?? '';

describe('the cards in the channel', () => {
  it('tell in their thread what somebody decided to keep, and do not praise it', async () => {
    flows.put(requestView({ state: 'Needs decision', reason: 'BGP did not come back' }));
    await projector.settled(PATIENCE_MS);
    flows.change('req-1', { state: 'Onboarded', reason: 'Kept in use although the second look failed.' });
    await projector.settled(PATIENCE_MS);
    expect(replies()).toEqual([
      `<@${REQUESTER}> Lyon was kept as it is. Kept in use although the second look failed.`,
    ]);
  });

  it('are one message for each request, edited in place', async () => {
    flows.put(requestView());
    await projector.settled(PATIENCE_MS);
    flows.change('req-1', {
      state: 'Running',
      approvals: [{ user: 'U0APPROVE1', at: 1 }],
      steps: [step(1, 'doing')],
    });
    await projector.settled(PATIENCE_MS);
    flows.change('req-1', { state: 'Verified', statusLine: 'Lyon: tunnels 1/1, BGP 1/1, routes 25' });
    await projector.settled(PATIENCE_MS);
    expect(cards()).toHaveLength(1);
    expect(cards()[0]?.versions.map(({ text }) => text)).toEqual([
      'Plan Lyon: 1 change, waiting for approval',
      'Running Lyon: step 1 of 1, step 1',
      'Verified Lyon: tunnels 1/1, BGP 1/1, routes 25',
    ]);
    expect(replies()).toEqual([
      'Approved by <@U0APPROVE1>. The change of Lyon has started.',
      `<@${REQUESTER}> Lyon passed the second look. Lyon: tunnels 1/1, BGP 1/1, routes 25`,
    ]);
    expect(sim.violations).toEqual([]);
  });

  it('are not edited where nothing changed', async () => {
    flows.put(requestView());
    await projector.settled(PATIENCE_MS);
    flows.change('req-1', {});
    await projector.settled(PATIENCE_MS);
    expect(calls('chat.update')).toHaveLength(0);
  });

  it('are edited less often than they change', async () => {
    await projector.stop();
    projector = start(300);
    flows.put(requestView({ state: 'Running' }));
    await projector.settled(PATIENCE_MS);
    const from = performance.now();
    for (let n = 1; n <= 40; n += 1) {
      flows.change('req-1', { steps: Array.from({ length: n }, (_, i) => step(i, 'done')) });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await projector.settled(PATIENCE_MS);
    const tookMs = performance.now() - from;
    expect(calls('chat.update').length).toBeLessThanOrEqual(Math.floor(tookMs / 300) + 1);
    expect(JSON.stringify(cards()[0]?.blocks)).toContain('step 39');
  });

  it('catch up after Slack was away, with what is true by then', async () => {
    flows.put(requestView());
    await projector.settled(PATIENCE_MS);
    const end = sim.outage();
    flows.change('req-1', { state: 'Running' });
    flows.put(requestView({ id: 'req-2', site: { id: 's', name: 'Paris' } }));
    await vi.waitFor(() => expect(calls('chat.update').length).toBeGreaterThan(0), PATIENCE_MS);
    flows.change('req-1', { state: 'Rolled back', reason: 'Mist refused.' });
    end();
    await projector.settled(PATIENCE_MS);
    expect(cards().map(({ text }) => text)).toEqual([
      'Rolled back Lyon: Mist refused.',
      'Plan Paris: 1 change, waiting for approval',
    ]);
  });

  it('are drawn by the next process where this one ended too early', async () => {
    await projector.stop();
    flows.put(requestView());
    flows.change('req-1', { state: 'Expired' });
    projector = start();
    await projector.settled(PATIENCE_MS);
    expect(cards().map(({ text }) => text)).toEqual([
      'Expired Lyon: nobody decided in time, nothing was changed',
    ]);
    await projector.stop();
    flows.change('req-1', {});
    projector = start();
    await projector.settled(PATIENCE_MS);
    expect(cards()).toHaveLength(1);
  });

  it('come back where somebody deleted them', async () => {
    flows.put(requestView());
    await projector.settled(PATIENCE_MS);
    const [card] = cards();
    if (card) card.deleted = true;
    flows.change('req-1', { state: 'Running' });
    await projector.settled(PATIENCE_MS);
    expect(
      cards()
        .filter(({ deleted }) => !deleted)
        .map(({ text }) => text),
    ).toEqual([expect.stringMatching(/^Running Lyon/)]);
  });

  it.each([
    ['Slack carried the post out and its answer was lost', { kind: 'reset-after' } as const],
    ['Slack answered 500 after all', { kind: 'answer-after', status: 500 } as const],
  ])('say that they may stand there twice, where %s', async (_what, action) => {
    sim.faults.plant({ path: 'chat.postMessage', action });
    flows.put(requestView());
    await projector.settled(PATIENCE_MS);
    expect(cards()).toHaveLength(2);
    const note = 'posted again: Slack did not confirm the first one';
    const shown = () => cards().map(({ blocks }) => JSON.stringify(blocks).includes(note));
    expect(shown()).toEqual([false, true]);
    flows.change('req-1', { state: 'Running', steps: [step(1, 'doing')] });
    await projector.settled(PATIENCE_MS);
    expect(cards().map(({ text }) => text.split(' ')[0])).toEqual(['Plan', 'Running']);
    expect(shown()).toEqual([false, true]);
    expect(sim.violations).toEqual([]);
  });

  it('say so, too, where a process ended between the post and its note of it', async () => {
    const { cards: feed } = flows;
    const saveCard = feed.saveCard;
    const [noting, killed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    feed.saveCard = (requestId, card) => {
      if (card.ts === undefined) return saveCard(requestId, card);
      noting.resolve();
      return killed.promise;
    };
    flows.put(requestView());
    await noting.promise;
    expect(cards()).toHaveLength(1);
    feed.saveCard = saveCard;
    const next = start();
    await vi.waitFor(() => expect(cards()).toHaveLength(2), PATIENCE_MS);
    expect(JSON.stringify(cards()[1]?.blocks)).toContain('posted again');
    const stopped = projector.stop();
    killed.reject(new Error('killed'));
    await stopped;
    projector = next;
  });

  it('do not say so where Slack refused the first one', async () => {
    sim.faults.plant({
      path: 'chat.postMessage',
      times: 2,
      action: { kind: 'answer', status: 200, body: '{"ok":false,"error":"internal_error"}' },
    });
    flows.put(requestView());
    await projector.settled(PATIENCE_MS);
    expect(cards()).toHaveLength(1);
    expect(JSON.stringify(cards()[0]?.blocks)).not.toContain('posted again');
  });

  it('tell once where the bot is not a member, and appear when it is', async () => {
    flows.put(requestView({ channel: FOREIGN_CHANNEL }));
    await vi.waitFor(() => expect(calls('chat.postMessage').length).toBeGreaterThan(1), PATIENCE_MS);
    expect(unreachable).toEqual(['req-1']);
    sim.world.channels.get(FOREIGN_CHANNEL)?.members.add(sim.world.bot.userId);
    await projector.settled(PATIENCE_MS);
    expect(cards().map(({ channel }) => channel)).toEqual([FOREIGN_CHANNEL]);
  });

  it('keep the whole plan as a file in the thread where it is too long, again after an edit', async () => {
    const plan = Array.from({ length: 200 }, (_, n) => planLine(n, 'y'.repeat(150)));
    flows.put(requestView({ plan }));
    await projector.settled(PATIENCE_MS);
    expect(replies()).toEqual(['What did not fit on the card: plan-req-1-1.txt']);
    expect(JSON.stringify(cards()[0]?.blocks)).toContain('is in the file plan-req-1-1.txt in the thread');
    expect(fileNamed('plan-req-1-1.txt')).toContain('change 199');
    flows.change('req-1', { approvals: [{ user: 'U0APPROVE1', at: 1 }], approvalsNeeded: 2 });
    await projector.settled(PATIENCE_MS);
    expect(replies()).toHaveLength(1);
    flows.change('req-1', { revision: 2 });
    await projector.settled(PATIENCE_MS);
    expect(replies()).toHaveLength(2);
    expect(fileNamed('plan-req-1-2.txt')).toContain('change 199');
    expect(cards()[0]?.channel).toBe(CHANNEL);
  });

  it('put the rest of a plan into messages where Slack takes no file', async () => {
    sim.faults.plant({
      path: 'files.getUploadURLExternal',
      times: -1,
      action: { kind: 'answer', status: 500 },
    });
    flows.put(requestView({ plan: Array.from({ length: 200 }, (_, n) => planLine(n, 'y'.repeat(150))) }));
    await projector.settled(PATIENCE_MS);
    expect(replies().length).toBeGreaterThan(1);
    expect(replies().join('\n')).toContain('change 199');
  });
});
