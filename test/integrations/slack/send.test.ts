import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { createLog } from '../../../src/base/log.ts';
import { Secret } from '../../../src/base/secret.ts';
import { isUnreachable, SlackError } from '../../../src/integrations/slack/errors.ts';
import { slackLogger } from '../../../src/integrations/slack/logger.ts';
import { createSend, type SlackCall, type SlackSend } from '../../../src/integrations/slack/send.ts';
import { CHANNEL, FOREIGN_CHANNEL, REQUESTER, workspace } from '../../commands/support/office.ts';

let sim: SlackSim;
let send: SlackSend;
let made: SlackCall[];
beforeEach(async () => {
  sim = await workspace();
  made = [];
  const log = createLog({ level: 'silent' });
  send = createSend({
    token: new Secret(sim.botToken),
    apiUrl: sim.apiUrl,
    log,
    clientOptions: { logger: slackLogger(log) },
    timeoutMs: 2000,
    onCall: (call) => made.push(call),
  });
});
afterEach(() => sim.close());

const posts = () => sim.calls.filter(({ path }) => path.endsWith('chat.postMessage'));

async function failureOf(work: Promise<unknown>): Promise<SlackError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SlackError)) throw new Error(`expected a SlackError, got ${String(error)}`);
  return error;
}

describe('posting', () => {
  it('carries text and blocks, switches unfurling off, and returns where the message is', async () => {
    const ref = await send.post(
      { channel: CHANNEL },
      { text: 'hello', blocks: [{ type: 'section', text: { type: 'plain_text', text: 'hello' } }] },
    );
    expect(sim.world.messages).toMatchObject([{ channel: CHANNEL, ts: ref.ts, text: 'hello' }]);
    expect(posts()[0]?.requestBody).toContain('unfurl_links=false');
    await send.update(ref, { text: 'changed' });
    expect(sim.world.messages[0]?.text).toBe('changed');
    expect(sim.violations).toEqual([]);
  });

  it('moves what does not fit into the thread', async () => {
    const blocks = Array.from({ length: 60 }, (_, n) => ({
      type: 'section' as const,
      text: { type: 'plain_text' as const, text: `line ${n}` },
    }));
    const { ts } = await send.post({ channel: CHANNEL }, { text: 'long', blocks });
    expect(sim.world.messages).toHaveLength(2);
    expect(sim.world.messages[1]).toMatchObject({ threadTs: ts, text: expect.stringContaining('line 59') });
  });

  it.each([
    ['the answer is lost', { kind: 'reset-after' } as const, 'network', 0],
    ['the answer comes too late', { kind: 'slow' } as const, 'timeout', 10_000],
    ['Slack answers 500 after all', { kind: 'answer-after', status: 500 } as const, 'unavailable', 0],
  ])('is not repeated when %s', async (_what, action, kind, delayMs) => {
    sim.faults.plant({ path: 'chat.postMessage', times: -1, action, delayMs });
    const error = await failureOf(send.post({ channel: CHANNEL }, { text: 'once' }));
    expect(error).toMatchObject({ kind, uncertain: true, retryable: true });
    expect(posts()).toHaveLength(1);
  });

  it('is certain that nothing was posted where there was no connection', async () => {
    await sim.close();
    const error = await failureOf(send.post({ channel: CHANNEL }, { text: 'never' }));
    expect(error).toMatchObject({ kind: 'network', uncertain: false, retryable: true });
  });

  it('does not fail once the message is there, even where the thread could not be added to', async () => {
    sim.faults.plant({ path: 'chat.postMessage', skip: 1, times: -1, action: { kind: 'reset-before' } });
    const block = { type: 'section' as const, text: { type: 'plain_text' as const, text: 'line' } };
    const { ts } = await send.post(
      { channel: CHANNEL },
      { text: 'long', blocks: Array.from({ length: 60 }, () => block) },
    );
    expect(sim.world.messages).toMatchObject([{ ts, text: 'long' }]);
  });

  it('waits as long as Slack asks and posts once', async () => {
    sim.faults.plant({
      path: 'chat.postMessage',
      action: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
    });
    await send.post({ channel: CHANNEL }, { text: 'patient' });
    expect(sim.world.messages).toHaveLength(1);
    expect(made.map(({ outcome }) => outcome)).toEqual(['rate-limited', 'ok']);
  });

  it('says that it cannot write there, with how to mend it', async () => {
    const error = await failureOf(send.post({ channel: FOREIGN_CHANNEL }, { text: 'x' }));
    expect(isUnreachable(error)).toBe(true);
    expect(error.hint).toContain('/invite');
  });

  it('reaches one person directly', async () => {
    await send.direct(REQUESTER, { text: 'for you' });
    expect(sim.world.messages[0]?.channel.startsWith('D')).toBe(true);
    await send.ephemeral({ channel: CHANNEL, user: REQUESTER }, { text: 'psst' });
    expect(sim.person(REQUESTER).ephemerals.at(-1)?.text).toBe('psst');
  });
});

