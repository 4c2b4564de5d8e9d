import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MistOptions } from '../../../src/integrations/mist/client.ts';
import type { SimRequest, SimResponse } from '../../../sandbox/http/server.ts';
import {
  addFakeStream,
  CHANNEL,
  dataMessage,
  DEVICE,
  failureOf,
  SITE,
  startFakeMist,
  TOKEN,
  type FakeMist,
  type FakeStream,
} from './fake-mist.ts';

const NEIGHBOR = '10.99.99.2';
const ROW = '*> 13.107.6.152/31  10.99.99.2               0             0 65476 i\n';
const OTHER = '*> 198.18.0.0/15    10.99.99.2               0             0 64999 i\n';

let fake: FakeMist;
let stream: FakeStream;
/** What happens between the POST and its answer. */
let onPost: (session: string, request: SimRequest) => SimResponse | undefined | void;
let posts = 0;
/** Never the same twice: a test's late output must not reach the next one. */
let lastSession = 0;

async function start(options: Partial<MistOptions> = {}): Promise<void> {
  fake = await startFakeMist((request) => {
    posts += 1;
    lastSession += 1;
    const session = `session-${lastSession}`;
    const answer = onPost(session, request);
    return answer ?? { status: 200, body: { session } };
  }, options);
  stream = addFakeStream(fake.server);
}

beforeEach(async () => {
  posts = 0;
  onPost = (session) => stream.say(dataMessage(session, ROW));
  await start();
});
afterEach(async () => {
  stream.close();
  await fake.close();
});

/** The same with other patience. */
async function startWith(options: Partial<MistOptions>): Promise<void> {
  stream.close();
  await fake.close();
  await start(options);
}

const routes = () => fake.mist.learnedRoutes(SITE, DEVICE, { neighbor: NEIGHBOR });
const path = () => fake.mist.servicePath(SITE, DEVICE, { serviceName: 'Microsoft-SSE' });

describe('the order of things', () => {
  test('the channel is confirmed before the command is sent', async () => {
    let confirmed = false;
    stream.onSubscribe = (socket, channel) => {
      setTimeout(() => {
        confirmed = true;
        socket.send(JSON.stringify({ event: 'channel_subscribed', channel }));
      }, 50);
    };
    const before: boolean[] = [];
    onPost = (session) => {
      before.push(confirmed);
      stream.say(dataMessage(session, ROW));
    };
    await routes();
    expect(before).toEqual([true]);
    expect(stream.headers).toEqual([`Token ${TOKEN}`]);
    expect(stream.received[0]).toEqual({ subscribe: CHANNEL });
  });

  test('output that comes before the answer with the session is not lost', async () => {
    expect(await routes()).toMatchObject({ answered: true, prefixes: ['13.107.6.152/31'] });
  });

  test('the channel is given up after the command', async () => {
    await routes();
    await expect.poll(() => stream.received).toEqual([{ subscribe: CHANNEL }, { unsubscribe: CHANNEL }]);
  });

  test('what is asked for is what the API documents', async () => {
    await routes();
    await fake.mist.learnedRoutes(SITE, DEVICE, { neighbor: NEIGHBOR, node: 'node1' });
    const bodies = fake.server.calls.map(({ requestBody }) => JSON.parse(requestBody) as unknown);
    expect(bodies).toEqual([
      { protocol: 'bgp', neighbor: NEIGHBOR, route: 'received' },
      { protocol: 'bgp', neighbor: NEIGHBOR, route: 'received', node: { node: 'node1' } },
    ]);
  });

  test('a cloud that wants the bare node name gets it', async () => {
    onPost = (session, { body }) => {
      const { node } = JSON.parse(body.toString()) as { node: unknown };
      if (typeof node !== 'string') return { status: 400, body: { detail: 'node' } };
      stream.say(dataMessage(session, ROW));
      return undefined;
    };
    const found = await fake.mist.learnedRoutes(SITE, DEVICE, { neighbor: NEIGHBOR, node: 'node0' });
    expect(found.prefixes).toHaveLength(1);
  });
});

