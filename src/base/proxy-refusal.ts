/**
 * The status with which a proxy refused to connect us, looked for in an error and its causes; undefined where none did. Such a call was never
 * sent. Neither Node's agent nor undici has the status anywhere but in the message.
 */
export function proxyRefusal(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    const [, tunnel, response] =
      /^Failed to establish tunnel .*: HTTP\/1\.\d (\d{3})|^Proxy response \((\d{3})\)/.exec(at.message) ??
      [];
    if (tunnel ?? response) return tunnel ?? response;
  }
  return undefined;
}

/** What to tell an engineer about it. */
export function proxyRefusalHint(status: string): string {
  const why = status === '407' ? ': check the user and the password in it' : ': ask who runs the proxy';
  return `The proxy (HTTPS_PROXY) refused the connection with ${status}${why}, or name the host in NO_PROXY.`;
}