describe('failures', () => {
  it('never repeat what Slack answered', async () => {
    const body = JSON.stringify({ ok: false, error: 'SECRET-PAGE <html>' });
    sim.faults.plant({ path: 'chat.postMessage', action: { kind: 'answer', status: 200, body } });
    const error = await failureOf(send.post({ channel: CHANNEL }, { text: 'x' }));
    expect(`${error.message} ${error.hint}`).not.toContain('SECRET-PAGE');
    expect(error.kind).toBe('bad-response');
  });

  it('tell an expired trigger in plain words', async () => {
    const view = {
      type: 'modal' as const,
      title: { type: 'plain_text' as const, text: 'T' },
      blocks: [],
    };
    const error = await failureOf(send.openView('123.456.bad', view));
    expect(error.kind).toBe('rejected');
    expect(error.hint).toMatch(/three seconds|refused/);
  });

  it('tell an answer that came too late', async () => {
    const error = await failureOf(send.respond(`${sim.origin}/response/none`, { text: 'late' }));
    expect(error.hint).toContain('time in which Slack accepts');
    expect((await failureOf(send.respond('http://127.0.0.1:9/x', { text: 'late' }))).kind).toBe('network');
  });

  it('repeat what may be repeated', async () => {
    sim.faults.plant({ path: 'usergroups.users.list', action: { kind: 'answer', status: 503 } });
    expect(await send.groupMembers('S0APPROVE1')).toEqual(['U0APPROVE2']);
  });
});

describe('uploading', () => {
  const file = { name: 'routes.csv', title: 'Routes of Lyon', content: Buffer.from('prefix\n10.0.0.0/8\n') };

  it('shares a file in a thread, with a word about it', async () => {
    const { ts } = await send.post({ channel: CHANNEL }, { text: 'card' });
    const id = await send.upload(file, { channel: CHANNEL, threadTs: ts, comment: 'All routes' });
    expect(sim.world.thread(CHANNEL, ts)).toMatchObject([{ text: 'All routes', files: [id] }]);
    expect(sim.world.files.get(id)).toMatchObject({
      title: 'Routes of Lyon',
      complete: true,
      channels: [CHANNEL],
    });
    expect(sim.world.files.get(id)?.content?.toString()).toBe('prefix\n10.0.0.0/8\n');
    expect(sim.violations).toEqual([]);
  });

  it('keeps a picture from everybody until a message shows it, and says in words what is on it', async () => {
    const id = await send.upload({ ...file, name: 'a.png', altText: 'Lyon to Microsoft' });
    expect(sim.world.files.get(id)).toMatchObject({
      channels: [],
      altText: 'Lyon to Microsoft',
      complete: true,
    });
    expect(sim.world.messages).toEqual([]);
  });

  it.each(['files.getUploadURLExternal', '/upload/', 'files.completeUploadExternal'])(
    'is a SlackError where %s fails',
    async (path) => {
      sim.faults.plant({ path, action: { kind: 'answer', status: 500 } });
      expect(await failureOf(send.upload(file))).toMatchObject({ kind: 'unavailable' });
    },
  );
});
