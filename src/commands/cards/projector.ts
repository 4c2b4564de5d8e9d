import type { Log } from '../../base/log.ts';
import type { CardFeed, RequestView } from '../../flows/types.ts';
import { SlackError, isBlockRefused, isUnreachable } from '../../integrations/slack/errors.ts';
import type { MessageRef, SlackSend } from '../../integrations/slack/send.ts';
import type { PictureShelf, Picture } from '../pictures/shelf.ts';
import { withNote, type Card } from './blocks.ts';
import { drawnOf, POSTING, readDrawn, stateBefore, writeDrawn } from './drawn.ts';
import { addOverflow } from './overflow.ts';
import { requestCard } from './request-card.ts';
import { reminderNote, threadNote } from './thread-notes.ts';
import { showsTopology } from './topology-blocks.ts';
import { windowNote } from './window-blocks.ts';

/** Draws the cards from the rows: one message for each request, edited in place. */
export interface Projector {
  start(): void;
  /** Lets the edit that is under way end, and starts no more. What is missing is drawn after the next start. */
  stop(): Promise<void>;
  /** Resolves when nothing is out of date; rejects after the given time. For orderly shutdown and tests. */
  settled(timeoutMs: number): Promise<void>;
}

export interface ProjectorOptions {
  readonly feed: CardFeed;
  readonly send: SlackSend;
  readonly log: Log;
  /** Told once for each request whose channel the bot cannot write to; tries go on. */
  readonly onUnreachable: (view: RequestView, error: SlackError) => Promise<void>;
  /** Without it, cards have no pictures. */
  readonly pictures?: PictureShelf;
  /** Between two edits of one card; Slack advises one a second. */
  readonly minEditMs?: number;
  /** Looks for rows of other processes so often. */
  readonly sweepMs?: number;
  readonly now?: () => number;
}

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;
/** How long a card stays with a process that has died while drawing it. */
const CLAIM_MS = 12_000;
/** Another process draws it; then it is looked at again, in case that one dies. */
const TAKEN_PAUSE_MS = 500;
/** One look serves all rows of so long: with many runs at once each look would find a row or two. */
const GATHER_MS = 50;
const POSTED_AGAIN = 'posted again: Slack did not confirm the first one';

interface Lane {
  busy: boolean;
  notBefore: number;
  failures: number;
  told: boolean;
}

