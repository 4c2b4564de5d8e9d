/**
 * A user's or vendor's text for mrkdwn: `&`, `<` and `>` become entities, so that no mention, link or broadcast can be
 * made of it. Source: Slack "Formatting text for app surfaces", escaping. Emphasis marks cannot be escaped: prefer plain_text.
 */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The reverse of {@link escapeMrkdwn}: what a person typed into a slash command, which Slack escapes. */
export function unescapeMrkdwn(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * The same for a sentence of the bot's own making: mentions of a person and dates in Slack's notation survive, nothing
 * else does. Not for what somebody typed.
 */
export function escapeSentence(text: string): string {
  return escapeMrkdwn(text)
    .replace(/&lt;(@[UW][A-Z0-9]+)&gt;/g, '<$1>')
    .replace(/&lt;(!date\^\d+\^[^<>&|^]*\|[^<>&|^]*)&gt;/g, '<$1>');
}

/** A mention of a person; an ID of another form is shown as text. */
export function mention(user: string): string {
  return /^[UW][A-Z0-9]+$/.test(user) ? `<@${user}>` : escapeMrkdwn(user);
}

/** A time that each reader sees in his own zone; the fallback is UTC. Source: Slack "Formatting text for app surfaces", dates. */
export function localTime(epochMs: number): string {
  const fallback = `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(epochMs / 1000)}^{date_short_pretty} {time}|${fallback}>`;
}

/** The first `max` UTF-16 units, never half a character, with an ellipsis where something was cut. */
export function clamp(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 0) return '';
  const head = text.slice(0, max - 1);
  const last = head.charCodeAt(head.length - 1);
  return `${last >= 0xd800 && last <= 0xdbff ? head.slice(0, -1) : head}…`;
}
