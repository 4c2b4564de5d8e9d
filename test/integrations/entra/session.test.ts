import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { createSend } from '../../../src/integrations/entra/session.ts';
import { collectGarbage } from '../../support/garbage.ts';
import { certificates, CLIENT, CLIENT_SECRET, TENANT } from './rig.ts';

let server: Server;
let collecting: NodeJS.Timeout;
beforeEach(async () => {
  server = createServer(certificates, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"value":');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  collecting = setInterval(collectGarbage, 20);
});
afterEach(async () => {
  clearInterval(collecting);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a body that stalls ends with a timeout, whatever is collected as garbage meanwhile', async () => {
  const { port } = server.address() as AddressInfo;
  const send = createSend({
    graphBaseUrl: `https://localhost:${port}`,
    credential: {
      kind: 'secret',
      tenantId: TENANT,
      clientId: CLIENT,
      clientSecret: new Secret(CLIENT_SECRET),
    },
    timeoutMs: 500,
    deviceVendor: 'other',
    signal: new AbortController().signal,
  });
  const call = { method: 'GET', path: '/x' } as const;
  const failure: unknown = await send({
    method: 'GET',
    path: '/x',
    body: undefined,
    token: 'token',
    call,
  }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'timeout' });
});
