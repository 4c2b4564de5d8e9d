import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSlackSim, type SlackSim } from '../../../sandbox/slack/slack-sim.ts';

const SECRET = 'a-signing-secret';

interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let app: Server;
let sim: SlackSim;
let seen: Seen[];
let answer: { status: number; body: string }[];

beforeEach(async () => {
  seen = [];
  answer = [];
  app = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      const { status, body: text } = answer.shift() ?? { status: 200, body: '' };
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  sim = await startSlackSim({
    users: [{ id: 'U0ALICE001', name: 'alice' }],
    channels: [{ id: 'C0NET00001', name: 'net' }],
    http: {
      requestUrl: `http://127.0.0.1:${(app.address() as AddressInfo).port}/slack/events`,
      signingSecret: SECRET,
    },
    ackTimeoutMs: 30_000,
  });
});
afterEach(async () => {
  await sim.close();
  await new Promise((resolve) => app.close(resolve));
});

test('a command is a signed form, and what the app answers with text is shown to its user alone', async () => {
  answer.push({ status: 200, body: 'Hello' });
  const { outcome } = await sim.person('U0ALICE001').command('C0NET00001', '/sse status Lyon');
  expect(outcome).toBe('acked');
  const [{ headers, body } = { headers: {}, body: '' }] = seen;
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
    command: '/sse',
    text: 'status Lyon',
    user_id: 'U0ALICE001',
  });
  const timestamp = String(headers['x-slack-request-timestamp']);
  const mac = createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  expect(headers['x-slack-signature']).toBe(`v0=${mac}`);
  expect(sim.person('U0ALICE001').ephemerals).toMatchObject([{ text: 'Hello' }]);
});

test('an app that answers with an error is told to the person, and a command is not sent again', async () => {
  answer.push({ status: 500, body: '' });
  const { outcome } = await sim.person('U0ALICE001').command('C0NET00001', '/sse help');
  expect(outcome).toBe('dispatch_failed');
  expect(seen).toHaveLength(1);
  expect(sim.violations).toHaveLength(1);
});

test('an event is JSON and sent again with its number until it is taken', async () => {
  answer.push({ status: 500, body: '' }, { status: 503, body: '' });
  expect(await sim.person('U0ALICE001').openHome()).toMatchObject({ outcome: 'acked' });
  expect(seen.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2']);
  expect(seen.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => seen[0]?.body));
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
    type: 'event_callback',
    event: { type: 'app_home_opened' },
  });
});
