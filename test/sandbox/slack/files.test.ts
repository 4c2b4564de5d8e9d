import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import { RawApp } from './support/raw-app.ts';
import { ALICE, api, input, LOBBY, modal, NET, startWorkspace } from './support/workspace.ts';

let sim: SlackSim;
let client: WebClient;

beforeEach(async () => {
  sim = await startWorkspace();
  client = new WebClient(sim.botToken, { slackApiUrl: sim.apiUrl, retryConfig: { retries: 0 } });
});
afterEach(() => sim.close());

const get = (url: string, token = sim.botToken) =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } });
const image = (id: string) => ({ type: 'image', slack_file: { id }, alt_text: 'Topology of site-x' });

test('the SDK uploads a file into a thread', async () => {
  const { ts } = await client.chat.postMessage({ channel: NET, text: 'card' });
  const content = Buffer.from('prefix,next_hop\n10.0.0.0/8,10.99.99.2\n');
  await client.filesUploadV2({
    channel_id: NET,
    thread_ts: ts ?? '',
    filename: 'routes.csv',
    file: content,
    initial_comment: 'All routes',
  });
  const [reply] = sim.world.thread(NET, String(ts));
  expect(reply).toMatchObject({ text: 'All routes', files: [expect.stringMatching(/^F/)] });
  const file = sim.world.files.get(reply?.files[0] ?? '');
  expect(file).toMatchObject({ name: 'routes.csv', mimetype: 'text/csv', complete: true, channels: [NET] });
  expect(file?.content).toEqual(content);
  const info = await client.files.info({ file: file?.id ?? '' });
  expect(await (await get(info.file?.url_private ?? '')).text()).toBe(content.toString());
  expect(sim.violations).toEqual([]);
});

test('a picture can be shown once its upload is complete', async () => {
  const upload = async (name: string) => {
    const opened = await api(sim, 'files.getUploadURLExternal', { filename: name, length: 3 });
    return { id: String(opened['file_id']), url: String(opened['upload_url']) };
  };
  const { id, url } = await upload('topology.png');
  const show = (file: string) =>
    api(sim, 'chat.postMessage', { channel: NET, text: 'card', blocks: [image(file)] });
  expect(await show(id)).toMatchObject({ error: 'invalid_blocks' });
  expect(await api(sim, 'files.completeUploadExternal', { files: [{ id }] })).toMatchObject({
    error: 'file_not_found',
  });
  expect((await fetch(url, { method: 'POST', body: 'abc' })).status).toBe(200);
  expect(await api(sim, 'files.completeUploadExternal', { files: [{ id, title: 'T' }] })).toMatchObject({
    ok: true,
    files: [{ id, title: 'T' }],
  });
  expect(await show(id)).toMatchObject({ ok: true });
  const csv = await upload('a.csv');
  await fetch(csv.url, { method: 'POST', body: 'abc' });
  await api(sim, 'files.completeUploadExternal', { files: [{ id: csv.id }] });
  expect(await show(csv.id)).toMatchObject({
    error: 'invalid_blocks',
    response_metadata: { messages: ['[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]'] },
  });
});

test('bytes must be as many as announced, and files go only where the bot is', async () => {
  const opened = await api(sim, 'files.getUploadURLExternal', { filename: 'a.txt', length: 5 });
  expect((await fetch(String(opened['upload_url']), { method: 'POST', body: 'abc' })).status).toBe(400);
  expect(sim.violations).toMatchObject([{ kind: 'upload' }]);
  expect((await fetch(String(opened['upload_url']), { method: 'POST', body: 'abcde' })).status).toBe(200);
  const files = [{ id: opened['file_id'] }];
  expect(await api(sim, 'files.completeUploadExternal', { files, channel_id: LOBBY })).toMatchObject({
    error: 'not_in_channel',
  });
  expect(await api(sim, 'files.completeUploadExternal', { files, channel_id: NET })).toMatchObject({
    ok: true,
  });
  expect((await fetch(`${sim.origin}/upload/v1/F0NONE`, { method: 'POST', body: 'x' })).status).toBe(404);
});

test('a file that a person picks in a modal can be fetched with the bot token and files:read only', async () => {
  const app = await RawApp.connect(sim);
  const alice = sim.person(ALICE);
  await alice.command(NET, '/sse bulk');
  const view = modal('bulk', [input('file', { type: 'file_input', filetypes: ['csv'], max_files: 1 })]);
  await api(sim, 'views.open', { trigger_id: app.envelopes[0]?.payload.trigger_id ?? '', view });
  await expect(alice.fill('file', [{ name: 'a.exe', content: 'x' }])).rejects.toThrow(
    'not of an accepted type',
  );
  await alice.fill('file', [{ name: 'sites.csv', content: 'site,option\n' }]);
  await alice.submit();
  const submitted = app.envelopes.at(-1)?.payload as {
    view?: { state: { values: Record<string, Record<string, { files: { url_private: string }[] }>> } };
  };
  const url = submitted.view?.state.values['file']?.['value']?.files[0]?.url_private ?? '';
  expect(await (await get(url)).text()).toBe('site,option\n');
  expect(await (await get(url, 'xoxb-wrong')).text()).toContain('<html>');
  const blind = await startWorkspace({ scopes: ['commands'] });
  expect(await (await get(url.replace(sim.origin, blind.origin))).text()).toContain('<html>');
  await blind.close();
});
