import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPES, type SlackSimOptions } from '../../../sandbox/slack/options.ts';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { createLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { slackLogger } from '../../../src/integrations/slack/logger.ts';
import { checkSlack, type SlackCheck } from '../../../src/integrations/slack/start-check.ts';
import { workspace } from '../../commands/support/office.ts';

let sim: SlackSim | undefined;
afterEach(() => sim?.close());

async function check(
  over: Partial<SlackSimOptions> = {},
  tokens: { readonly bot?: string; readonly app?: string } = {},
  prepare: (sim: SlackSim) => void = () => undefined,
): Promise<SlackCheck> {
  sim = await workspace(over);
  prepare(sim);
  return checkSlack({
    botToken: new Secret(tokens.bot ?? sim.botToken),
    appToken: new Secret(tokens.app ?? sim.appToken),
    apiUrl: sim.apiUrl,
    clientOptions: { logger: slackLogger(createLog({ level: 'silent' })) },
  });
}

describe('the start check of Slack', () => {
  it('learns who the bot is', async () => {
    const found = await check();
    expect(found).toMatchObject({
      kind: 'ok',
      identity: { teamId: sim?.world.team.id, botUserId: sim?.world.bot.userId },
      warnings: [],
    });
    expect(sim?.violations).toEqual([]);
  });

  it('refuses a bad bot token and a bad app token by the variable that holds it', async () => {
    expect(await check({}, { bot: 'xoxb-wrong' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^SLACK_BOT_TOKEN: .*invalid_auth/),
    });
    await sim?.close();
    expect(await check({}, { app: 'xapp-wrong' })).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^SLACK_APP_TOKEN: /),
    });
  });

  it('names the scope that is missing', async () => {
    const scopes = DEFAULT_SCOPES.filter((scope) => scope !== 'usergroups:read');
    const refused = await check({ scopes });
    expect(refused).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('usergroups:read'),
    });
  });

  it('only warns where Slack does not say which scopes there are', async () => {
    const body = JSON.stringify({ ok: true, team_id: 'T1', user_id: 'U1', bot_id: 'B1' });
    const found = await check({}, {}, (world) => {
      world.faults.plant({ path: 'auth.test', action: { kind: 'answer', status: 200, body } });
    });
    expect(found).toMatchObject({ kind: 'ok', identity: { teamId: 'T1' } });
    expect(found.kind === 'ok' && found.warnings).toHaveLength(1);
  });

  it.each([
    ['a server error', { kind: 'answer', status: 503 } as const],
    ['a lost connection', { kind: 'reset-before' } as const],
    ['a page that is no answer of Slack', { kind: 'answer', status: 200, body: '<html>' } as const],
    ['a request to slow down', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } as const],
  ])('takes %s for a reason to try again', async (_what, action) => {
    const found = await check({}, {}, (world) => {
      world.faults.plant({ path: 'auth.test', times: -1, action });
    });
    expect(found.kind).toBe('unavailable');
  });
});
