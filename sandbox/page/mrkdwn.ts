/** What a piece of Slack text is made of, ready to be drawn without interpreting anything again. */
export type TextNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: TextStyle; readonly nodes: readonly TextNode[] }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  /** A person, group or channel that is addressed; the label begins with `@` or `#`. */
  | { readonly kind: 'mention'; readonly label: string }
  /** `at` in seconds since the epoch; `format` in Slack's date tokens, such as `{date_short} {time}`. */
  | { readonly kind: 'date'; readonly at: number; readonly format: string; readonly fallback: string }
  | {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly indent: number;
      readonly start: number;
      readonly items: readonly (readonly TextNode[])[];
    };

/** What surrounds other nodes. `quote`, `pre` and `paragraph` stand in lines of their own. */
export type TextStyle = 'bold' | 'italic' | 'strike' | 'underline' | 'code' | 'pre' | 'quote' | 'paragraph';

/** How ids become names; undefined for what nobody knows. */
export interface Names {
  user(id: string): string | undefined;
  channel(id: string): string | undefined;
  group(id: string): string | undefined;
}

const MARKS: Readonly<Record<string, TextStyle>> = { '*': 'bold', _: 'italic', '~': 'strike' };
const WORD = /[\p{L}\p{N}]/u;

/**
 * Reads Slack's mrkdwn (Slack "Formatting text for app surfaces"): emphasis, code, quotes, links, mentions, dates and
 * the three entities. Never throws; what is not understood stays text. Only http, https and mailto become links.
 */
export function parseMrkdwn(text: string, names: Names): TextNode[] {
  const nodes: TextNode[] = [];
  let at = 0;
  for (const match of text.matchAll(/```([\s\S]+?)```/g)) {
    nodes.push(...lines(text.slice(at, match.index), names));
    nodes.push({ kind: 'pre', nodes: literal((match[1] ?? '').replace(/^\n|\n$/g, ''), names) });
    at = match.index + match[0].length;
    if (text[at] === '\n') at += 1;
  }
  return [...nodes, ...lines(text.slice(at), names)];
}

/** Replaces `&lt;`, `&gt;` and `&amp;`, the only entities that Slack knows. */
export function unescapeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Joins neighbouring lines that begin with `>` into quotes. */
function lines(text: string, names: Names): TextNode[] {
  const nodes: TextNode[] = [];
  let plain: string[] = [];
  let quoted: string[] = [];
  const flush = (): void => {
    if (quoted.length > 0) nodes.push({ kind: 'quote', nodes: inline(quoted.join('\n'), names) });
    else nodes.push(...inline(plain.join('\n'), names));
    plain = [];
    quoted = [];
  };
  for (const line of text.split('\n')) {
    const quote = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quote ? plain.length > 0 : quoted.length > 0) flush();
    if (quote) quoted.push(quote[1] ?? '');
    else plain.push(line);
  }
  flush();
  return nodes;
}

function inline(text: string, names: Names): TextNode[] {
  const nodes: TextNode[] = [];
  let plain = '';
  let at = 0;
  const push = (node: TextNode, end: number): void => {
    addText(nodes, plain);
    plain = '';
    nodes.push(node);
    at = end;
  };
  while (at < text.length) {
    const char = text.charAt(at);
    const end = spanEnd(text, at);
    if (char === '<' && end > 0) {
      push(angle(text.slice(at + 1, end), names), end + 1);
    } else if (char === '`' && end > 0) {
      push({ kind: 'code', nodes: literal(text.slice(at + 1, end), names) }, end + 1);
    } else {
      const style = MARKS[char];
      const close = style ? emphasisEnd(text, at) : -1;
      if (style && close > 0)
        push({ kind: style, nodes: inline(text.slice(at + 1, close), names) }, close + 1);
      else {
        plain += char;
        at += 1;
      }
    }
  }
  addText(nodes, plain);
  return nodes;
}

