import { App, HTTPReceiver, SocketModeReceiver, type Logger, type Receiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { Log } from '../../base/log.ts';
import type { Secret } from '../../base/secret.ts';
import { guardedFetch } from './egress.ts';
import {
  createHttpListener,
  createRequestGuard,
  type HttpListener,
  type RequestHandler,
} from './http-mode.ts';
import { slackLogger } from './logger.ts';
import { onceEach } from './repeated-events.ts';
import { keepConnected } from './socket.ts';
import type { SlackIdentity } from './start-check.ts';

/** The Bolt app with its way in: Socket Mode or HTTP. Listeners are the same for both. */
export interface SlackConnection {
  readonly app: App;
  /** Resolves with the first connection, or when the port is open. Keeps itself up afterwards. */
  start(): Promise<void>;
  /** Stops taking anything in and waits until the way in is closed. */
  stop(): Promise<void>;
  /** Whether something that Slack sends now would arrive. */
  live(): boolean;
  /** The HTTP port, where one is open. */
  port(): number | undefined;
}

/** What a WebSocket of the `undici` package is sent through. */
export type SocketDispatcher = NonNullable<ConstructorParameters<typeof SocketModeReceiver>[0]['dispatcher']>;

export interface ConnectionOptions {
  readonly botToken: Secret;
  readonly mode:
    | { readonly kind: 'socket'; readonly appToken: Secret }
    | { readonly kind: 'http'; readonly signingSecret: Secret };
  readonly apiUrl: string;
  readonly server: { readonly host: string; readonly port: number };
  /** Known once the start check passed; nothing arrives before. */
  readonly identity: () => SlackIdentity | undefined;
  readonly log: Log;
  readonly clientOptions?: Pick<WebClientOptions, 'fetch'>;
  /** For the WebSocket, where a proxy is needed. */
  readonly dispatcher?: SocketDispatcher;
  /** The proxy's name, for the log: the socket's own errors do not say that a proxy refused. */
  readonly via?: string;
  /** Further routes on HOST:PORT, by `METHOD /path`; where there is one, the port is open in Socket Mode as well. */
  readonly routes?: ReadonlyMap<string, RequestHandler>;
  /** A request in Slack's place was refused; why, in a few words. */
  readonly onRefusedRequest?: (what: string, why: string) => void;
}

const SLACK_ROUTE = 'POST /slack/events';
const UNTAKEN: ReadonlyMap<number, string> = new Map([
  [401, 'not signed by Slack'],
  [413, 'too large'],
]);

/**
 * Makes the app without calling Slack. `authorize` is ours because Bolt's own calls auth.test while the app is
 * constructed, and with a bad token acknowledges every command without an answer.
 */
export function createSlackConnection(options: ConnectionOptions): SlackConnection {
  const logger = slackLogger(options.log);
  const fetchWith = guardedFetch(options.apiUrl, options.clientOptions?.fetch as typeof fetch | undefined);
  const routes = new Map(options.routes);
  const stopping = new AbortController();
  const { receiver, socket } = wayIn(options, logger, fetchWith, routes, stopping.signal);
  const app = new App({
    receiver,
    logger,
    convoStore: false,
    extendedErrorHandler: true,
    clientOptions: {
      ...options.clientOptions,
      fetch: fetchWith,
      slackApiUrl: options.apiUrl,
      timeout: 10_000,
      retryConfig: { retries: 0 },
    },
    authorize: async () => {
      const identity = options.identity();
      if (identity === undefined) throw new Error('not started');
      return {
        botToken: options.botToken.reveal(),
        botUserId: identity.botUserId,
        teamId: identity.teamId,
        ...(identity.botId && { botId: identity.botId }),
      };
    },
  });
  app.use(onceEach());
  const http: HttpListener | undefined =
    routes.size > 0 ? createHttpListener({ ...options.server, routes }) : undefined;
  return {
    app,
    async start() {
      await http?.start();
      await socket?.start();
    },
    async stop() {
      stopping.abort();
      await Promise.all([socket?.stop(), http?.stop()]);
    },
    live: () => (socket?.live() ?? true) && (http?.live() ?? true),
    port: () => http?.port(),
  };
}

function wayIn(
  options: ConnectionOptions,
  logger: Logger,
  fetchWith: typeof fetch,
  routes: Map<string, RequestHandler>,
  signal: AbortSignal,
): { receiver: Receiver; socket?: ReturnType<typeof keepConnected> } {
  const { mode, log } = options;
  if (mode.kind === 'http') {
    const receiver = new HTTPReceiver({ signingSecret: mode.signingSecret.reveal(), logger });
    const refuse = createRequestGuard();
    routes.set(SLACK_ROUTE, (request, response) => {
      const why = refuse(request.headers);
      if (why === undefined) {
        // Bolt says only by its status that it did not take a request.
        response.once('finish', () => {
          const reason = UNTAKEN.get(response.statusCode);
          if (reason !== undefined) options.onRefusedRequest?.(SLACK_ROUTE, reason);
        });
        return receiver.requestListener(request, response);
      }
      log.warn({ why, from: request.socket.remoteAddress }, 'request to /slack/events refused');
      options.onRefusedRequest?.(SLACK_ROUTE, why);
      request.resume();
      response.writeHead(401).end();
    });
    return { receiver };
  }
  const receiver = new SocketModeReceiver({
    appToken: mode.appToken.reveal(),
    logger,
    autoReconnectEnabled: false,
    ...(options.dispatcher && { dispatcher: options.dispatcher }),
    installerOptions: {
      clientOptions: {
        // An object of its own: the socket client writes into it.
        slackApiUrl: options.apiUrl,
        timeout: 10_000,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        fetch: (url, init) =>
          fetchWith(url, {
            ...init,
            signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]),
          }),
      },
    },
  });
  return { receiver, socket: keepConnected(receiver.client, log, options.via) };
}
