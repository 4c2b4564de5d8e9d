import { closest, distance } from 'fastest-levenshtein';
import { beginsWindow } from '../design/change-window.ts';
import { unescapeMrkdwn } from '../integrations/slack/escape.ts';
import { VERBS, type Verb } from './verbs.ts';

/** What somebody typed after `/sse`. */
export type Command =
  | { readonly kind: 'command'; readonly verb: Verb; readonly args: readonly string[] }
  /** Nothing, or nothing but blanks. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown'; readonly word: string; readonly nearest?: Verb };

const SPACES = /[\s\u200b\u200e\u200f\u2060\ufeff]+/gu;
const DOUBLE_QUOTES = /["\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02]/gu;
const SINGLE_QUOTES = /[\u2018\u2019\u201a\u201b\u2039\u203a\uff07]/gu;
/** `<@U1|ann>`, `<#C1|ops>`, `<https://x|x>`: how Slack writes what it recognised in a command's text. */
const SLACK_TOKEN = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/gu;

/** Reads the text of a slash command. Never throws; whatever it is, one of the three kinds comes out. */
export function parseCommand(text: string): Command {
  const words = splitWords(text);
  const [first, ...args] = words;
  if (first === undefined) return { kind: 'empty' };
  const word = first.toLowerCase();
  const verb = VERBS.find((one) => one === word);
  if (verb) return { kind: 'command', verb, args };
  const nearest = nearestVerb(word);
  return { kind: 'unknown', word: first.slice(0, 60), ...(nearest && { nearest }) };
}

/** A site's name or ID from a command's arguments; blanks need no quotes where nothing follows the name. */
export function siteArgument(args: readonly string[]): string | undefined {
  const name = args.join(' ').trim();
  return name === '' ? undefined : name;
}

/** The arguments without the change window that `at 22:00` or `in 2h` at their end asks for, and that window as it was typed. */
export function splitWindow(args: readonly string[]): {
  readonly words: readonly string[];
  readonly window?: string;
} {
  const at = args.findLastIndex(
    (word, index) => /^(at|in)$/i.test(word) && index > 0 && beginsWindow(args[index + 1] ?? ''),
  );
  if (at < 0) return { words: args };
  const isRelative = args[at]?.toLowerCase() === 'in';
  return { words: args.slice(0, at), window: args.slice(isRelative ? at : at + 1).join(' ') };
}

/** Words, where quotes of any kind hold several together; an open quote reaches to the end. Never throws. */
export function splitWords(text: string): string[] {
  const plain = unescapeMrkdwn(text.replace(SLACK_TOKEN, slackToken))
    .replace(SPACES, ' ')
    .replace(DOUBLE_QUOTES, '"')
    .replace(SINGLE_QUOTES, "'");
  const words: string[] = [];
  // An apostrophe opens a quote only at the start of a word and where one closes it: O'Hare is one word.
  const pattern = /"([^"]*)(?:"|$)|(?<=^| )'([^']+)'(?= |$)|((?:(?! |").)+)/gsu;
  for (const match of plain.matchAll(pattern)) {
    const word = (match[1] ?? match[2] ?? match[3] ?? '').trim();
    if (word !== '') words.push(word);
  }
  return words;
}

function slackToken(_all: string, sigil: string, target: string, label: string | undefined): string {
  if (sigil === '@' || sigil === '#') return `${sigil}${target}`;
  // Slack makes links of names such as lyon.example; their label is what was typed.
  return label ?? (sigil === '!' ? `!${target}` : target);
}

function nearestVerb(word: string): Verb | undefined {
  if (word.length > 40) return undefined;
  const begun = VERBS.filter((verb) => word.length >= 2 && verb.startsWith(word));
  if (begun.length === 1) return begun[0];
  const near = closest(word, [...VERBS]) as Verb;
  return distance(word, near) <= Math.max(1, Math.floor(near.length / 3)) ? near : undefined;
}
