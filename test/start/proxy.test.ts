import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSimServer } from '../../sandbox/http/server.ts';
import { createLog } from '../../src/base/log.ts';
import { Secret } from '../../src/base/secret.ts';
import { createEntra } from '../../src/integrations/entra/client.ts';
import { createMist } from '../../src/integrations/mist/client.ts';
import { createSlackConnection, type SlackConnection } from '../../src/integrations/slack/client.ts';
import { proxyName, socketDispatcher, streamAgent, useProxy } from '../../src/start/proxy.ts';
import { slackLogger } from '../../src/integrations/slack/logger.ts';
import { createSend } from '../../src/integrations/slack/send.ts';
import { CHANNEL as SLACK_CHANNEL, workspace } from '../commands/support/office.ts';
import {
  addFakeStream,
  CHANNEL,
  dataMessage,
  DEVICE,
  failureOf,
  SITE,
} from '../integrations/mist/fake-mist.ts';
import {
  AUTHORITY,
  DOMAIN,
  PROXY_PASSWORD,
  SOCKET_HOST,
  startProxiedPort,
  type ProxiedPort,
} from './support/proxied.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step();
});

const proxyOf = ({ url }: ProxiedPort, noProxy = '') => ({ url: new Secret(url), noProxy });
const BASIC = `Basic ${Buffer.from(`user:${PROXY_PASSWORD}`).toString('base64')}`;

describe("Mist's command stream", () => {
  async function mistBehindProxy() {
    const server = await startSimServer({
      handle: () => {
        setTimeout(
          () => stream.say(dataMessage('own', '*> 13.107.6.152/31  10.99.99.2  0  0 65476 i\n')),
          10,
        );
        return { status: 200, body: { session: 'own' } };
      },
    });
    const stream = addFakeStream(server);
    const proxied = await startProxiedPort(Number(new URL(server.origin).port));
    cleanUp.push(
      () => server.close(),
      () => proxied.close(),
      () => stream.close(),
    );
    const routes = (wsUrl: string, noProxy = '') => {
      const agent = streamAgent(wsUrl, proxyOf(proxied, noProxy));
      const mist = createMist({
        baseUrl: server.origin,
        wsUrl,
        token: new Secret('t'),
        orgId: 'org',
        silenceMs: 50,
        ...(agent && { agent }),
      });
      cleanUp.push(() => mist.close());
      return mist.learnedRoutes(SITE, DEVICE, { neighbor: '10.99.99.2' });
    };
    return { server, stream, proxied, routes };
  }

  it('goes through the proxy', async () => {
    const { stream, proxied, routes } = await mistBehindProxy();
    const { prefixes } = await routes(`wss://api-ws.${DOMAIN}/api-ws/v1/stream`);
    expect(prefixes).toEqual(['13.107.6.152/31']);
    expect(stream.received[0]).toEqual({ subscribe: CHANNEL });
    expect(proxied.asked).toEqual([`api-ws.${DOMAIN}:443`]);
    expect(proxied.credentials).toEqual([BASIC]);
  });

  it('names a proxy that refuses, without its password', async () => {
    const { proxied, routes } = await mistBehindProxy();
    proxied.refuseWith = 407;
    const error = await failureOf(routes(`wss://api-ws.${DOMAIN}/api-ws/v1/stream`));
    expect(error).toMatchObject({ kind: 'network', hint: expect.stringContaining('proxy') });
    expect(error.message).toContain('the proxy (HTTPS_PROXY) refused the connection with 407');
    expect(error.message).not.toContain(PROXY_PASSWORD);
  });

  it('goes past the proxy on loopback', async () => {
    const { server, proxied, routes } = await mistBehindProxy();
    for (const url of [`wss://localhost:${proxied.tlsPort}`, server.origin.replace('http', 'ws')]) {
      expect((await routes(`${url}/api-ws/v1/stream`)).prefixes).toHaveLength(1);
    }
    expect(proxied.asked).toEqual([]);
  });

  it('goes past the proxy where NO_PROXY says so', async () => {
    const { proxied, routes } = await mistBehindProxy();
    const error = await failureOf(routes(`wss://api-ws.${DOMAIN}/api-ws/v1/stream`, `.${DOMAIN}`));
    expect(error.kind).toBe('network');
    expect(proxied.asked).toEqual([]);
  });
});

