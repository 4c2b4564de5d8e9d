import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createSlackConnection, type SlackConnection } from '../../../src/integrations/slack/client.ts';

const SECRET = 'signing-secret-of-this-test';
let connection: SlackConnection;
let told: string[];

beforeEach(async () => {
  told = [];
  connection = createSlackConnection({
    botToken: new Secret('xoxb-1'),
    mode: { kind: 'http', signingSecret: new Secret(SECRET) },
    apiUrl: 'http://127.0.0.1:9/api/',
    server: { host: '127.0.0.1', port: 0 },
    identity: () => ({ botUserId: 'U0BOT00001', teamId: 'T0TEAM00001' }),
    log: createLog({ level: 'silent' }),
  });
  connection.app.event('app_home_opened', ({ event }) => Promise.resolve(void told.push(event.user)));
  await connection.start();
});
afterEach(() => connection.stop());

/** Delivers an event as Slack does; `retry` as the header of a further try. */
async function deliver(id: string, user: string, retry?: number): Promise<number> {
  const body = JSON.stringify({
    type: 'event_callback',
    team_id: 'T0TEAM00001',
    api_app_id: 'A1',
    event_id: id,
    event: { type: 'app_home_opened', user, tab: 'home', channel: 'D0HOME0001' },
  });
  // Each try is signed anew, so that a signature alone does not tell them apart.
  const timestamp = String(Math.floor(Date.now() / 1000) - 10 * (retry ?? 0));
  const mac = createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  const response = await fetch(`http://127.0.0.1:${connection.port()}/slack/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
      ...(retry !== undefined && {
        'x-slack-retry-num': String(retry),
        'x-slack-retry-reason': 'http_timeout',
      }),
    },
  });
  return response.status;
}

it('an event that is sent again is acknowledged and not handled again', async () => {
  expect(await deliver('Ev1', 'U0ANNA0001')).toBe(200);
  expect(await deliver('Ev1', 'U0ANNA0001', 1)).toBe(200);
  expect(await deliver('Ev1', 'U0ANNA0001', 2)).toBe(200);
  expect(await deliver('Ev2', 'U0BEN00001')).toBe(200);
  await expect.poll(() => told).toEqual(['U0ANNA0001', 'U0BEN00001']);
});

it('a second try of an event that never arrived is handled', async () => {
  expect(await deliver('Ev3', 'U0ANNA0001', 1)).toBe(200);
  await expect.poll(() => told).toEqual(['U0ANNA0001']);
});
