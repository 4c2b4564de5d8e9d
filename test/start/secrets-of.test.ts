import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { keepOut, scrub } from '../../src/base/redact.ts';
import { readConfig } from '../../src/config.ts';
import { secretsOf } from '../../src/start/secrets-of.ts';
import { GOOD } from '../support/environment.ts';

/** With characters that a URL must encode, and new for each test: what is kept out once stays so in this process. */
const newPassword = () => `p@ss/${randomBytes(6).toString('hex')}:ü%`;

function secretsWith(env: Readonly<Record<string, string>>) {
  const config = readConfig({ ...GOOD, ...env });
  if (!config.ok) throw new Error(config.failure);
  return secretsOf(config.value);
}

const PLACES: readonly (readonly [string, (encoded: string) => Readonly<Record<string, string>>])[] = [
  ['DATABASE_URL', (p) => ({ DATABASE_URL: `postgres://sse:${p}@db.example:5432/sse` })],
  ['a parameter of DATABASE_URL', (p) => ({ DATABASE_URL: `postgres://sse@db.example/sse?password=${p}` })],
  ['HTTPS_PROXY', (p) => ({ HTTPS_PROXY: `http://sse:${p}@proxy.example:3128` })],
  ['https_proxy', (p) => ({ https_proxy: `http://sse:${p}@proxy.example:3128` })],
];

describe('a password inside a URL of the environment', () => {
  it.each(PLACES)('of %s is taken out of every text, however it is spelt', (_place, envOf) => {
    const password = newPassword();
    const spellings = [
      password,
      encodeURIComponent(password),
      Buffer.from(`sse:${password}`).toString('base64'),
    ];
    const texts = spellings.map((spelling) => `refused for ${spelling} today`);
    expect(texts.map(scrub)).toEqual(texts);

    secretsWith(envOf(encodeURIComponent(password))).forEach(keepOut);

    expect(texts.map(scrub)).toEqual(texts.map(() => 'refused for [secret] today'));
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    createLog({ level: 'info', destination }).error(new Error(texts.join(' ')), texts[0]);
    expect(lines.join('')).toContain('[secret]');
    for (const spelling of spellings) expect(lines.join('')).not.toContain(spelling);
  });

  it('adds nothing where there is none', () => {
    const without = secretsWith({}).length;
    const env = { DATABASE_URL: 'postgres://sse@db.example/sse', HTTPS_PROXY: 'http://proxy.example:3128' };
    expect(secretsWith(env)).toHaveLength(without);
  });
});
