import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog, type Log } from '../../src/base/log.ts';
import { keepOut, redact } from '../../src/base/redact.ts';
import { Secret } from '../../src/base/secret.ts';

const PSK = 'Kq3v9ZpLmT0sXy7WbR2uHd5cNf8gJa1e';

function logged(write: (log: Log) => void): string {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  write(createLog({ level: 'trace', destination }));
  return lines.join('');
}

describe('the log', () => {
  it('masks secrets at any depth, in fields, child loggers, errors and arguments', () => {
    const leaks: ((log: Log) => void)[] = [
      (log) => log.info({ secret: new Secret(PSK) }, 'x'),
      (log) => log.info({ value: { deep: [{ wrapped: new Secret(PSK) }] } }, 'x'),
      (log) => log.info({ a: { b: { c: { psk: PSK } } } }, 'x'),
      (log) => log.info({ tunnelConfiguration: { preSharedKey: PSK, zoneRedundancyPreSharedKey: PSK } }, 'x'),
      (log) => log.child({ token: PSK }).info('x'),
      (log) => log.info('with arguments %o', { psk: PSK }),
      (log) => log.error(new Error('refused', { cause: { response: { psk: PSK } } })),
      (log) => log.error({ err: Object.assign(new Error('refused'), { body: PSK, data: PSK }) }, 'x'),
      (log) => log.info({ headers: { Authorization: `Bearer ${PSK}` } }, 'x'),
      (log) => log.warn(`Bearer ${PSK}`),
      (log) => log.error(new Error(`https://user:${PSK}@host/ refused`)),
      (log) => log.info({ map: new Map([['k', { psk: PSK }]]), set: new Set([new Secret(PSK)]) }, 'x'),
    ];
    for (const leak of leaks) {
      const text = logged(leak);
      expect(text).not.toContain(PSK);
      expect(text.trim().split('\n')).toHaveLength(1);
    }
  });

  it('masks tokens of Slack inside any text', () => {
    const text = logged((log) => {
      log.info({ detail: 'used xoxb-1-2-abc and xapp-1-A-2-def' }, 'start with xoxe.xoxb-1-abc');
    });
    expect(text).not.toMatch(/xox[be]-\d|xapp-\d/);
  });

  it('keeps what tells where and why', () => {
    const text = logged((log) => {
      log.error(
        { err: Object.assign(new Error('no answer'), { code: 'mist.timeout', requestId: 'r1' }) },
        'call failed',
      );
    });
    expect(JSON.parse(text)).toMatchObject({
      level: 'error',
      msg: 'call failed',
      err: { type: 'Error', message: 'no answer', code: 'mist.timeout', requestId: 'r1' },
    });
  });

  it('masks the keys of a body that an error quotes, also where the quotes are escaped', () => {
    const body = JSON.stringify({
      psk: PSK,
      bgp: { auth_key: PSK },
      radius: [{ secret: PSK }],
      name: 'kept',
    });
    for (const text of [body, JSON.stringify(body), JSON.stringify(JSON.stringify(body))]) {
      const line = logged((log) => log.error({ err: new Error(`refused: ${text}`) }, 'x'));
      expect(line).not.toContain(PSK);
      expect(line).toContain('kept');
    }
  });

  it('takes what the process was started with out of any text', () => {
    keepOut(new Secret('mist-token-of-this-process'));
    const line = logged((log) => log.info({ at: 'https://x/?t=mist-token-of-this-process' }, 'x'));
    expect(line).not.toContain('mist-token-of-this-process');
  });

  it('takes anything without throwing, cycles and deep structures included', () => {
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle['self'] = cycle;
    expect(redact(cycle)).toEqual({ name: 'a', self: '[cycle]' });
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
        (value) => {
          expect(() => JSON.stringify(redact({ value }))).not.toThrow();
        },
      ),
      { numRuns: 2000 },
    );
  });
});
