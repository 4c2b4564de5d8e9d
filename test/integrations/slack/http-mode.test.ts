import crypto, { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

  it.each([
    ['without a signature', { 'x-slack-signature': undefined }],
    ['with an empty signature', { 'x-slack-signature': '' }],
    ['with a signature of another version', { 'x-slack-signature': `v1=${'0'.repeat(64)}` }],
    ['with a signature that is too short', { 'x-slack-signature': 'v0=abc' }],
    ['without a timestamp', { 'x-slack-request-timestamp': undefined }],
    ['with a timestamp that is no number', { 'x-slack-request-timestamp': 'now' }],
    ['whose body was changed on the way', { body: 'command=%2Fsse&text=status+Lyon' }],
  ])('refuses a request %s', async (_what, { body, ...changed }: Record<string, string | undefined>) => {
    const { headers, ...init } = signed({});
    const all = Object.entries({ ...(headers as Record<string, string>), ...changed });
    const sent = Object.fromEntries(
      all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
    expect(await deliver({}, { ...init, ...(body !== undefined && { body }), headers: sent })).toBe(401);
    expect(office.refusals).toMatchObject([{ what: 'POST /slack/events', count: 1 }]);
    expect(office.sim.person(REQUESTER).ephemerals).toEqual([]);
  });

  it('compares signatures in constant time', async () => {
    const compare = vi.spyOn(crypto, 'timingSafeEqual');
    try {
      expect(await deliver({ secret: 'other' })).toBe(401);
      const [first, second] = compare.mock.calls[0] ?? [];
      expect(compare).toHaveBeenCalledTimes(1);
      expect(first?.byteLength).toBe(second?.byteLength);
    } finally {
      compare.mockRestore();
    }
  });

  it('refuses a body that is larger than anything Slack sends, signed or not', async () => {
    const body = `text=${'x'.repeat(5 * 1024 * 1024)}`;
    expect(await deliver({ body })).toBe(413);
    expect(await deliver()).toBe(200);
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
