import { randomBytes } from 'node:crypto';
import { Secret } from '../base/secret.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256: every 32-byte value fits. */
const LENGTH = 43;

/** A new pre-shared key: 32 random bytes in base62, 43 characters that neither vendor's portal can mangle. */
export function makePsk(): Secret {
  let value = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let text = '';
  for (let i = 0; i < LENGTH; i++) {
    text = (ALPHABET[Number(value % 62n)] ?? '') + text;
    value /= 62n;
  }
  return new Secret(text);
}
