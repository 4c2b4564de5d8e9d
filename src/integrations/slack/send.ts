import { setTimeout as sleep } from 'node:timers/promises';
import type { View } from '@slack/types';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { atMost } from '../../base/at-most.ts';
import type { Log } from '../../base/log.ts';
import type { Secret } from '../../base/secret.ts';
import { guardedFetch } from './egress.ts';
import { SlackError, toSlackError } from './errors.ts';
import type { UserFacts } from './people.ts';
import { readUser } from './read-user.ts';
import { toUploadError, uploadFile, type UploadFile, type UploadTarget } from './upload.ts';
import { chunkText, fitMessage, fitView, type FittedMessage, type Message } from './limits.ts';

export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/**
 * Everything that leaves for Slack, and the only place that calls these methods. Limits are kept here: what is too
 * long is cut or moved to the thread, and logged. Every method throws {@link SlackError}.
 */
export interface SlackSend {
  /** Sent once: a lost answer is an `uncertain` error and the message may be there. */
  post(to: { readonly channel: string; readonly threadTs?: string }, message: Message): Promise<MessageRef>;
  update(at: MessageRef, message: Message): Promise<void>;
  /** Seen by one member of the channel only, and not kept by Slack. */
  ephemeral(to: { readonly channel: string; readonly user: string }, message: Message): Promise<void>;
  /** A direct message; opens the conversation where there is none. */
  direct(user: string, message: Message): Promise<void>;
  /** Answers a command or a click through its response URL, which works where the bot is not a member. */
  respond(responseUrl: string, message: Message, replaceOriginal?: boolean): Promise<void>;
  /** Returns the view's ID. A trigger lives three seconds. */
  openView(triggerId: string, view: View): Promise<string>;
  updateView(viewId: string, view: View): Promise<void>;
  /** Sent once. The file's ID; without a target nobody sees it before a message shows it. */
  upload(file: UploadFile, to?: UploadTarget): Promise<string>;
  /** User IDs of a user group. */
  groupMembers(group: string): Promise<readonly string[]>;
  /** Who somebody is; undefined where Slack's answer does not say it. */
  userFacts(user: string): Promise<UserFacts | undefined>;
}

export interface SlackCall {
  readonly method: string;
  /** `ok`, Slack's code, or the kind of the failure. */
  readonly outcome: string;
  readonly ms: number;
}

export interface SendOptions {
  readonly token: Secret;
  /** Ends in `/api/`. */
  readonly apiUrl: string;
  readonly log: Log;
  readonly clientOptions?: Pick<WebClientOptions, 'logger' | 'fetch'>;
  /** Per call; default 10 s. */
  readonly timeoutMs?: number;
  readonly onCall?: (call: SlackCall) => void;
}

/** Answers that are under way at once: a thousand clicks together must not time each other out. */
const MOST_ANSWERS = 40;
/** Longest pause that a rate-limited call waits out by itself. */
const MAX_PAUSE_MS = 10_000;

