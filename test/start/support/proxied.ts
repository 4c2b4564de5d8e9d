import { createServer as createHttpServer } from 'node:http';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

/** Names that only the proxy can reach. */
export const DOMAIN = 'sandbox.test';
/** A name of Slack's: the bot connects its WebSocket to no other, and the proxy stands in front of it. */
export const SOCKET_HOST = 'wss-primary.slack.com';
/** A cloud of Microsoft's whose metadata the library brings along, so that it asks nobody else. */
export const AUTHORITY = 'login.microsoftonline.us';

/** A proxy for CONNECT in front of one plain local port, which it shows as an https server of any name of {@link DOMAIN}. */
export interface ProxiedPort {
  /** With user and password. */
  readonly url: string;
  /** Port of the https server itself, for connections past the proxy; its certificate is good for localhost, too. */
  readonly tlsPort: number;
  /** What clients asked for, as `host:port`. */
  readonly asked: string[];
  /** `proxy-authorization` of each. */
  readonly credentials: (string | undefined)[];
  /** Answers every CONNECT with this status instead. */
  refuseWith: number | undefined;
  close(): Promise<void>;
}

export const PROXY_PASSWORD = 'proxy-password';

let trusted: ReturnType<typeof makeTrusted> | undefined;

/** One certificate for the whole process, which trusts it from then on. */
async function makeTrusted(): Promise<{ readonly private: string; readonly cert: string }> {
  const pems = await generate([{ name: 'commonName', value: DOMAIN }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: `*.${DOMAIN}` },
          { type: 2, value: 'localhost' },
          { type: 2, value: AUTHORITY },
          { type: 2, value: SOCKET_HOST },
        ],
      },
    ],
  });
  setDefaultCACertificates([...getCACertificates('default'), pems.cert]);
  return pems;
}

export async function startProxiedPort(plainPort: number): Promise<ProxiedPort> {
  const pems = await (trusted ??= makeTrusted());
  const sockets = new Set<Socket>();
  const front = createTlsServer({ key: pems.private, cert: pems.cert }, (socket) => join(socket, plainPort));
  front.on('connection', (socket: Socket) => sockets.add(socket));
  const proxy = createHttpServer((_request, response) => response.writeHead(405).end());
  proxy.on('connection', (socket: Socket) => sockets.add(socket));
  proxy.on('connect', (request, socket: Socket) => {
    proxied.asked.push(request.url ?? '');
    proxied.credentials.push(request.headers['proxy-authorization']);
    if (proxied.refuseWith !== undefined) {
      socket.end(`HTTP/1.1 ${proxied.refuseWith} Refused\r\n\r\n`);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    join(socket, portOf(front));
  });
  await Promise.all([listen(front), listen(proxy)]);
  const proxied: ProxiedPort = {
    url: `http://user:${PROXY_PASSWORD}@127.0.0.1:${portOf(proxy)}`,
    tlsPort: portOf(front),
    asked: [],
    credentials: [],
    refuseWith: undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        [front, proxy].map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
      );
    },
  };
  return proxied;
}

function join(socket: Socket, port: number): void {
  const target = connect(port, '127.0.0.1');
  target.on('error', () => socket.destroy());
  socket.on('error', () => target.destroy());
  socket.on('close', () => target.destroy());
  socket.pipe(target).pipe(socket);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
