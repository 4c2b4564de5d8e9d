import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { api, BOB, NET, startWorkspace, STRANGER } from './support/workspace.ts';

let sim: SlackSim;
beforeEach(async () => {
  sim = await startWorkspace();
});
afterEach(() => sim.close());

const info = (user: string) => api(sim, 'users.info', { user });

test('users carry their team, so that a stranger can be told apart', async () => {
  expect(await info(BOB)).toMatchObject({
    user: { id: BOB, team_id: sim.world.team.id, real_name: 'Bob B.', is_restricted: false },
  });
  expect(await info(STRANGER)).toMatchObject({ user: { team_id: 'T0OTHER001', is_stranger: false } });
  expect(await info('U0NOBODY')).toMatchObject({ error: 'user_not_found' });
});

test('whoever shares no channel with the app is marked as a stranger', async () => {
  sim.world.kick(NET, STRANGER);
  expect(await info(STRANGER)).toMatchObject({ user: { is_stranger: true } });
});

test('guests are marked as restricted, those of one channel twice', async () => {
  sim.world.setUser(BOB, { guest: 'some-channels' });
  expect(await info(BOB)).toMatchObject({ user: { is_restricted: true, is_ultra_restricted: false } });
  sim.world.setUser(BOB, { guest: 'one-channel' });
  expect(await info(BOB)).toMatchObject({ user: { is_restricted: true, is_ultra_restricted: true } });
});

test('of a deactivated account Slack says that it is deleted, and not what it might do', async () => {
  sim.world.setUser(BOB, { deleted: true });
  const { user } = await info(BOB);
  expect(user).toMatchObject({ deleted: true });
  expect(user).not.toHaveProperty('is_restricted');
});