describe('output', () => {
  test('of other sessions and of no session is ignored', async () => {
    onPost = (session) => {
      stream.say(dataMessage('stranger', OTHER));
      stream.say({ event: 'data', channel: CHANNEL, data: { raw: OTHER } });
      stream.say('not json');
      stream.say('[]');
      stream.say({ event: 'data', channel: CHANNEL, data: { session, raw: 7 } });
      stream.say(dataMessage(session, ROW));
      stream.say(dataMessage('stranger', OTHER));
    };
    expect((await routes()).prefixes).toEqual(['13.107.6.152/31']);
  });

  test('may be a string in the envelope, or a second envelope in a string', async () => {
    const rows = ['10.0.0.0/8', '52.96.0.0/14', '40.104.0.0/15', '20.0.0.0/8'].map(
      (p) => `*> ${p.padEnd(17)}${NEIGHBOR}\n`,
    );
    onPost = (session) => {
      const data = rows.map((raw) => ({ session, raw }));
      const inner = { event: 'data', channel: '/sites/x/devices/020001c04668/cmd' };
      stream.say({ event: 'data', channel: CHANNEL, data: JSON.stringify(data[0]) });
      stream.say({ event: 'data', channel: CHANNEL, data: JSON.stringify({ ...inner, data: data[1] }) });
      stream.say({ event: 'data', channel: CHANNEL, data: { ...inner, data: data[2] } });
      stream.say({
        event: 'data',
        channel: CHANNEL,
        data: JSON.stringify({ ...inner, data: JSON.stringify(data[3]) }),
      });
    };
    expect((await routes()).prefixes).toEqual(['10.0.0.0/8', '52.96.0.0/14', '40.104.0.0/15', '20.0.0.0/8']);
  });

  test('may be cut anywhere, in escapes, lines and characters', async () => {
    const text = `\u001b[1;32m${ROW}\u001b[0m# 🛰️ \u001b]0;t\u0007\n${ROW.replace('13.107.6.152/31 ', '52.96.0.0/14    ')}`;
    for (const size of [1, 2, 3, 7]) {
      onPost = (session) => {
        for (let at = 0; at < text.length; at += size)
          stream.say(dataMessage(session, text.slice(at, at + size)));
      };
      expect((await routes()).prefixes).toEqual(['13.107.6.152/31', '52.96.0.0/14']);
    }
  });

  test('that goes on is read until it falls silent', async () => {
    await startWith({ silenceMs: 1500 });
    onPost = (session) => {
      void (async () => {
        for (const n of [1, 2, 3]) {
          await sleep(30);
          stream.say(dataMessage(session, `*> 20.${n}.0.0/16      ${NEIGHBOR}\n`));
        }
      })();
    };
    expect((await routes()).prefixes).toEqual(['20.1.0.0/16', '20.2.0.0/16', '20.3.0.0/16']);
  });

  test('that never ends is cut off at the overall limit', async () => {
    await startWith({ overallMs: 300, silenceMs: 5000 });
    onPost = (session) => {
      const timer = setInterval(() => stream.say(dataMessage(session, ROW)), 20);
      setTimeout(() => clearInterval(timer), 2000).unref();
    };
    expect(await routes()).toMatchObject({ answered: true, prefixes: ['13.107.6.152/31'] });
  });

  test('that does not come is unknown, not empty', async () => {
    await startWith({ firstMessageMs: 400 });
    onPost = () => undefined;
    expect(await routes()).toEqual({ answered: false, prefixes: [] });
    expect(await path()).toEqual({});
  });

  test('of nothing but colours and blanks is unknown too', async () => {
    await startWith({ firstMessageMs: 400 });
    onPost = (session) => {
      for (const raw of ['\u001b[0m', ' \n', '\u001b[', 'K\r\n']) stream.say(dataMessage(session, raw));
    };
    expect(await routes()).toEqual({ answered: false, prefixes: [] });
  });

  test('that is a refusal is unknown too', async () => {
    onPost = (session) => stream.say(dataMessage(session, '% No such neighbor or address family\n'));
    expect(await routes()).toEqual({ answered: false, prefixes: [] });
  });

  test('of several commands on one device at once is told apart', async () => {
    const waiting: string[] = [];
    onPost = (session) => {
      waiting.push(session);
      if (waiting.length < 3) return;
      for (let n = 0; n < 6; n += 1) {
        for (const [index, to] of waiting.entries()) {
          stream.say(dataMessage(to, `*> 20.${index}.${n}.0/24      ${NEIGHBOR}\n`));
        }
      }
    };
    const found = await Promise.all([routes(), routes(), routes()]);
    const seconds = found.map(({ prefixes }) => new Set(prefixes.map((prefix) => prefix.split('.')[1])));
    expect(found.map(({ prefixes }) => prefixes.length)).toEqual([6, 6, 6]);
    expect(seconds.flatMap((set) => [...set]).sort()).toEqual(['0', '1', '2']);
    expect(stream.sockets).toHaveLength(1);
    expect(stream.received.filter(({ subscribe }) => subscribe !== undefined)).toHaveLength(1);
  });
});

