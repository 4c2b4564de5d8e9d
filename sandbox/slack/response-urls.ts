import { isObject } from '../contracts/slack/check.ts';
import type { SimResponse } from '../http/server.ts';
import { ApiError } from './api-error.ts';
import { checkContent, isEmpty, type CheckedContent } from './content.ts';
import { edit, post, tell } from './messages.ts';
import type { ViolationLog } from './violations.ts';
import type { SlackWorld } from './world.ts';

const MAX_USES = 5;
const LIFE_MS = 30 * 60_000;

/** Where an interaction happened; `ts` only where it happened on a message. */
export interface Origin {
  user: string;
  channel: string;
  ts?: string;
}

interface ResponseUrl extends Origin {
  uses: number;
  until: number;
}

const ARGUMENTS = new Set([
  'text',
  'blocks',
  'attachments',
  'response_type',
  'replace_original',
  'delete_original',
  'thread_ts',
  'mrkdwn',
  'parse',
  'link_names',
  'unfurl_links',
  'unfurl_media',
  'metadata',
]);

/** Response URLs: five uses within thirty minutes, no membership needed. */
export class ResponseUrls {
  readonly #urls = new Map<string, ResponseUrl>();
  readonly #world: SlackWorld;
  readonly #violations: ViolationLog;
  readonly #clock: () => number;

  constructor(world: SlackWorld, violations: ViolationLog, clock: () => number) {
    this.#world = world;
    this.#violations = violations;
    this.#clock = clock;
  }

  /** The path of a new response URL. */
  issue(origin: Origin): string {
    const token = this.#world.ids.token();
    this.#urls.set(token, { ...origin, uses: 0, until: this.#clock() + LIFE_MS });
    return `/response/${token}`;
  }

  /** Answers a POST to a response URL. */
  respond(token: string, contentType: string, body: Buffer): SimResponse {
    const url = this.#urls.get(token);
    if (!url) return refuse(404, 'no_service');
    if (this.#clock() > url.until) return refuse(404, 'expired_url');
    if (url.uses >= MAX_USES) return refuse(404, 'used_url');
    const input = parse(contentType, body);
    if (!input) return this.#violation('invalid_payload', 'the body must be a JSON object');
    url.uses += 1;
    try {
      this.#apply(url, input);
      return { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' };
    } catch (error) {
      if (error instanceof ApiError) return this.#violation(error.code, JSON.stringify(error.extra));
      throw error;
    }
  }

  #apply(url: ResponseUrl, input: Record<string, unknown>): void {
    for (const key of Object.keys(input)) {
      if (!ARGUMENTS.has(key)) this.#violations.add('unknown_argument', 'response_url', key);
    }
    const flag = (name: string) => input[name] === true || input[name] === 'true';
    if (flag('delete_original')) return this.#remove(url);
    const hasText = typeof input['text'] === 'string';
    const content = checkContent(this.#world, input);
    if (isEmpty(content)) throw new ApiError('no_text');
    if (!hasText) this.#violations.add('missing_text', 'response_url', 'blocks without a text fallback');
    const { response_type: type } = input;
    if (type !== undefined && type !== 'ephemeral' && type !== 'in_channel')
      throw new ApiError('invalid_response_type');
    if (url.ts !== undefined && type === undefined && input['replace_original'] === undefined) {
      this.#violations.add(
        'response_url',
        'response_url',
        'say response_type or replace_original: the default differs by origin',
      );
    }
    const original = flag('replace_original') ? this.#original(url) : undefined;
    if (original) edit(this.#world, original, content, hasText);
    else this.#say(url, content, type === 'in_channel', input['thread_ts']);
  }

  #say(url: ResponseUrl, content: CheckedContent, inChannel: boolean, threadTs: unknown): void {
    const thread = typeof threadTs === 'string' ? { threadTs } : {};
    if (inChannel) post(this.#world, url.channel, content, thread);
    else tell(this.#world, { channel: url.channel, user: url.user, ...thread }, content);
  }

  #remove(url: ResponseUrl): void {
    const original = this.#original(url);
    if (!original) throw new ApiError('message_not_found');
    if ('removed' in original) original.removed = true;
    else original.deleted = true;
    this.#world.changed();
  }

  #original(url: ResponseUrl) {
    if (url.ts === undefined) return undefined;
    const own = this.#world.ephemeralsFor(url.user).find((e) => e.ts === url.ts);
    return this.#world.message(url.channel, url.ts) ?? own;
  }

  #violation(code: string, detail: string): SimResponse {
    this.#violations.add('response_url', 'response_url', `${code}: ${detail}`);
    return refuse(400, code);
  }
}

function refuse(status: number, error: string): SimResponse {
  return { status, body: { ok: false, error } };
}

function parse(contentType: string, body: Buffer): Record<string, unknown> | undefined {
  if (!contentType.startsWith('application/json')) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
