import { randomBytes } from 'node:crypto';

/** Makes ids in Slack's shapes; every id and timestamp is used once. */
export class Ids {
  #lastMicros = 0;
  #count = 0;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** A message timestamp: seconds, a dot and six digits; strictly increasing. */
  ts(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, this.#clock() * 1000);
    return `${Math.floor(this.#lastMicros / 1e6)}.${String(this.#lastMicros % 1e6).padStart(6, '0')}`;
  }

  /** `V0…`, `F0…`, `Ev0…`. */
  next(prefix: string): string {
    this.#count += 1;
    return `${prefix}0${this.#count.toString(36).toUpperCase().padStart(9, '0')}`;
  }

  blockId(): string {
    return randomBytes(4).toString('base64url').slice(0, 5);
  }

  trigger(): string {
    this.#count += 1;
    return `${this.#clock()}.${this.#count}.${randomBytes(16).toString('hex')}`;
  }

  hash(): string {
    return `${Math.floor(this.#clock() / 1000)}.${randomBytes(4).toString('hex')}`;
  }

  token(): string {
    return randomBytes(18).toString('base64url');
  }
}
