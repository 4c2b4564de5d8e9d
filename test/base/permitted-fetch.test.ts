import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchIfPermitted } from '../../src/base/permitted-fetch.ts';
import { NotPermitted, withSendPermit } from '../../src/base/send-permit.ts';

let server: Server;
let url: string;
let seen: string[];

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(request.method ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await (await fetch(url)).text();
  seen = [];
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const post = () => fetchIfPermitted(url, { method: 'POST', body: '{}' });

/** A permit that answers so, one after the other. */
function permit(...answers: boolean[]): () => boolean {
  return () => answers.shift() ?? false;
}

test('what has no permit around it, or one that holds, is sent and answered', async () => {
  expect((await post()).status).toBe(200);
  expect((await withSendPermit(permit(true, true), post)).status).toBe(200);
  expect(seen).toEqual(['POST', 'POST']);
});

test('what may not be sent when it is called is not', async () => {
  await expect(withSendPermit(permit(false), async () => post())).rejects.toThrow(NotPermitted);
  expect(seen).toEqual([]);
});

test.each(['a connection that is there', 'a new connection'])(
  'what may not be sent any more when %s could carry it is not',
  async (connection) => {
    if (connection === 'a new connection') server.closeAllConnections();
    const sent = withSendPermit(permit(true, false), post);
    await expect(sent).rejects.toMatchObject({ cause: expect.any(NotPermitted) as NotPermitted });
    await (await fetch(url)).text();
    expect(seen).toEqual(['GET']);
  },
);
