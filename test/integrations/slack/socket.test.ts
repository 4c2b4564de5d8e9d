import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { CHANNEL, openOffice, REQUESTER, workspace, type Office } from '../../commands/support/office.ts';

let office: Office | undefined;
afterEach(() => office?.close());

async function answersHelp({ sim }: Office): Promise<void> {
  const before = sim.person(REQUESTER).ephemerals.length;
  const outcome = await sim.person(REQUESTER).command(CHANNEL, '/sse help');
  expect(outcome.outcome).toBe('acked');
  await sim.world.waitFor(() => sim.person(REQUESTER).ephemerals[before]);
}

describe('Socket Mode', () => {
  it.each([
    ['asks to connect again', (sim: SlackSim) => sim.socketMode.disconnect()],
    ['cuts the connection', (sim: SlackSim) => sim.socketMode.drop()],
  ])('comes back at once when Slack %s', async (_what, end) => {
    office = await openOffice();
    const { sim } = office;
    const opened = () => sim.calls.filter(({ path }) => path.endsWith('apps.connections.open')).length;
    const before = opened();
    end(sim);
    await vi.waitFor(() => expect(opened()).toBe(before + 1), 30_000);
    await sim.waitForConnections(1);
    await answersHelp(office);
    expect(sim.violations).toEqual([]);
  });

  it('comes back after Slack was away, and is not ready meanwhile', async () => {
    office = await openOffice();
    const { slack, sim } = office;
    const end = sim.outage();
    await vi.waitFor(() => expect(slack.live()).toBe(false), 30_000);
    const attempts = () => sim.calls.filter(({ path }) => path.endsWith('apps.connections.open')).length;
    const before = attempts();
    await vi.waitFor(() => expect(attempts()).toBeGreaterThan(before + 1), 60_000);
    end();
    await vi.waitFor(() => expect(slack.live()).toBe(true), 60_000);
    await answersHelp(office);
  });

  it('stops while Slack is away', async () => {
    const { slack, sim } = await openOffice();
    sim.outage();
    await vi.waitFor(() => expect(slack.live()).toBe(false), 30_000);
    await slack.stop();
    const after = sim.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(sim.calls.length).toBe(after);
    await sim.close();
  });

  it('closes its connection when it is stopped', async () => {
    const sim = await workspace();
    const { slack } = await openOffice({}, sim);
    expect(sim.socketMode.connections).toBe(1);
    await slack.stop();
    await sim.waitForConnections(0);
    expect(slack.live()).toBe(false);
    await sim.close();
  });
});
