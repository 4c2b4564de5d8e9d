import { Secret } from '../base/secret.ts';

/**
 * The password of a URL in every spelling in which a driver or an error may show it: as it stands there, decoded, encoded anew, and
 * with the user's name as a `Basic` header. PostgreSQL takes one from `?password=` as well. Empty where there is none.
 */
export function passwordsIn(url: Secret): readonly Secret[] {
  const text = url.reveal();
  const parsed = URL.parse(text);
  if (parsed === null) return [];
  const user = decoded(parsed.username);
  const asTyped = [/^[^:]+:\/\/[^/?#]*?:([^/?#]*)@/.exec(text)?.[1], /[?&]password=([^&#]*)/.exec(text)?.[1]];
  const written = [...asTyped, parsed.password, parsed.searchParams.get('password')];
  const spellings = written.flatMap((password) => {
    if (!password) return [];
    const plain = decoded(password);
    const basic = Buffer.from(`${user}:${plain}`).toString('base64');
    return [password, plain, encodeURIComponent(plain), basic];
  });
  // The longest first, so that none leaves the rest of another behind.
  return [...new Set(spellings)].sort((a, b) => b.length - a.length).map((value) => new Secret(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
