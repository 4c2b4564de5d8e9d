import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHANNEL, openOffice, REQUESTER, type Office } from '../../commands/support/office.ts';

const SIGNING_SECRET = 'signing-secret-of-this-test';
let office: Office;
beforeEach(async () => {
  office = await openOffice({ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: SIGNING_SECRET });
});
afterEach(() => office.close());

interface Delivery {
  readonly body?: string;
  readonly secret?: string;
  /** Seconds from now. */
  readonly shift?: number;
  readonly path?: string;
}

function commandBody(text: string): string {
  return new URLSearchParams({
    command: '/sse',
    text,
    user_id: REQUESTER,
    team_id: office.sim.world.team.id,
    channel_id: CHANNEL,
    trigger_id: '1.2.abc',
    api_app_id: 'A1',
  }).toString();
}

function signed({ body = commandBody('help'), secret = SIGNING_SECRET, shift = 0 }: Delivery): RequestInit {
  const timestamp = Math.floor(Date.now() / 1000) + shift;
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
    },
  };
}

async function deliver(delivery: Delivery = {}, init: RequestInit = signed(delivery)): Promise<number> {
  const url = `http://127.0.0.1:${office.slack.port()}${delivery.path ?? '/slack/events'}`;
  return (await fetch(url, init)).status;
}

describe('HTTP mode', () => {
  it('takes a signed command and answers it', async () => {
    expect(await deliver()).toBe(200);
    const help = await office.sim.world.waitFor(() => office.sim.person(REQUESTER).ephemerals.at(-1));
    expect(help.text).toContain('/sse onboard');
    expect(office.slack.live()).toBe(true);
  });

  it.each([
    ['signed with another secret', { secret: 'other' }],
    ['six minutes old', { shift: -360 }],
    ['from six minutes in the future', { shift: 360 }],
  ])('refuses a request %s', async (_what, delivery) => {
    expect(await deliver(delivery)).toBe(401);
  });

  it('refuses the same request a second time', async () => {
    const init = signed({ body: commandBody('status Lyon') });
    expect(await deliver({}, init)).toBe(200);
    expect(await deliver({}, init)).toBe(401);
    await office.sim.waitForMessage(CHANNEL, 'Lyon: tunnels');
    expect(office.flows.calls.filter((call) => call.startsWith('status'))).toHaveLength(1);
  });

  it('refuses what is not signed, smuggled content in a certificate probe included', async () => {
    const body = `${commandBody('status Lyon')}&ssl_check=1`;
    const plain = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(await deliver({}, { ...plain, body: commandBody('help') })).toBe(401);
    expect(await deliver({}, { ...plain, body })).toBe(200);
    expect(office.flows.calls).toEqual([]);
  });

  it('answers the URL check, and nothing on other paths', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c' });
    const init = signed({ body });
    const headers = { ...(init.headers as Record<string, string>), 'content-type': 'application/json' };
    expect(await deliver({}, { ...init, headers })).toBe(200);
    expect(await deliver({ path: '/other' })).toBe(404);
  });
});
