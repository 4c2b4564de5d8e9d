import { extname } from 'node:path';
import type { JsonObject } from '../contracts/slack/check.ts';
import type { SimRequest, SimResponse } from '../http/server.ts';
import type { ViolationLog } from './violations.ts';
import type { SlackWorld } from './world.ts';
import type { SlackFile } from './world-types.ts';

const MIMETYPES: Record<string, string> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.png': 'image/png',
  '.tf': 'text/plain',
  '.txt': 'text/plain',
};

interface NewFile {
  name: string;
  owner: string;
  length: number;
  altText?: string;
  /** Given where a person uploads in one go. */
  content?: Buffer;
}

export function addFile(world: SlackWorld, file: NewFile): SlackFile {
  const made: SlackFile = {
    id: world.ids.next('F'),
    title: file.name,
    mimetype: MIMETYPES[extname(file.name).toLowerCase()] ?? 'application/octet-stream',
    complete: file.content !== undefined,
    channels: [],
    ...file,
  };
  world.files.set(made.id, made);
  world.changed();
  return made;
}

/** A file as the Web API and `view.state` show it. */
export function fileJson(world: SlackWorld, origin: string, file: SlackFile): JsonObject {
  const created = Math.floor(Date.now() / 1000);
  const url = `${origin}/files-pri/${world.team.id}-${file.id}`;
  return {
    id: file.id,
    created,
    timestamp: created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: extname(file.name).slice(1) || 'binary',
    user: file.owner,
    user_team: world.users.get(file.owner)?.teamId ?? world.team.id,
    size: file.content?.length ?? 0,
    mode: 'hosted',
    is_external: false,
    is_public: file.channels.length > 0,
    url_private: `${url}/${encodeURIComponent(file.name)}`,
    url_private_download: `${url}/download/${encodeURIComponent(file.name)}`,
    permalink: `https://${world.team.domain}.slack.com/files/${file.owner}/${file.id}/${encodeURIComponent(file.name)}`,
    channels: [...file.channels],
    ...(file.altText !== undefined && { alt_txt: file.altText }),
  };
}

/** Takes the bytes of an announced upload: a multipart form with one file, or the bare bytes. */
export async function receiveUpload(
  world: SlackWorld,
  violations: ViolationLog,
  id: string,
  request: SimRequest,
): Promise<SimResponse> {
  const file = world.files.get(id);
  if (!file || file.content) return { status: 404, body: 'no such upload' };
  const content = await bytesOf(request);
  if (content?.length !== file.length) {
    violations.add('upload', file.name, `announced ${file.length} bytes, sent ${content?.length ?? 'none'}`);
    return { status: 400, body: 'size mismatch' };
  }
  file.content = content;
  world.changed();
  return { status: 200, body: `OK - ${content.length}` };
}

async function bytesOf(request: SimRequest): Promise<Buffer | undefined> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return request.body;
  const body = new Uint8Array(request.body);
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const part = [...form.values()].find((value) => typeof value !== 'string');
  return part === undefined ? undefined : Buffer.from(await part.arrayBuffer());
}

/** Answers `GET url_private`; like Slack it shows a login page, with status 200, to who may not see the file. */
export function download(
  world: SlackWorld,
  request: SimRequest,
  botToken: string,
  mayRead: boolean,
): SimResponse {
  const id = /^\/files-pri\/[^/]*-(F[^/]+)\//.exec(request.path)?.[1] ?? '';
  const file = world.files.get(id);
  const allowed = mayRead && request.headers.authorization === `Bearer ${botToken}`;
  if (!allowed)
    return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
  if (!file?.content) return { status: 404, body: 'no such file' };
  return { status: 200, headers: { 'content-type': file.mimetype }, body: file.content };
}
