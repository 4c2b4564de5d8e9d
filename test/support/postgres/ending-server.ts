import { connect, createServer, type AddressInfo } from 'node:net';

/** A server in front of a real one. */
export interface EndingServer {
  readonly url: string;
  close(): Promise<void>;
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Ends its first session, as an administrator does, in the very packet that says that it has begun; leaves the others alone. */
export async function endingServer(behind: string): Promise<EndingServer> {
  const { hostname, port } = new URL(behind);
  let isFirst = true;
  const server = createServer((client) => {
    const session = connect(Number(port), hostname);
    const both = [client, session];
    for (const socket of both) {
      socket.on('error', () => undefined);
      socket.on('close', () => both.forEach((one) => one.destroy()));
    }
    client.pipe(session);
    session.on('data', (packet) => {
      if (!isFirst || !packet.includes(READY)) return client.write(packet);
      isFirst = false;
      return client.end(Buffer.concat([packet, ENDED]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(behind);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const ENDED = errorResponse({ S: 'FATAL', V: 'FATAL', C: '57P01', M: 'terminating connection' });

function errorResponse(fields: Readonly<Record<string, string>>): Buffer {
  const body = `${Object.entries(fields)
    .map(([key, text]) => `${key}${text}\0`)
    .join('')}\0`;
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
}
