import { describe, expect, it } from 'vitest';
import { createUserGroups } from '../../../src/integrations/slack/usergroups.ts';

function setUp() {
  const state = { now: 0, reads: 0, users: ['U1'], fails: false };
  const groups = createUserGroups({
    now: () => state.now,
    readGroup: async () => {
      state.reads += 1;
      if (state.fails) throw new Error('away');
      return state.users;
    },
  });
  return { state, groups };
}

describe('membership in user groups', () => {
  it('asks nothing where the person is named', async () => {
    const { state, groups } = setUp();
    expect(await groups.membership(['U1', 'S1'], 'U1')).toBe('member');
    expect(state.reads).toBe(0);
  });

  it('asks once for many questions, and again after five seconds', async () => {
    const { state, groups } = setUp();
    const asked = await Promise.all(Array.from({ length: 50 }, () => groups.membership(['S1'], 'U1')));
    expect(new Set(asked)).toEqual(new Set(['member']));
    expect(state.reads).toBe(1);
    state.users = [];
    state.now = 4999;
    expect(await groups.membership(['S1'], 'U1')).toBe('member');
    state.now = 5000;
    expect(await groups.membership(['S1'], 'U1')).toBe('outsider');
    expect(state.reads).toBe(2);
  });

  it('says that it does not know, and does not remember that', async () => {
    const { state, groups } = setUp();
    state.fails = true;
    expect(await groups.membership(['S1'], 'U1')).toBe('unknown');
    expect(await groups.membership(['U2', 'S1'], 'U2')).toBe('member');
    state.fails = false;
    expect(await groups.membership(['S1'], 'U1')).toBe('member');
  });
});
