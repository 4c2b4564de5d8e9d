import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { act, Listener, send } from './support/http.ts';
import { startPageSandbox, type PageSandbox } from './support/page-world.ts';
import { ALICE, NET } from '../slack/support/workspace.ts';

const BROWSER = new URL('../../../sandbox/page/browser/', import.meta.url).pathname;

let sandbox: PageSandbox;
let url: string;
let host: string;

beforeEach(async () => {
  sandbox = await startPageSandbox();
  ({ url } = sandbox.page);
  ({ host } = new URL(url));
});

afterEach(() => sandbox.close());

const say = { who: ALICE, channel: NET, line: 'hello' };

function post(headers: Record<string, string>, body = JSON.stringify(say)): ReturnType<typeof send> {
  return send(`${url}act/say`, { method: 'POST', headers, body });
}

function said(): string[] {
  return sandbox.slack.world.messages.map((message) => message.text);
}

describe('who may ask', () => {
  test('the page listens on loopback only, and on one address of it', async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    // Every 127.x address is this machine's, too: a server on all interfaces would answer there.
    for (const address of ['127.0.0.2', ...outside]) {
      const elsewhere = url.replace('127.0.0.1', address);
      await expect(send(elsewhere, { headers: { host } }), address).rejects.toThrow(
        /ECONNREFUSED|EADDRNOTAVAIL/,
      );
    }
  });

  test.each(['evil.example', '10.0.0.1', '127.0.0.1.evil.example', '127.0.0.1', ''])(
    'a name that was rebound to loopback gets nothing: Host %j',
    async (name) => {
      const foreign = name === '127.0.0.1' ? '127.0.0.1:1' : `${name}:${new URL(url).port}`;
      const json = { host: foreign, 'content-type': 'application/json' };
      expect((await send(url, { headers: { host: foreign } })).status).toBe(403);
      expect((await send(`${url}events?who=alice`, { headers: { host: foreign } })).status).toBe(403);
      expect((await post(json)).status).toBe(403);
      expect(said()).toEqual([]);
    },
  );

  test.each(['https://evil.example', 'null', 'http://localhost', 'http://127.0.0.1:1'])(
    'another page gets nothing: Origin %s',
    async (origin) => {
      expect((await send(`${url}events?who=alice`, { headers: { origin } })).status).toBe(403);
      expect((await post({ origin, 'content-type': 'application/json' })).status).toBe(403);
      expect(said()).toEqual([]);
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'a form of another page gets nothing: content type %j',
    async (type) => {
      expect((await post({ 'content-type': type })).status).toBe(403);
      expect(said()).toEqual([]);
    },
  );

  test('the page itself may, by either loopback name', async () => {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    const local = host.replace('127.0.0.1', 'localhost');
    expect((await post({ ...type, origin: `http://${host}` })).status).toBe(200);
    expect((await post({ ...type, host: local, origin: `http://${local}` })).status).toBe(200);
    expect(said()).toEqual(['hello', 'hello']);
  });

  test.each(['PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    expect((await send(url, { method })).status).toBe(405);
  });
});

describe('what is served', () => {
  test.each(['', 'main.js', 'page.css', 'nothing', 'events?who=alice', 'act/say'])(
    'nothing from elsewhere may run beside /%s',
    async (path) => {
      const listening = path.startsWith('events');
      const { headers } = listening ? await headersOf(`${url}${path}`) : await send(`${url}${path}`);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
    },
  );

  test('the page and its modules come with their types', async () => {
    expect((await send(url)).headers['content-type']).toMatch(/^text\/html/);
    expect((await send(`${url}main.js`)).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await send(`${url}page.css`)).headers['content-type']).toMatch(/^text\/css/);
  });

  test.each([
    'tsconfig.json',
    '../page-server.ts',
    '%2e%2e/page-server.ts',
    '..%2fguard.ts',
    'files/F0NOTHERE',
  ])('/%s is not there', async (path) => {
    expect((await send(`${url}${path}`)).status).toBe(404);
  });

  test('no module makes markup from strings, and the page has no script or style of its own', () => {
    for (const name of readdirSync(BROWSER)) {
      const source = readFileSync(join(BROWSER, name), 'utf8');
      expect(source, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/);
    }
    const html = readFileSync(join(BROWSER, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
  });

  test('pictures are shown, everything else is only offered for download', async () => {
    const { world } = sandbox.slack;
    const stored = { owner: ALICE, title: 'x', complete: true, channels: [NET] };
    const html = Buffer.from('<script>alert(1)</script>');
    world.files.set('F1', {
      ...stored,
      id: 'F1',
      name: 'a.png',
      mimetype: 'image/png',
      length: 3,
      content: Buffer.from('png'),
    });
    world.files.set('F2', {
      ...stored,
      id: 'F2',
      name: 'a.html',
      mimetype: 'text/html',
      length: html.length,
      content: html,
    });
    const [picture, page] = [await send(`${url}files/F1`), await send(`${url}files/F2`)];
    expect(picture.headers['content-type']).toBe('image/png');
    expect(page.headers['content-type']).toBe('application/octet-stream');
    expect(page.headers['content-disposition']).toMatch(/^attachment/);
  });
});

describe('what cannot be read', () => {
  test('a body that is not JSON, of the wrong shape, too large, or for an unknown action', async () => {
    const type = { 'content-type': 'application/json' };
    expect((await post(type, '{')).status).toBe(400);
    expect((await post(type, JSON.stringify({ ...say, extra: 1 }))).status).toBe(400);
    expect((await post(type, JSON.stringify({ ...say, line: 'x'.repeat(5_000_000) }))).status).toBe(413);
    expect((await act(url, 'fly', {})).status).toBe(404);
    expect((await act(url, 'constructor', {})).status).toBe(404);
    expect(said()).toEqual([]);
  });

  test('nobody can act as somebody who is not there', async () => {
    const answer = await act(url, 'say', { ...say, who: 'U0NOBODY01' });
    expect(answer).toMatchObject({ status: 409, json: { error: 'no person U0NOBODY01' } });
  });
});

test('changes that follow closely are told together, and only when something is different', async () => {
  const listener = new Listener(url, ALICE);
  try {
    await listener.workspace(() => true);
    for (let count = 0; count < 100; count += 1) sandbox.slack.person(ALICE).say(NET, `message ${count}`);
    await listener.workspace((state) => state.conversations[0]?.entries.length === 100);
    sandbox.slack.world.changed();
    sandbox.slack.person(ALICE).say(NET, 'last');
    await listener.workspace((state) => state.conversations[0]?.entries.length === 101);
    expect(listener.events.filter((event) => event.name === 'workspace')).toHaveLength(3);
  } finally {
    listener.close();
  }
});

test('closing the page ends the streams', async () => {
  const response = await fetch(`${url}events?who=alice`);
  const ended = response.text();
  await sandbox.page.close();
  await expect(ended).resolves.toContain('event: workspace');
  sandbox = await startPageSandbox();
});

/** The headers of a stream that never ends. */
async function headersOf(address: string): Promise<{ headers: Record<string, string> }> {
  const stop = new AbortController();
  const response = await fetch(address, { signal: stop.signal });
  const headers = Object.fromEntries(response.headers);
  stop.abort();
  return { headers };
}