/** No error ends it: a card that cannot be drawn now is tried again, later and later, up to twice a minute. */
export function createProjector(options: ProjectorOptions): Projector {
  const {
    feed,
    send,
    log,
    onUnreachable,
    pictures,
    minEditMs = 1000,
    sweepMs = 5000,
    now = Date.now,
  } = options;
  const lanes = new Map<string, Lane>();
  const working = new Set<Promise<void>>();
  /** Cards whose picture has become ready; lost with the process, and then the card's next edit brings it. */
  const pictured = new Set<string>();
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  let again = false;
  let gathering: NodeJS.Timeout | undefined;

  function lane(requestId: string): Lane {
    const known = lanes.get(requestId) ?? { busy: false, notBefore: 0, failures: 0, told: false };
    lanes.set(requestId, known);
    return known;
  }

  function wake(delayMs: number): void {
    if (!running) return;
    clearTimeout(timer);
    timer = setTimeout(() => void sweep(), delayMs);
  }

  /** Looks soon; what is added until then is found by the same look. */
  function hurry(): void {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      void (running && sweep());
    }, GATHER_MS);
  }

  /** Looks at everything that is pending; calls during a look are served by one more look. */
  function sweep(): Promise<void> {
    if (sweeping) {
      again = true;
      return sweeping;
    }
    sweeping = (async () => {
      let next = sweepMs;
      do {
        again = false;
        next = await look();
      } while (again && running);
      sweeping = undefined;
      wake(next);
    })();
    return sweeping;
  }

  /** Starts what is due; how long until the next is. */
  async function look(): Promise<number> {
    let next = sweepMs;
    try {
      const newest = new Map<string, number | undefined>(
        [...pictured].map((requestId) => [requestId, undefined]),
      );
      for (const { requestId, seq } of await feed.pending()) {
        newest.set(requestId, Math.max(seq, newest.get(requestId) ?? seq));
      }
      for (const requestId of lanes.keys()) if (!newest.has(requestId)) forget(requestId);
      for (const [requestId, seq] of newest) {
        const own = lane(requestId);
        const wait = own.notBefore - now();
        if (own.busy) continue;
        if (wait > 0) next = Math.min(next, wait);
        else if (running) begin(requestId, seq, own);
      }
    } catch (error) {
      log.error({ err: error }, 'cards could not be looked up');
    }
    return next;
  }

  function forget(requestId: string): void {
    const own = lanes.get(requestId);
    if (own && !own.busy && own.notBefore <= now()) lanes.delete(requestId);
  }

  function begin(requestId: string, seq: number | undefined, own: Lane): void {
    own.busy = true;
    const task = drawClaimed(requestId, seq, own).finally(() => {
      own.busy = false;
      working.delete(task);
      void (running && sweep());
    });
    working.add(task);
  }

  /** Of several processes one draws a card; where it dies in the middle, another does after a while. */
  async function drawClaimed(requestId: string, seq: number | undefined, own: Lane): Promise<void> {
    const claim = (): Promise<boolean> => feed.claim(requestId, now(), CLAIM_MS);
    let prolong: NodeJS.Timeout | undefined;
    try {
      if (!(await claim())) {
        own.notBefore = now() + TAKEN_PAUSE_MS;
        return;
      }
      prolong = setInterval(() => void claim().catch(() => undefined), CLAIM_MS / 3);
      pictured.delete(requestId);
      await drawSafely(requestId, seq, own);
    } catch (error) {
      own.notBefore = now() + FIRST_PAUSE_MS;
      log.warn({ err: error, requestId }, 'a card could not be claimed, trying again');
    } finally {
      clearInterval(prolong);
      if (prolong) {
        await feed
          .release(requestId, Math.max(own.notBefore, now()))
          .catch((error: unknown) =>
            log.warn({ err: error, requestId }, 'a card is kept until its claim ends'),
          );
      }
    }
  }

  async function drawSafely(requestId: string, seq: number | undefined, own: Lane): Promise<void> {
    try {
      const sent = await draw(requestId, own);
      if (seq !== undefined) await feed.confirm(requestId, seq);
      own.failures = 0;
      own.told = false;
      if (sent) own.notBefore = now() + minEditMs;
    } catch (error) {
      own.failures += 1;
      const asked = error instanceof SlackError ? error.retryAfterMs : undefined;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (own.failures - 1), MAX_PAUSE_MS);
      own.notBefore = now() + Math.max(asked ?? 0, pause);
      log.warn({ err: error, requestId, pauseMs: pause }, 'card not drawn, trying again');
    }
  }

  /** True where something was sent. */
  async function draw(requestId: string, own: Lane): Promise<boolean> {
    const [view, kept] = await Promise.all([feed.view(requestId), feed.card(requestId)]);
    if (view === undefined) return false;
    const before = readDrawn(kept?.drawn);
    const again = before?.again ?? kept?.drawn === POSTING;
    const picture = pictureFor(view);
    const plain = requestCard(view, picture);
    const card = again ? withNote(plain, POSTED_AGAIN) : plain;
    const drawn = drawnOf(view, card, again);
    if (
      kept?.ts !== undefined &&
      before?.hash === drawn.hash &&
      before.state === drawn.state &&
      before.reminded === drawn.reminded &&
      before.waits === drawn.waits
    )
      return false;
    const channel = kept?.channel ?? view.channel;
    const ts = kept?.ts;
    let ref: MessageRef;
    try {
      ref =
        ts === undefined
          ? await post(view, channel, card, own, again)
          : await edit(view, { channel, ts }, card, own, again);
    } catch (error) {
      if (!picture || !isBlockRefused(error)) throw error;
      pictures?.refused(picture.file);
      return draw(requestId, own);
    }
    await feed.saveCard(requestId, { ...ref, drawn: writeDrawn(drawn) });
    const isNewPlan = before === undefined || before.revision !== drawn.revision;
    if (isNewPlan) await addOverflow({ send, log }, ref, view, card.details);
    await addToThread(ref, [
      threadNote(view, stateBefore(before)),
      drawn.reminded && (isNewPlan || !before.reminded) ? reminderNote(view) : undefined,
      drawn.waits && (isNewPlan || !before.waits) ? windowNote(view) : undefined,
    ]);
    return true;
  }

  /** Never waited for: a card without its picture is drawn now, and again when the picture is there. */
  function pictureFor(view: RequestView): Picture | undefined {
    if (view.topology === undefined || !showsTopology(view.state)) return undefined;
    return pictures?.find(view.topology, {
      id: view.id,
      ready() {
        pictured.add(view.id);
        void (running && sweep());
      },
    });
  }

  /** Leaves a trace before it posts, so that an answer that is lost, or a process that ends, is noticed by the next try. */
  async function post(
    view: RequestView,
    channel: string,
    card: Card,
    own: Lane,
    again: boolean,
  ): Promise<MessageRef> {
    await feed.saveCard(view.id, { channel, drawn: POSTING });
    try {
      return await send.post({ channel }, card);
    } catch (error) {
      const isUnclear = again || !(error instanceof SlackError) || error.uncertain;
      if (!isUnclear) await feed.saveCard(view.id, { channel });
      if (isUnreachable(error) && !own.told) {
        own.told = true;
        await onUnreachable(view, error);
      }
      throw error;
    }
  }

  async function edit(
    view: RequestView,
    at: MessageRef,
    card: Card,
    own: Lane,
    again: boolean,
  ): Promise<MessageRef> {
    try {
      await send.update(at, card);
      return at;
    } catch (error) {
      if (!(error instanceof SlackError) || error.slackCode !== 'message_not_found') throw error;
      log.warn({ requestId: view.id }, 'the card was deleted in Slack, posting it again');
      return post(view, at.channel, card, own, again);
    }
  }

  /** Told at most once: the card's row already says that it is done. */
  async function addToThread(
    ref: { readonly channel: string; readonly ts: string },
    notes: readonly (string | undefined)[],
  ): Promise<void> {
    for (const text of notes) {
      if (text === undefined) continue;
      try {
        await send.post({ channel: ref.channel, threadTs: ref.ts }, { text });
      } catch (error) {
        log.warn({ err: error }, 'note not added to the thread');
      }
    }
  }

  return {
    start() {
      if (running) return;
      running = true;
      feed.onAdded(() => running && hurry());
      void sweep();
    },
    async stop() {
      running = false;
      clearTimeout(timer);
      clearTimeout(gathering);
      gathering = undefined;
      await sweeping;
      await Promise.allSettled(working);
    },
    async settled(timeoutMs) {
      const deadline = now() + timeoutMs;
      while ((await feed.pending()).length > 0 || working.size > 0) {
        if (now() > deadline) throw new Error('cards are still out of date');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