/** Where the `<…>` or `` `…` `` that begins at `at` ends; -1 where none does. Neither goes over a line's end. */
function spanEnd(text: string, at: number): number {
  const char = text[at];
  if (char !== '<' && char !== '`') return -1;
  const end = text.indexOf(char === '<' ? '>' : '`', at + 1);
  const isSpan = end > at + 1 && !text.slice(at + 1, end).includes('\n');
  return isSpan ? end : -1;
}

/** The closing mark of the emphasis that begins at `open`: marks stand at the edges of words, on one line. */
function emphasisEnd(text: string, open: number): number {
  const mark = text.charAt(open);
  const [before, after] = [text[open - 1] ?? '', text[open + 1] ?? ''];
  if (WORD.test(before) || before === mark || after === '' || /\s/.test(after) || after === mark) return -1;
  for (let at = open + 1; at < text.length && text[at] !== '\n'; at += 1) {
    const skip = spanEnd(text, at);
    if (skip > 0) {
      at = skip;
      continue;
    }
    const closes = text[at] === mark && !/\s/.test(text[at - 1] ?? ' ');
    if (closes && at > open + 1 && !WORD.test(text[at + 1] ?? '')) return at;
  }
  return -1;
}

/** The inside of code: nothing is emphasised, but what stands in angles is still a link or a mention. */
function literal(text: string, names: Names): TextNode[] {
  const nodes: TextNode[] = [];
  let at = 0;
  for (const match of text.matchAll(/<([^<>\n]+)>/g)) {
    addText(nodes, text.slice(at, match.index));
    nodes.push(angle(match[1] ?? '', names));
    at = match.index + match[0].length;
  }
  addText(nodes, text.slice(at));
  return nodes;
}

function addText(nodes: TextNode[], text: string): void {
  if (text !== '') nodes.push({ kind: 'text', text: unescapeEntities(text) });
}

/** What stands between `<` and `>`. */
function angle(inside: string, names: Names): TextNode {
  const [target = '', ...rest] = inside.split('|');
  const label = rest.length > 0 ? unescapeEntities(rest.join('|')) : undefined;
  const [, user] = /^@([UW][A-Z0-9]+)$/.exec(target) ?? [];
  if (user !== undefined) return { kind: 'mention', label: `@${names.user(user) ?? label ?? user}` };
  const [, channel] = /^#([CDG][A-Z0-9]+)$/.exec(target) ?? [];
  if (channel !== undefined)
    return { kind: 'mention', label: `#${names.channel(channel) ?? label ?? channel}` };
  const [, group] = /^!subteam\^(S[A-Z0-9]+)$/.exec(target) ?? [];
  if (group !== undefined) return { kind: 'mention', label: `@${names.group(group) ?? label ?? group}` };
  const [, range] = /^!(here|channel|everyone)$/.exec(target) ?? [];
  if (range !== undefined) return { kind: 'mention', label: `@${range}` };
  const [, at, format] = /^!date\^(\d{1,12})\^([^^]*)(?:\^.*)?$/.exec(target) ?? [];
  if (at !== undefined && format !== undefined)
    return { kind: 'date', at: Number(at), format: unescapeEntities(format), fallback: label ?? '' };
  const url = unescapeEntities(target);
  return linkOrText(url, label ?? url.replace(/^mailto:/, ''), `<${unescapeEntities(inside)}>`);
}

/** A link where following it is harmless, else text. */
export function linkOrText(url: string, label: string, otherwise: string = label): TextNode {
  return /^(https?:\/\/|mailto:)\S+$/i.test(url)
    ? { kind: 'link', url, label }
    : { kind: 'text', text: otherwise };
}

/** The characters that a reader would see, without any formatting. */
export function plainOf(nodes: readonly TextNode[]): string {
  return nodes.map(seen).join('');
}

function seen(node: TextNode): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'link':
    case 'mention':
      return node.label;
    case 'date':
      return node.fallback;
    case 'list':
      return node.items.map(plainOf).join('\n');
    default:
      return plainOf(node.nodes);
  }
}
