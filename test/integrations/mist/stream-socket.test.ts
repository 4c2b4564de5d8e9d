import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Secret } from '../../../src/base/secret.ts';
import { createCommandStream } from '../../../src/integrations/mist/command-stream.ts';
import { startSimServer, type SimServer } from '../../../sandbox/http/server.ts';
import { addFakeStream, CHANNEL, dataMessage, failureOf, TOKEN, type FakeStream } from './fake-mist.ts';

const ROW = '*> 13.107.6.152/31  10.99.99.2               0             0 65476 i\n';

let server: SimServer;
let stream: FakeStream;
beforeEach(async () => {
  server = await startSimServer({ handle: () => ({ status: 404 }) });
  stream = addFakeStream(server);
});
afterEach(async () => {
  stream.close();
  await server.close();
});

describe('the connection', () => {
  function own(more: { idleMs?: number; pingMs?: number; pongMs?: number }) {
    return createCommandStream({
      url: server.origin.replace('http', 'ws') + '/api-ws/v1/stream',
      token: new Secret(TOKEN),
      handshakeMs: 15_000,
      firstMessageMs: 10_000,
      overallMs: 20_000,
      ...more,
    });
  }
  function command(onText: (text: string) => void = () => undefined) {
    return {
      channel: CHANNEL,
      silenceMs: 50,
      onText,
      start: async () => {
        stream.say(dataMessage('own', ROW));
        return Promise.resolve('own');
      },
    };
  }

  test('is closed when nobody uses it, and not while somebody does', async () => {
    const commands = own({ idleMs: 60 });
    expect(await commands.run({ ...command(), silenceMs: 200 })).toEqual({ answered: true, by: 'silence' });
    await expect.poll(() => stream.sockets[0]!.readyState).toBe(WebSocket.CLOSED);
    await commands.run(command());
    expect(stream.sockets).toHaveLength(2);
    await commands.close();
  });

  test('is kept alive by pings, and dropped when they are not answered', async () => {
    const alive = own({ pingMs: 20, pongMs: 30_000 });
    await alive.run(command());
    const pings: number[] = [];
    stream.sockets[0]!.on('ping', () => pings.push(1));
    await expect.poll(() => pings.length).toBeGreaterThan(2);
    expect(stream.sockets[0]!.readyState).toBe(WebSocket.OPEN);
    await alive.close();

    // The peer stops reading: pings arrive at a machine that no longer answers.
    stream.onSubscribe = (socket) => socket.pause();
    const deaf = own({ pingMs: 20, pongMs: 60 });
    const failure = failureOf(deaf.run({ ...command(), start: () => new Promise<string>(() => undefined) }));
    expect((await failure).kind).toBe('network');
  });

  test('that cannot be made is a network error', async () => {
    await server.close();
    const error = await failureOf(own({}).run(command()));
    expect(error).toMatchObject({ kind: 'network' });
    expect(error.message).toContain('ECONNREFUSED');
  });
});
