import { describe, expect, it } from 'vitest';
import { createPeople, type UserFacts } from '../../../src/integrations/slack/people.ts';

const TEAM = 'T1';
const MEMBER: UserFacts = {
  teamId: TEAM,
  enterpriseTeams: [],
  isDeactivated: false,
  isBot: false,
  isGuest: false,
  isStranger: false,
};

function setUp(facts: Partial<UserFacts> | undefined = {}) {
  const state: { now: number; reads: number; fails: boolean; facts: UserFacts | undefined } = {
    now: 0,
    reads: 0,
    fails: false,
    facts: { ...MEMBER, ...facts },
  };
  const people = createPeople({
    now: () => state.now,
    readUser: async () => {
      state.reads += 1;
      if (state.fails) throw new Error('away');
      return state.facts;
    },
  });
  return { state, people };
}

describe('what somebody is in the workspace', () => {
  it.each([
    ['member', {}],
    ['guest', { isGuest: true }],
    ['bot', { isBot: true }],
    ['deactivated', { isDeactivated: true }],
    ['stranger', { teamId: 'T2' }],
    ['stranger', { isStranger: true }],
    ['stranger', { teamId: 'T2', enterpriseTeams: ['T3'] }],
    ['member', { teamId: 'T2', enterpriseTeams: ['T3', TEAM] }],
    ['deactivated', { isDeactivated: true, isGuest: true, isBot: true }],
  ])('%s, where Slack says %o', async (standing, facts) => {
    expect(await setUp(facts).people.standing('U1', TEAM)).toBe(standing);
  });

  it('is unknown, not a member, where Slack cannot be asked', async () => {
    const { state, people } = setUp();
    state.fails = true;
    expect(await people.standing('U1', TEAM)).toBe('unknown');
    expect(await people.standing('', TEAM)).toBe('unknown');
    expect(await people.standing('U1', '')).toBe('unknown');
  });

  it('is what the payload says where Slack shows no account or no team, but for what it does show', async () => {
    const { state, people } = setUp();
    state.facts = undefined;
    expect(await people.standing('U1', TEAM)).toBe('member');
    const { teamId: _, ...teamless } = MEMBER;
    const standing = (facts: UserFacts) =>
      createPeople({ readUser: () => Promise.resolve(facts) }).standing('U1', TEAM);
    expect(await standing(teamless)).toBe('member');
    expect(await standing({ ...teamless, isGuest: true })).toBe('guest');
    expect(await standing({ ...teamless, isStranger: true })).toBe('stranger');
  });

  it('is asked once for many questions, and again after five seconds', async () => {
    const { state, people } = setUp();
    await Promise.all(Array.from({ length: 50 }, () => people.standing('U1', TEAM)));
    expect(state.reads).toBe(1);
    state.facts = { ...MEMBER, isDeactivated: true };
    state.now = 4999;
    expect(await people.standing('U1', TEAM)).toBe('member');
    state.now = 5000;
    expect(await people.standing('U1', TEAM)).toBe('deactivated');
  });

  it('is asked again at once after a failure', async () => {
    const { state, people } = setUp();
    state.fails = true;
    await people.standing('U1', TEAM);
    state.fails = false;
    expect(await people.standing('U1', TEAM)).toBe('member');
  });
});
