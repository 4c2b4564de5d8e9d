/** ID of the request that takes the place of one that is void: it follows from the old one, so a crash cannot post it twice. */
export function anewId(requestId: string): string {
  return `${requestId}-again`;
}

/** ID of the request that somebody asked for first, from that of one that was made anew, however often. */
export function rootId(requestId: string): string {
  return requestId.replace(/(-again)+$/, '');
}
