import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultBook, type FaultAction } from './faults.ts';

export interface SimRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface SimResponse {
  status: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON. */
  body?: string | Buffer | object;
}

/** One call as it was made and answered; what tests count and scan. */
export interface CallRecord {
  at: number;
  method: string;
  path: string;
  query: string;
  requestBody: string;
  /** 0 where the connection was closed without an answer. */
  status: number;
  fault?: string;
  ms: number;
}

export interface SimServer {
  /** `http://127.0.0.1:port` or `https://localhost:port`. */
  readonly origin: string;
  readonly port: number;
  readonly faults: FaultBook;
  readonly calls: CallRecord[];
  /** Added to every answer; the benches set it to stand for a vendor's distance. */
  latencyMs: number;
  /** For WebSocket upgrades. */
  readonly server: Server;
  /** Cuts every connection and refuses new ones, as a machine on which nobody listens. */
  deafen(): void;
  /** Listens again where it did before. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

export interface SimServerOptions {
  handle: (request: SimRequest) => Promise<SimResponse> | SimResponse;
  /** PEM; present = https on `localhost`. */
  tls?: { key: string; cert: string };
  port?: number;
}

/** Starts one simulator's listener on loopback, with fault injection and a record of every call. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const faults = new FaultBook();
  const calls: CallRecord[] = [];
  const listener = (req: IncomingMessage, res: ServerResponse): void => {
    void serve(req, res);
  };
  const server = (
    options.tls ? createHttpsServer(options.tls, listener) : createHttpServer(listener)
  ) as Server;
  // As long as large clouds do: a caller that stood still for some seconds finds its connection open.
  server.keepAliveTimeout = 65_000;
  await listenOn(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const sim: SimServer = {
    origin: options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    faults,
    calls,
    latencyMs: 0,
    server,
    deafen() {
      server.close();
      server.closeAllConnections();
    },
    async listen() {
      // Meanwhile somebody's connection may have been given the port as its own end.
      while (!(await listenOn(server, port).then(Boolean, isTaken))) await sleep(100);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const started = Date.now();
    const url = new URL(req.url ?? '/', 'http://sim');
    const path = decoded(url.pathname);
    const method = req.method ?? 'GET';
    const record: CallRecord = {
      at: started,
      method,
      path,
      query: url.search,
      requestBody: '',
      status: 0,
      ms: 0,
    };
    calls.push(record);
    try {
      const body = await readBody(req);
      record.requestBody = body.toString('utf8');
      const fault = faults.take(method, path);
      if (fault) record.fault = fault.id;
      const delay = sim.latencyMs + (fault?.delayMs ?? 0);
      const early = fault && before(fault.action, body);
      if (delay > 0 && early) await sleep(delay);
      let answer: SimResponse | 'reset' | undefined = early;
      if (answer === undefined) {
        const real = await options.handle({
          method,
          path,
          query: url.searchParams,
          headers: req.headers,
          body,
        });
        answer = fault ? after(fault.action, real) : real;
        if (delay > 0) await sleep(delay);
      }
      if (answer === 'reset') req.socket.destroy();
      else send(res, answer, record);
    } catch (error) {
      send(res, { status: 500, body: `simulator fault: ${String(error)}` }, record);
      process.stderr.write(
        `simulator fault in ${method} ${path}: ${error instanceof Error ? error.stack : String(error)}\n`,
      );
    } finally {
      record.ms = Date.now() - started;
    }
  }
  return sim;
}

function listenOn(server: Server, port: number): Promise<true> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(true);
    });
  });
}

/** False where trying again helps; throws where it does not. */
function isTaken(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
  throw error;
}

/** A path that cannot be decoded stays as it was sent; the handler finds nothing there. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function before(action: FaultAction, body: Buffer): SimResponse | 'reset' | undefined {
  if (action.kind === 'echo') {
    const quoted = JSON.stringify({
      detail: body.toString(),
      error: { code: 'BadRequest', message: body.toString() },
    });
    return { status: action.status, headers: { 'content-type': 'application/json' }, body: quoted };
  }
  if (action.kind === 'answer') return answerOf(action);
  return action.kind === 'reset-before' ? 'reset' : undefined;
}

function after(action: FaultAction, real: SimResponse): SimResponse | 'reset' {
  if (action.kind === 'answer-after') return answerOf(action);
  return action.kind === 'reset-after' ? 'reset' : real;
}

function answerOf(action: { status: number; headers?: Record<string, string>; body?: string }): SimResponse {
  return {
    status: action.status,
    ...(action.headers && { headers: action.headers }),
    ...(action.body !== undefined && { body: action.body }),
  };
}

function send(res: ServerResponse, answer: SimResponse, record: CallRecord): void {
  record.status = answer.status;
  const isObject = typeof answer.body === 'object' && !Buffer.isBuffer(answer.body);
  const payload = isObject ? JSON.stringify(answer.body) : (answer.body as string | Buffer | undefined);
  res.writeHead(answer.status, {
    ...(isObject && { 'content-type': 'application/json' }),
    ...answer.headers,
  });
  res.end(payload);
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
