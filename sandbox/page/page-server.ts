import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../world.ts';
import { refusalOf, SAFE_HEADERS } from './guard.ts';
import { ChangeWatch } from './changes.ts';
import { Live } from './live.ts';
import { networkState } from './network-state.ts';
import { act, BadAction } from './page-actions.ts';
import { galleryCards } from './gallery.ts';
import { readCommandHints, readPageFiles } from './page-files.ts';
import { isPicture, people, workspaceState } from './workspace-state.ts';

/** Ten CSV files of a person, in base64, and room. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export type PageWorld = World;

export interface PageOptions {
  /** Default: any free one. */
  readonly port?: number;
}

export interface Page {
  /** What a person opens; `?as=ben` chooses who acts. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the local workspace on loopback: a page on which a person types, clicks and fills as somebody of the simulated
 * Slack, and sees and breaks the network. It only shows and passes on; all rules are the simulators'.
 */
export async function startPage(world: PageWorld, options: PageOptions = {}): Promise<Page> {
  const files = readPageFiles();
  const hints = readCommandHints();
  const live = new Live(['network']);
  const changes = new ChangeWatch();
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stopSlack = world.slack.world.onChange(() => live.changed());

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refusal = refusalOf(request, port);
      if (refusal) return json(response, refusal.status, { error: refusal.error });
      const url = new URL(request.url ?? '/', 'http://page');
      if (request.method === 'POST') return await post(request, response, url.pathname);
      get(request, response, url);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else json(response, 500, { error: messageOf(error) });
    }
  }

  function get(request: IncomingMessage, response: ServerResponse, url: URL): void {
    if (url.pathname === '/events') return listen(response, url.searchParams.get('who') ?? '');
    if (url.pathname === '/gallery.json') return json(response, 200, galleryCards(world.slack.world));
    const [, stored] = /^\/files\/([A-Z0-9]+)$/.exec(url.pathname) ?? [];
    if (stored !== undefined) return sendFile(response, stored);
    const file = files.get(url.pathname);
    if (!file) return json(response, 404, { error: 'not here' });
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': file.type });
    response.end(request.method === 'HEAD' ? undefined : file.content);
  }

  function listen(response: ServerResponse, name: string): void {
    const all = people(world.slack.world);
    const person = all.find((one) => one.id === name || one.name === name) ?? all[0];
    if (!person) return json(response, 404, { error: 'nobody is here' });
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/event-stream' });
    live.add(response, {
      workspace: () => workspaceState(world.slack, person.id, hints),
      network: () => networkState(world, world.dataPlane, changes),
    });
  }

  function sendFile(response: ServerResponse, id: string): void {
    const file = world.slack.world.files.get(id);
    if (!file?.content) return json(response, 404, { error: 'no such file' });
    const name = encodeURIComponent(file.name);
    const shown = isPicture(file)
      ? { 'content-type': file.mimetype }
      : {
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename*=UTF-8''${name}`,
        };
    response.writeHead(200, { ...SAFE_HEADERS, ...shown });
    response.end(file.content);
  }

  async function post(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, name] = /^\/act\/([a-z]+)$/.exec(path) ?? [];
    if (name === undefined) return json(response, 404, { error: 'not here' });
    const text = await bodyOf(request);
    if (text === undefined) return json(response, 413, { error: 'too large' });
    try {
      const answer = await act(world, name, parsed(text));
      live.changed();
      json(response, 200, answer);
    } catch (error) {
      // What Slack's client or the control API would not let a person do.
      json(response, error instanceof BadAction ? error.status : 409, { error: messageOf(error) });
    }
  }

  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      stopSlack();
      live.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadAction(400, 'the body is not JSON');
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { ...SAFE_HEADERS, 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