export function createSend(options: SendOptions): SlackSend {
  const { token, apiUrl, log, timeoutMs = 10_000, onCall } = options;
  const answering = atMost(MOST_ANSWERS);
  const guarded = guardedFetch(apiUrl, options.clientOptions?.fetch as typeof fetch | undefined);
  const common = {
    ...options.clientOptions,
    fetch: guarded,
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
  };
  // A message whose answer was lost must not be sent twice, so only what may safely be repeated is retried.
  const once = new WebClient(token.reveal(), { ...common, retryConfig: { retries: 0 } });
  const again = new WebClient(token.reveal(), {
    ...common,
    retryConfig: { retries: 2, minTimeout: 250, factor: 2 },
  });

  async function call<T>(method: string, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const started = performance.now();
      try {
        const answer = await work();
        onCall?.({ method, outcome: 'ok', ms: performance.now() - started });
        return answer;
      } catch (error) {
        const failure = toSlackError(error, method);
        onCall?.({ method, outcome: outcomeOf(failure), ms: performance.now() - started });
        const pause = failure instanceof SlackError ? failure.retryAfterMs : undefined;
        if (pause === undefined || pause > MAX_PAUSE_MS || tries >= 3) throw failure;
        // A rate-limited call was not carried out, so it may be repeated whatever it is.
        await sleep(pause);
      }
    }
  }

  function fit(method: string, message: Message): FittedMessage {
    const fitted = fitMessage(message);
    if (fitted.repairs.length > 0) log.warn({ method, repairs: fitted.repairs }, 'message fitted to limits');
    return fitted;
  }

  function fitModal(method: string, view: View): View {
    const fitted = fitView(view);
    if (fitted.repairs.length > 0) log.warn({ method, repairs: fitted.repairs }, 'view fitted to limits');
    return fitted.view;
  }

  async function postOne(
    to: { readonly channel: string; readonly threadTs?: string },
    { text, blocks }: { readonly text: string; readonly blocks?: FittedMessage['blocks'] },
  ): Promise<MessageRef> {
    const answer = await call('chat.postMessage', () =>
      once.chat.postMessage({
        channel: to.channel,
        text,
        ...(blocks && { blocks }),
        ...(to.threadTs && { thread_ts: to.threadTs }),
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    return { channel: answer.channel ?? to.channel, ts: answer.ts ?? '' };
  }

  const send: SlackSend = {
    async post(to, message) {
      const fitted = fit('chat.postMessage', message);
      const ref = await postOne(to, fitted);
      const threadTs = to.threadTs ?? ref.ts;
      try {
        for (const chunk of chunkText(fitted.overflow.join('\n'))) {
          await postOne({ channel: ref.channel, threadTs }, { text: chunk });
        }
      } catch (err) {
        // The message itself is there: failing now would have it posted a second time.
        log.warn({ err }, 'what did not fit could not be added to the thread');
      }
      return ref;
    },
    async update(at, message) {
      const { text, blocks } = fit('chat.update', message);
      await call('chat.update', () =>
        once.chat.update({ channel: at.channel, ts: at.ts, text, blocks: blocks ?? [] }),
      );
    },
    async ephemeral({ channel, user }, message) {
      const { text, blocks } = fit('chat.postEphemeral', message);
      await call('chat.postEphemeral', () =>
        once.chat.postEphemeral({ channel, user, text, ...(blocks && { blocks }) }),
      );
    },
    async direct(user, message) {
      const opened = await call('conversations.open', () => again.conversations.open({ users: user }));
      await send.post({ channel: opened.channel?.id ?? user }, message);
    },
    async respond(responseUrl, message, replaceOriginal = false) {
      const { text, blocks } = fit('response_url', message);
      const body = {
        response_type: 'ephemeral',
        replace_original: replaceOriginal,
        text,
        ...(blocks && { blocks }),
      };
      await call('response_url', async () => {
        await answering(() => postJson(guarded, responseUrl, body, timeoutMs));
      });
    },
    async openView(triggerId, view) {
      const modal = fitModal('views.open', view);
      const answer = await call('views.open', () => once.views.open({ trigger_id: triggerId, view: modal }));
      return answer.view?.id ?? '';
    },
    async updateView(viewId, view) {
      const modal = fitModal('views.update', view);
      await call('views.update', () => again.views.update({ view_id: viewId, view: modal }));
    },
    async upload(file, to) {
      return call('files.upload', () =>
        uploadFile(once, file, to).catch((error: unknown) => Promise.reject(toUploadError(error) as Error)),
      );
    },
    async groupMembers(group) {
      const answer = await call('usergroups.users.list', () =>
        again.usergroups.users.list({ usergroup: group }),
      );
      return answer.users ?? [];
    },
    userFacts: (user) => call('users.info', () => readUser(again, user)),
  };
  return send;
}

function outcomeOf(error: unknown): string {
  if (error instanceof SlackError) return error.slackCode ?? error.kind;
  return 'error';
}

/** response_url is no Web API method: JSON in, and any 2xx is success. */
async function postJson(
  fetchWith: typeof fetch,
  url: string,
  body: unknown,
  timeoutMs: number,
): Promise<void> {
  let response: Response;
  try {
    response = await fetchWith(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    if (cause instanceof SlackError) throw cause;
    const message = 'response_url: no connection';
    throw new SlackError({ kind: 'network', message, hint: 'Slack could not be reached.', cause });
  }
  const text = await response.text();
  if (response.ok && !text.startsWith('{"ok":false')) return;
  throw new SlackError({
    kind: response.status >= 500 ? 'unavailable' : 'rejected',
    message: `response_url: HTTP ${response.status}`,
    hint: 'The time in which Slack accepts an answer to this click is over.',
    status: response.status,
  });
}
