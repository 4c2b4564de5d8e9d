const ESC = '\u001b';
/** CSI (colours, cursor), OSC (titles) and two-character escapes, of bounded length: anything longer is no escape. */
const SEQUENCE =
  /\u001b(?:\[[0-?]{0,60}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,120}(?:\u0007|\u001b\\)|[ -/]{0,8}[0-OQ-Z\\^-~])/g;
/** The beginning of one that ends where the text ends. */
const INCOMPLETE = /^\u001b(?:\[[0-?]{0,60}[ -/]{0,8}|\][^\u0007\u001b]{0,120}\u001b?|[ -/]{0,8})$/;

/**
 * Takes ANSI escapes out of text that comes in pieces; one that is cut in two is held back until its rest has come.
 * Text without escapes is passed through as it is.
 */
export function createAnsiStripper(): (chunk: string) => string {
  let held = '';
  return (chunk) => {
    const text = held + chunk;
    held = '';
    const last = text.lastIndexOf(ESC);
    if (last === -1) return text;
    // The last escape may be the first half of the two characters that end the one before it.
    const before = last === 0 ? -1 : text.lastIndexOf(ESC, last - 1);
    for (const from of [before, last]) {
      if (from === -1 || !INCOMPLETE.test(text.slice(from))) continue;
      held = text.slice(from);
      return text.slice(0, from).replace(SEQUENCE, '');
    }
    return text.replace(SEQUENCE, '');
  };
}
