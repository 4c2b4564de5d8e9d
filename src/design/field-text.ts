const LONGEST_QUOTE = 60;

/** A typed value for use in a message: in quotes, shortened, with everything invisible replaced. */
export function quote(text: string): string {
  const visible = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
  const characters = [...visible];
  return characters.length <= LONGEST_QUOTE
    ? `"${visible}"`
    : `"${characters.slice(0, LONGEST_QUOTE).join('')}…"`;
}

/** Nothing was entered. Spaces are something. */
export function isBlank(text: string | null | undefined): text is '' | null | undefined {
  return text === undefined || text === null || text === '';
}

/** The message for a value with white space or invisible characters anywhere, which copying from a page easily brings along. */
export function spaceProblem(text: string): string | undefined {
  if (!/[\s\p{Cf}]/u.test(text)) return undefined;
  return `${quote(text)} contains a space or an invisible character. Remove it.`;
}

/** The message for a value with characters outside ASCII: digits and dots of many scripts look like ours. */
export function lookAlikeProblem(text: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(text)) return undefined;
  return `${quote(text)} contains characters that are not plain ASCII, although they may look so. Type the value again.`;
}
