import { setGlobalProxyFromEnv } from 'node:http';
import { Agent } from 'node:https';
import { globalDispatcher } from '../base/global-dispatcher.ts';
import type { Config } from '../config.ts';
import type { SocketDispatcher } from '../integrations/slack/client.ts';

type Proxy = NonNullable<Config['proxy']>;

/** This machine itself is never reached through a proxy. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

function proxyEnv({ url, noProxy }: Proxy): { HTTPS_PROXY: string; NO_PROXY: string } {
  return { HTTPS_PROXY: url.reveal(), NO_PROXY: [noProxy, ...LOOPBACK].filter(Boolean).join(',') };
}

/** For everything that goes through fetch, or through node:http with no agent of its own. Returns how to undo it. */
export function useProxy(proxy: Proxy): () => void {
  return setGlobalProxyFromEnv(proxyEnv(proxy));
}

/** For a WebSocket of `ws` to this URL, which brings its own connections; undefined where there is no proxy for it. */
export function streamAgent(url: string, proxy: Config['proxy']): Agent | undefined {
  // Plain WebSockets are accepted on loopback only.
  if (proxy === undefined || !url.startsWith('wss:')) return undefined;
  return new Agent({ proxyEnv: proxyEnv(proxy) });
}

/** For Slack's WebSocket, which otherwise brings its own connections; to be asked for after {@link useProxy}. */
export function socketDispatcher(proxy: Config['proxy']): SocketDispatcher | undefined {
  return proxy === undefined ? undefined : globalDispatcher<SocketDispatcher>();
}

/** The proxy as a log may name it: without its password. */
export function proxyName(proxy: Config['proxy']): string | undefined {
  return proxy && URL.parse(proxy.url.reveal())?.host;
}
