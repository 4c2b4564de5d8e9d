import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { createLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createProjector, type Projector } from '../../../src/commands/cards/projector.ts';
import { createPictureShelf } from '../../../src/commands/pictures/shelf.ts';
import { topologyOf } from '../../../src/flows/topology.ts';
import { slackLogger } from '../../../src/integrations/slack/logger.ts';
import { createSend } from '../../../src/integrations/slack/send.ts';
import { goldenDesign } from '../pictures/support.ts';
import { DeskFlows } from '../support/desk-flows.ts';
import { workspace } from '../support/office.ts';
import { requestView, step } from '../support/samples.ts';

let sim: SlackSim;
let flows: DeskFlows;
let projector: Projector;
const log = createLog({ level: 'silent' });
const topology = topologyOf(goldenDesign('single-wan'));

beforeEach(async () => {
  sim = await workspace();
  flows = new DeskFlows();
  const send = createSend({
    token: new Secret(sim.botToken),
    apiUrl: sim.apiUrl,
    log,
    clientOptions: { logger: slackLogger(log) },
    timeoutMs: 2000,
  });
  projector = createProjector({
    feed: flows.cards,
    send,
    log,
    minEditMs: 20,
    sweepMs: 50,
    onUnreachable: () => Promise.resolve(),
    pictures: createPictureShelf({ upload: (file) => send.upload(file), log, pausesMs: [50, 50] }),
  });
  projector.start();
});
afterEach(async () => {
  await projector.stop();
  await sim.close();
});

const card = () => sim.world.messages.find(({ threadTs }) => threadTs === undefined);
const images = () => card()?.blocks.filter(({ type }) => type === 'image') ?? [];
const pictured = () => vi.waitFor(() => expect(images()).toHaveLength(1), { timeout: 30_000 });

it('the card is posted at once with the facts as text, and edited when the picture is there', async () => {
  flows.put(requestView({ topology }));
  await projector.settled(5000);
  expect(JSON.stringify(card()?.versions[0])).toContain('wan0 203.0.113.10 (lyon-ssr): BGP 10.99.99.1');
  await pictured();
  const [image] = images();
  expect(image).toMatchObject({ alt_text: expect.stringContaining('203.0.113.10') as string });
  const file = sim.world.files.get((image?.['slack_file'] as { id: string }).id);
  expect(file).toMatchObject({
    name: 'topology-Lyon.png',
    mimetype: 'image/png',
    complete: true,
    channels: [],
  });
  expect(file?.altText).toBe(image?.['alt_text']);
  expect(sim.violations).toEqual([]);
});

it('a run has no picture while it goes on, and the finished card has the one of what was seen', async () => {
  flows.put(requestView({ topology }));
  await pictured();
  flows.change('req-1', { state: 'Running', steps: [step(1, 'doing')] });
  await vi.waitFor(() => expect(images()).toHaveLength(0), 30_000);
  const live = topologyOf(goldenDesign('single-wan'), { tunnelUp: () => true, neighborUp: () => true });
  flows.change('req-1', {
    state: 'Verified',
    statusLine: 'Lyon: tunnels 1/1, BGP 1/1, routes 25',
    topology: live,
  });
  await pictured();
  expect(images()[0]?.['alt_text']).toContain('mssse-wan0 to zone 1: up');
  expect(sim.world.files.size).toBe(2);
});

it('an upload that Slack refuses leaves the card as it is', async () => {
  sim.faults.plant({
    path: 'files.getUploadURLExternal',
    times: -1,
    action: { kind: 'answer', status: 500 },
  });
  flows.put(requestView({ topology }));
  await projector.settled(5000);
  flows.change('req-1', { state: 'Verified', statusLine: 'Lyon: tunnels 1/1, BGP 1/1, routes 25' });
  await projector.settled(5000);
  await vi.waitFor(
    () => expect(sim.calls.filter(({ path }) => path.includes('getUploadURL')).length).toBeGreaterThan(2),
    30_000,
  );
  expect(card()?.text).toBe('Verified Lyon: tunnels 1/1, BGP 1/1, routes 25');
  expect(images()).toEqual([]);
});

it('a picture that Slack does not take yet is shown by a later edit', async () => {
  const body = JSON.stringify({ ok: false, error: 'invalid_blocks' });
  sim.faults.plant({ path: 'chat.update', action: { kind: 'answer', status: 200, body } });
  flows.put(requestView({ topology }));
  await projector.settled(5000);
  await pictured();
  expect(sim.calls.filter(({ path }) => path.endsWith('chat.update')).length).toBeGreaterThan(1);
  expect(sim.world.files.size).toBe(1);
});

it('a picture that Slack never takes does not stop the card', async () => {
  flows.put(requestView({ topology }));
  await pictured();
  // From now on Slack denies knowing the file.
  for (const file of sim.world.files.values()) file.complete = false;
  flows.change('req-1', { approvals: [{ user: 'U0APPROVE1', at: 1 }], approvalsNeeded: 2 });
  await vi.waitFor(() => expect(JSON.stringify(card()?.blocks)).toContain('1 of 2 approvals'), 30_000);
  expect(images()).toEqual([]);
});
