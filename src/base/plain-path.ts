/**
 * Whether every part of a path arrives as it was written: an ID that is empty, `.` or `..` would make another path of it, encoded or
 * not. The query does not count. Source: WHATWG "URL", dot segments.
 */
export function isPlainPath(path: string): boolean {
  const [parts = ''] = path.split(/[?#]/);
  return parts
    .replace(/^\//, '')
    .split(/[/\\]/)
    .every((part) => part !== '' && !/^(?:\.|%2e){1,2}$/i.test(part));
}
