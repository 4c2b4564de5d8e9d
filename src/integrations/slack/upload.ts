import type { WebClient } from '@slack/web-api';
import { SlackError, toSlackError } from './errors.ts';

/** A file, whole in memory. */
export interface UploadFile {
  readonly name: string;
  readonly title: string;
  readonly content: Uint8Array;
  /** For a picture: what it shows, in words. */
  readonly altText?: string;
}

/** Where a file is shared; nowhere = only the bot has it, until a message shows it. */
export interface UploadTarget {
  readonly channel: string;
  readonly threadTs?: string;
  readonly comment?: string;
}

/**
 * Uploads in Slack's three steps (files.getUploadURLExternal, the bytes, files.completeUploadExternal) and returns the file's ID.
 * Slack goes on working on a file after that for a moment, in which an image block may be refused.
 */
export async function uploadFile(client: WebClient, file: UploadFile, to?: UploadTarget): Promise<string> {
  const common = {
    file: Buffer.from(file.content),
    filename: file.name,
    title: file.title,
    ...(file.altText !== undefined && { alt_text: file.altText }),
    ...(to?.comment !== undefined && { initial_comment: to.comment }),
  };
  const answer = await client.filesUploadV2(
    to?.channel === undefined
      ? common
      : to.threadTs === undefined
        ? { ...common, channel_id: to.channel }
        : { ...common, channel_id: to.channel, thread_ts: to.threadTs },
  );
  const id = answer.files[0]?.files?.[0]?.id;
  if (id !== undefined) return id;
  throw new SlackError({
    kind: 'bad-response',
    message: 'upload: no file',
    hint: 'Slack did not take the file.',
  });
}

/** The step in the middle is no Web API call, so its refusal is an error of no class of its own. */
export function toUploadError(error: unknown): unknown {
  const known = toSlackError(error, 'files.upload');
  if (known instanceof SlackError || !(error instanceof Error)) return known;
  if (!error.message.startsWith('Failed to upload file')) return known;
  return new SlackError({
    kind: 'unavailable',
    message: 'files.upload: the bytes were not taken',
    hint: 'Slack did not take the file; try again in a minute.',
    cause: error,
  });
}
