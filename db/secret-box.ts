import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from '../src/base/secret.ts';
import { StoreError } from './store-error.ts';

/** A secret as it is stored. All three are base64 or hex text. */
export interface Sealed {
  readonly keyId: string;
  readonly nonce: string;
  /** Cipher text followed by the 16 bytes of GCM's tag. */
  readonly cipher: string;
}

/** Encrypts under the current key and decrypts under any configured one. */
export interface SecretBox {
  readonly keyId: string;
  /** Keys that only decrypt. */
  readonly oldKeyIds: readonly string[];
  /** AES-256-GCM under a fresh random nonce; `id` is authenticated, so that a row cannot be moved to another ID. */
  seal(id: string, secret: Secret): Sealed;
  /** Throws {@link StoreError} `store.secret_unreadable`. */
  open(id: string, sealed: Sealed): Secret;
  /** 8 hex digits of a keyed hash: of no use to anybody who guesses. */
  fingerprint(secret: Secret): string;
}

const TAG_BYTES = 16;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A box over 32-byte keys in base64. Throws {@link StoreError} `store.bad_key`, which never quotes the key. */
export function createSecretBox(current: Secret, old: readonly Secret[]): SecretBox {
  const key = decode(current, 'SSE_SECRET_KEY');
  const keyId = keyIdOf(key);
  const keys = new Map(
    old.map((secret) => {
      const bytes = decode(secret, 'SSE_SECRET_KEYS_OLD');
      return [keyIdOf(bytes), derive(bytes, 'encryption')] as const;
    }),
  );
  keys.delete(keyId);
  const oldKeyIds = [...keys.keys()];
  keys.set(keyId, derive(key, 'encryption'));
  const encryptionKey = derive(key, 'encryption');
  const fingerprintKey = derive(key, 'fingerprint');
  return {
    keyId,
    oldKeyIds,
    seal(id, secret) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce);
      cipher.setAAD(Buffer.from(id));
      const bytes = Buffer.concat([
        cipher.update(secret.reveal(), 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return { keyId, nonce: nonce.toString('base64'), cipher: bytes.toString('base64') };
    },
    open(id, sealed) {
      const bytes = keys.get(sealed.keyId);
      if (!bytes) throw unreadable(id, 'its key is not configured');
      const sealedBytes = Buffer.from(sealed.cipher, 'base64');
      const split = sealedBytes.length - TAG_BYTES;
      try {
        const decipher = createDecipheriv('aes-256-gcm', bytes, Buffer.from(sealed.nonce, 'base64'));
        decipher.setAAD(Buffer.from(id));
        decipher.setAuthTag(sealedBytes.subarray(split));
        const clear = Buffer.concat([decipher.update(sealedBytes.subarray(0, split)), decipher.final()]);
        return new Secret(clear.toString('utf8'));
      } catch {
        throw unreadable(id, 'it was changed or damaged');
      }
    },
    fingerprint(secret) {
      return createHmac('sha256', fingerprintKey).update(secret.reveal()).digest('hex').slice(0, 8);
    },
  };
}

function decode(secret: Secret, variable: string): Buffer {
  const text = secret.reveal();
  const bytes = BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length === 32) return bytes;
  throw new StoreError(
    'store.bad_key',
    `${variable} does not hold 32 bytes in base64`,
    `Make a key with \`openssl rand -base64 32\` and set ${variable} to it.`,
  );
}

function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('sse secret key\0').update(key).digest('hex').slice(0, 16);
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `sse ${purpose}`, 32));
}

function unreadable(id: string, why: string): StoreError {
  return new StoreError(
    'store.secret_unreadable',
    `the secret ${id} cannot be decrypted: ${why}`,
    'Put the key that it was encrypted under into SSE_SECRET_KEYS_OLD; without it the site needs a new PSK.',
  );
}
