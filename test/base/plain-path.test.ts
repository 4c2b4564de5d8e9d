import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPlainPath } from '../../src/base/plain-path.ts';

it.each(['/api/v1/sites/../self', '/a/./b', '/a/%2e%2E/b', '/a/.%2e', '/a//b', '/a/', '', '/a\\..\\b'])(
  'another path would arrive than %o',
  (path) => expect(isPlainPath(path)).toBe(false),
);

it.each(['/api/v1/self', '/a/..b/c.', "/a/b?x=/../&$filter=a eq '..'", '/a/%252e%252e/b'])(
  '%o arrives as it stands',
  (path) => expect(isPlainPath(path)).toBe(true),
);

it('what any text is encoded to stays one part of the path, or is refused', () => {
  const odd = fc.constantFrom('.', '..', '/', '%2e', '%2F', '\\', '?', '#', ' ', '\n', '@', ':', '%');
  const id = fc.array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 5 });
  fc.assert(
    fc.property(id, (parts) => {
      const text = parts.join('').replace(/[\ud800-\udfff]/g, '');
      const path = `/api/v1/sites/${encodeURIComponent(text)}/devices`;
      if (!isPlainPath(path)) return;
      const url = new URL(path, 'https://api.test');
      expect(url.host).toBe('api.test');
      expect(url.pathname.split('/')).toHaveLength(6);
      expect(decodeURIComponent(url.pathname.split('/')[4] ?? '')).toBe(text);
      expect(url.search + url.hash).toBe('');
    }),
  );
});