describe("Slack's Socket Mode", () => {
  async function slackBehindProxy() {
    const sim = await workspace();
    const proxied = await startProxiedPort(Number(new URL(sim.origin).port));
    const proxy = proxyOf(proxied);
    const undo = useProxy(proxy);
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const dispatcher = socketDispatcher(proxy);
    const via = proxyName(proxy);
    const slack = createSlackConnection({
      botToken: new Secret(sim.botToken),
      mode: { kind: 'socket', appToken: new Secret(sim.appToken) },
      apiUrl: sim.apiUrl,
      server: { host: '127.0.0.1', port: 0 },
      identity: () => undefined,
      log: createLog({ level: 'info', destination }),
      ...(dispatcher && { dispatcher }),
      ...(via !== undefined && { via }),
      clientOptions: { fetch: withSocketAt(`wss://${SOCKET_HOST}`) },
    });
    cleanUp.push(
      undo,
      () => sim.close(),
      () => proxied.close(),
      () => slack.stop(),
    );
    return { sim, slack, proxied, lines };
  }

  /** What the simulated workspace answers, with its socket's address replaced. */
  function withSocketAt(origin: string): typeof fetch {
    return async (url, init) => {
      const response = await fetch(url, init);
      const body = (await response.text()).replace(/ws:(?:\\?\/){2}[\d.]+:\d+/, origin);
      return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } });
    };
  }

  async function connected(slack: SlackConnection): Promise<void> {
    await slack.start();
    expect(slack.live()).toBe(true);
  }

  it('goes through the proxy, again and again, and ends', async () => {
    const { sim, slack, proxied } = await slackBehindProxy();
    await connected(slack);
    expect(proxied.asked).toEqual([`${SOCKET_HOST}:443`]);
    expect(proxied.credentials).toEqual([BASIC]);
    sim.socketMode.disconnect();
    await vi.waitFor(() => expect(proxied.asked).toHaveLength(2), 30_000);
    await sim.waitForConnections(1);
    await slack.stop();
    await sim.waitForConnections(0);
    expect(sim.violations).toEqual([]);
  });

  it('names the proxy where it cannot connect, without its password, and tries again', async () => {
    const { slack, proxied, lines } = await slackBehindProxy();
    proxied.refuseWith = 403;
    const starting = connected(slack);
    await vi.waitFor(() => expect(lines.join('')).toContain('no connection to Slack'), 30_000);
    expect(lines.join('')).toContain(`"proxy":"${new URL(proxied.url).host}"`);
    expect(lines.join('')).not.toContain(PROXY_PASSWORD);
    proxied.refuseWith = undefined;
    await starting;
  });
});

describe('calls over fetch', () => {
  it('go through the proxy, and past it on loopback', async () => {
    const server = await startSimServer({
      handle: () => ({ status: 200, body: { name: 'token', privileges: [] } }),
    });
    const proxied = await startProxiedPort(Number(new URL(server.origin).port));
    cleanUp.push(
      () => server.close(),
      () => proxied.close(),
      useProxy(proxyOf(proxied)),
    );
    const self = (baseUrl: string) => createMist({ baseUrl, token: new Secret('t'), orgId: 'org' }).self();
    expect(await self(`https://api.${DOMAIN}`)).toMatchObject({ privileges: [] });
    expect(await self(`https://localhost:${proxied.tlsPort}`)).toMatchObject({ privileges: [] });
    expect(proxied.asked).toEqual([`api.${DOMAIN}:443`]);
    proxied.refuseWith = 407;
    const error = await failureOf(self(`https://api2.${DOMAIN}`));
    expect(error.message).toContain('the proxy (HTTPS_PROXY) refused the connection with 407');
  });
});

