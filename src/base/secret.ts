import { inspect } from 'node:util';

const values = new WeakMap<Secret, string>();

/**
 * A value that cannot print itself: JSON, string conversion and `util.inspect` all give `[secret]`.
 * The clear text leaves only through {@link Secret.reveal}, which integrations call at the moment
 * they build a request body, and the encrypted column when it is written.
 */
export class Secret {
  constructor(value: string) {
    values.set(this, value);
  }

  /** The clear text. Never log, store or send it anywhere but the two APIs. */
  reveal(): string {
    return values.get(this) ?? '';
  }

  /** Whether both hold the same bytes. No trimming, no normalisation: a PSK is compared as the vendors do. */
  equals(other: Secret): boolean {
    return this.reveal() === other.reveal();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