describe('the path of an application', () => {
  const report = JSON.stringify({
    status: 'SUCCESS',
    finished: true,
    rows: [
      {
        service: 'Microsoft-SSE',
        type: 'routed',
        network_interface: 'mssse-wan0',
        gateway_ip: NEIGHBOR,
        state: 'Up',
        cost: 0,
      },
    ],
  });

  test('is read as soon as its report is complete, in however many pieces', async () => {
    onPost = (session) => {
      for (let at = 0; at < report.length; at += 9)
        stream.say(dataMessage(session, report.slice(at, at + 9)));
    };
    expect(await path()).toEqual({
      rows: [
        { service: 'Microsoft-SSE', type: 'routed', interface: 'mssse-wan0', gateway: NEIGHBOR, state: 'Up' },
      ],
    });
    expect(JSON.parse(fake.server.calls[0]!.requestBody)).toEqual({ service_name: 'Microsoft-SSE' });
  });

  test('without a way has no rows, which is an answer', async () => {
    onPost = (session) => stream.say(dataMessage(session, '{"status":"SUCCESS","finished":true,"rows":[]}'));
    expect(await path()).toEqual({ rows: [] });
  });

  test.each(['Error: no such service', '{"status":"FAILED"}', '{"rows": 3}', '{"rows":[{"service":'])(
    'that cannot be read is unknown: %s',
    async (text) => {
      onPost = (session) => stream.say(dataMessage(session, text));
      expect(await path()).toEqual({});
    },
  );
});

describe('the connection', () => {
  test('is opened once and used again', async () => {
    await routes();
    await routes();
    expect(stream.sockets).toHaveLength(1);
  });

  test('that died is replaced by the next command', async () => {
    await routes();
    stream.sockets[0]!.terminate();
    await expect.poll(() => stream.sockets[0]!.readyState).toBe(3);
    expect((await routes()).prefixes).toHaveLength(1);
    expect(stream.sockets).toHaveLength(2);
  });

  test('that dies while a router prints costs no route: the command is run again', async () => {
    await startWith({ silenceMs: 1500 });
    onPost = (session) => {
      stream.say(dataMessage(session, posts === 1 ? OTHER : ROW));
      if (posts === 1) setTimeout(() => stream.sockets[0]!.terminate(), 30);
    };
    expect(await routes()).toMatchObject({ answered: true, prefixes: ['13.107.6.152/31'] });
    expect(posts).toBe(2);
  });

  test('that dies again and again is an error', async () => {
    onPost = () => {
      for (const socket of stream.sockets) socket.terminate();
    };
    expect(await failureOf(routes())).toMatchObject({ kind: 'network', uncertain: false });
    expect(posts).toBe(2);
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [503, 'unavailable'],
  ])('refused with %i in the handshake is %s', async (status, kind) => {
    fake.server.server.removeAllListeners('upgrade');
    fake.server.server.on('upgrade', (_request, socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nretry-after: 7\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    });
    const error = await failureOf(routes());
    expect(error).toMatchObject({ kind, status, retryAfterMs: 7000 });
    expect(`${error.message} ${error.hint} ${error.stack ?? ''}`).not.toContain(TOKEN);
    expect(fake.server.calls).toHaveLength(0);
  });

  test('whose subscription is refused sends no command', async () => {
    stream.onSubscribe = (socket, channel) =>
      socket.send(JSON.stringify({ event: 'subscribe_failed', channel, detail: 'no such device' }));
    expect(await failureOf(routes())).toMatchObject({ kind: 'rejected' });
    expect(fake.server.calls).toHaveLength(0);
  });

  test('whose subscription is never confirmed sends no command', async () => {
    await startWith({ timeoutMs: 150 });
    stream.onSubscribe = () => undefined;
    expect(await failureOf(routes())).toMatchObject({ kind: 'timeout' });
    expect(fake.server.calls).toHaveLength(0);
  });

  test('survives a command that Mist refuses', async () => {
    onPost = () => ({ status: 404, body: { detail: 'Not found.' } });
    expect(await failureOf(routes())).toMatchObject({ kind: 'not-found' });
    onPost = (session) => stream.say(dataMessage(session, ROW));
    expect((await routes()).prefixes).toHaveLength(1);
    expect(stream.sockets).toHaveLength(1);
  });

  test('is closed with the client, and running commands end, without a second try', async () => {
    onPost = () => {
      setTimeout(() => void fake.mist.close(), 20);
    };
    const failure = await failureOf(fake.mist.servicePath(SITE, DEVICE, { serviceName: 'x' }));
    expect(failure).toMatchObject({
      kind: 'network',
      message: expect.stringContaining('the client was closed'),
    });
    expect(await failureOf(routes())).toMatchObject({ kind: 'network' });
    expect(fake.server.calls).toHaveLength(1);
    expect(stream.sockets).toHaveLength(1);
  });
});