describe('Entra', () => {
  async function entraBehindProxy() {
    const tenantId = '7f2f1a34-90cc-4a6b-8d0c-1c0a5d1f3a11';
    const base = `https://${AUTHORITY}/${tenantId}`;
    const server = await startSimServer({
      handle: ({ path }) => {
        if (path.endsWith('/openid-configuration')) {
          const endpoints = { authorization_endpoint: `${base}/authorize`, token_endpoint: `${base}/token` };
          return { status: 200, body: { issuer: `${base}/v2.0`, jwks_uri: `${base}/keys`, ...endpoints } };
        }
        if (path.endsWith('/token'))
          return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: 'opaque' } };
        return { status: 200, body: { onboardingStatus: 'onboarded' } };
      },
    });
    const proxied = await startProxiedPort(Number(new URL(server.origin).port));
    cleanUp.push(
      () => server.close(),
      () => proxied.close(),
      useProxy(proxyOf(proxied)),
    );
    const clientSecret = new Secret('client-secret');
    const entra = createEntra({
      credential: { kind: 'secret', tenantId, clientId: 'client', clientSecret },
      authorityHost: `https://${AUTHORITY}`,
      graphBaseUrl: `https://graph.${DOMAIN}`,
      deviceVendor: 'other',
    });
    return { entra, proxied };
  }

  it('is asked for tokens and for everything else through the proxy', async () => {
    const { entra, proxied } = await entraBehindProxy();
    expect(await entra.tenantStatus()).toBe('onboarded');
    expect(new Set(proxied.asked)).toEqual(new Set([`${AUTHORITY}:443`, `graph.${DOMAIN}:443`]));
    expect(new Set(proxied.credentials)).toEqual(new Set([BASIC]));
  });

  it('behind a proxy that refuses is a network failure that names the proxy, and not its password', async () => {
    const { entra, proxied } = await entraBehindProxy();
    proxied.refuseWith = 407;
    const error = await failureOf(entra.tenantStatus());
    expect(error).toMatchObject({ kind: 'network', retryable: true });
    expect(error.hint).toContain('The proxy (HTTPS_PROXY) refused the connection with 407');
    expect(`${error.message} ${error.hint}`).not.toContain(PROXY_PASSWORD);
  });

  it('behind a proxy that lets tokens through and refuses Graph says so too', async () => {
    const { entra, proxied } = await entraBehindProxy();
    await entra.checkAccess();
    proxied.refuseWith = 403;
    const error = await failureOf(entra.tenantStatus());
    expect(error.hint).toContain('The proxy (HTTPS_PROXY) refused the connection with 403');
  });
});

describe('Slack', () => {
  it('is called through the proxy, which is named where it refuses', async () => {
    const sim = await workspace();
    const proxied = await startProxiedPort(Number(new URL(sim.origin).port));
    const undo = useProxy(proxyOf(proxied));
    cleanUp.push(
      () => sim.close(),
      () => proxied.close(),
      undo,
    );
    const log = createLog({ level: 'silent' });
    const send = createSend({
      token: new Secret(sim.botToken),
      apiUrl: `https://slack.${DOMAIN}/api/`,
      log,
      clientOptions: { logger: slackLogger(log) },
    });
    await send.post({ channel: SLACK_CHANNEL }, { text: 'hello' });
    expect(sim.world.messages).toMatchObject([{ text: 'hello' }]);
    expect(proxied.asked).toEqual([`slack.${DOMAIN}:443`]);
    proxied.refuseWith = 407;
    const error = await failureOf(send.direct('U0REQUEST1', { text: 'hello' }));
    expect(error).toMatchObject({ kind: 'network', uncertain: false });
    expect(error.hint).toContain('The proxy (HTTPS_PROXY) refused the connection with 407');
  });
});
