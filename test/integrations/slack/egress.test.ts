import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSlackSim, type SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { createLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createEgress, guardedFetch } from '../../../src/integrations/slack/egress.ts';
import { createSend, type SlackSend } from '../../../src/integrations/slack/send.ts';

describe('where anything of Slack’s may go', () => {
  const mayGo = createEgress('https://slack.com/api/');
  it.each([
    'https://slack.com/api/chat.postMessage',
    'https://hooks.slack.com/actions/T1/2/x',
    'https://files.slack.com/upload/v1/x',
    'wss://wss-primary.slack.com/link/?ticket=x',
    'https://hooks.slack-gov.com/commands/1',
    'https://SLACK.com./api/'.replace('com.', 'com'),
  ])('to %s', (url) => expect(mayGo(url)).toBe(true));

  it.each([
    'http://hooks.slack.com/actions/1',
    'ws://wss-primary.slack.com/',
    'https://hooks.slack.com:8443/',
    'https://user:pass@hooks.slack.com/',
    'https://slack.com.evil.test/',
    'https://evilslack.com/',
    'https://slack.com@evil.test/',
    'https://evil.test/#slack.com',
    'https://evil.test\\@slack.com/',
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:9001/metrics',
    'https://localhost/',
    'https://[::1]/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'ftp://slack.com/',
    'slack.com',
    '',
  ])('not to %s', (url) => expect(mayGo(url)).toBe(false));

  it('only to Slack’s domains or to this machine, where the API is configured here', () => {
    const local = createEgress('http://127.0.0.1:4000/api/');
    expect(local('http://127.0.0.1:4000/response/x')).toBe(true);
    expect(local('http://localhost:4001/upload')).toBe(true);
    expect(local('https://hooks.slack.com/actions/1')).toBe(true);
    expect(local('http://169.254.169.254/')).toBe(false);
    expect(local('http://10.0.0.1/')).toBe(false);
    expect(local('ftp://127.0.0.1/')).toBe(false);
  });

  it('to any port of a host that stands in Slack’s place, and of those below it, by https', () => {
    const gateway = createEgress('https://slack-sim.test:8443/api/');
    expect(gateway('https://slack-sim.test:8443/api/x')).toBe(true);
    expect(gateway('wss://slack-sim.test:8444/link')).toBe(true);
    expect(gateway('https://hooks.slack-sim.test:9000/1')).toBe(true);
    expect(gateway('http://slack-sim.test:8080/')).toBe(false);
    expect(gateway('https://evil-slack-sim.test/')).toBe(false);
    expect(gateway('https://127.0.0.1:8444/')).toBe(false);
    expect(createEgress('http://127.0.0.2:4000/api/')('http://127.0.0.3:1/x')).toBe(true);
  });

  it('nowhere else, whatever is put together of hosts, users, ports and schemes', () => {
    const piece = fc.constantFrom('slack.com', 'hooks.slack.com', 'evil.test', '@', ':', '/', '\\', '#', '?');
    fc.assert(
      fc.property(
        fc.constantFrom('https://', 'http://', 'wss://', '//', ''),
        fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 6 }),
        (scheme, parts) => {
          const text = scheme + parts.join('');
          if (!mayGo(text)) return;
          const url = new URL(text);
          expect(['https:', 'wss:']).toContain(url.protocol);
          expect(url.hostname).toMatch(/^(?:[^@/]+\.)?slack(?:-gov)?\.com$/);
        },
      ),
    );
  });
});

describe('an address that an answer or a payload names in place of Slack’s', () => {
  let sim: SlackSim;
  let elsewhere: Server;
  const hits: string[] = [];
  let send: SlackSend;
  beforeEach(async () => {
    sim = await startSlackSim({ users: [{ id: 'U0ANNA0001', name: 'anna' }], channels: [] });
    hits.length = 0;
    elsewhere = createServer((request, response) => {
      hits.push(request.url ?? '');
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    send = createSend({
      token: new Secret(sim.botToken),
      apiUrl: sim.apiUrl,
      log: createLog({ level: 'silent' }),
    });
  });
  afterEach(async () => {
    elsewhere.close();
    await sim.close();
  });
  const port = () => (elsewhere.address() as AddressInfo).port;
  const FOREIGN = 'https://evil.test/upload';
  const REFUSED = { code: 'slack.rejected', slackCode: 'egress_refused' };

  it('gets no answer to a click', async () => {
    await expect(send.respond('http://169.254.169.254/latest', { text: 'x' })).rejects.toMatchObject(REFUSED);
  });

  it('gets no file', async () => {
    sim.faults.plant({
      path: 'files.getUploadURLExternal',
      action: {
        kind: 'answer',
        status: 200,
        body: JSON.stringify({ ok: true, upload_url: FOREIGN, file_id: 'F1' }),
      },
    });
    const file = { name: 'a.txt', title: 'a', content: Buffer.from('x') };
    await expect(send.upload(file)).rejects.toMatchObject(REFUSED);
    expect(sim.calls.some((call) => call.path.includes('completeUpload'))).toBe(false);
  });

  it('gets no WebSocket', async () => {
    const body = JSON.stringify({ ok: true, url: 'wss://evil.test/link' });
    sim.faults.plant({ path: 'apps.connections.open', action: { kind: 'answer', status: 200, body } });
    const open = guardedFetch(sim.apiUrl)(`${sim.apiUrl}apps.connections.open`, { method: 'POST' });
    await expect(open).rejects.toMatchObject(REFUSED);
  });

  it('gets nothing by way of a redirect', async () => {
    const location = `http://127.0.0.1:${port()}/caught`;
    sim.faults.plant({
      path: 'chat.postMessage',
      times: -1,
      action: { kind: 'answer', status: 307, headers: { location } },
    });
    await expect(send.post({ channel: 'C1' }, { text: 'x' })).rejects.toMatchObject({ system: 'slack' });
    expect(hits).toEqual([]);
  });
});
