import type { ServerResponse } from 'node:http';

/** How long changes are collected before the page is told. */
const COALESCE_MS = 50;
/** The data plane tells nobody when a tunnel comes up, so it is looked at. */
const LOOK_MS = 250;
const KEEP_ALIVE_MS = 15_000;

/** What a listener is told, by the event's name. */
export type Feeds = Readonly<Record<string, () => unknown>>;

interface Listener {
  readonly response: ServerResponse;
  readonly feeds: Feeds;
  /** The JSON that was sent last, by event. */
  readonly sent: Map<string, string>;
}

/** Server-Sent Events: everybody who listens is told the whole state, when and only when it is different. */
export class Live {
  readonly #listeners = new Set<Listener>();
  readonly #timers: readonly NodeJS.Timeout[];
  #waiting: NodeJS.Timeout | undefined;

  /** `looked` are events whose state changes without anybody calling {@link Live.changed}. */
  constructor(looked: readonly string[]) {
    this.#timers = [
      setInterval(() => this.#tell(looked), LOOK_MS).unref(),
      setInterval(() => this.#write(': alive\n\n'), KEEP_ALIVE_MS).unref(),
    ];
  }

  /** Begins a stream whose first events follow at once; it ends when the page goes away. */
  add(response: ServerResponse, feeds: Feeds): void {
    const listener: Listener = { response, feeds, sent: new Map() };
    this.#listeners.add(listener);
    response.once('close', () => this.#listeners.delete(listener));
    this.#tellOne(listener);
  }

  /** Something changed; changes that follow closely are told together. */
  changed(): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#tell();
    }, COALESCE_MS).unref();
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#waiting);
    for (const { response } of this.#listeners) response.end();
    this.#listeners.clear();
  }

  #tell(only?: readonly string[]): void {
    for (const listener of this.#listeners) this.#tellOne(listener, only);
  }

  #tellOne({ response, feeds, sent }: Listener, only?: readonly string[]): void {
    // A page that does not read gets the newest state when it reads again, not all that it missed.
    if (response.writableNeedDrain) return;
    for (const [event, read] of Object.entries(feeds)) {
      if (only && !only.includes(event)) continue;
      const json = JSON.stringify(read());
      if (sent.get(event) === json) continue;
      sent.set(event, json);
      response.write(`event: ${event}\ndata: ${json}\n\n`);
    }
  }

  #write(text: string): void {
    for (const { response } of this.#listeners) response.write(text);
  }
}
