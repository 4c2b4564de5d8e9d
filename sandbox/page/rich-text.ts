import { isObject, type JsonObject } from '../contracts/slack/check.ts';
import { linkOrText, type Names, type TextNode, type TextStyle } from './mrkdwn.ts';

const STYLES: readonly (readonly [flag: string, style: TextStyle])[] = [
  ['code', 'code'],
  ['strike', 'strike'],
  ['italic', 'italic'],
  ['underline', 'underline'],
  ['bold', 'bold'],
];

/** Reads a `rich_text` block (Slack "Rich text block"); an element that is not known is named in brackets. */
export function richTextNodes(block: JsonObject, names: Names): TextNode[] {
  return children(block).map((part) => {
    switch (part['type']) {
      case 'rich_text_section':
        return { kind: 'paragraph', nodes: inlineNodes(part, names) };
      case 'rich_text_preformatted':
        return { kind: 'pre', nodes: inlineNodes(part, names) };
      case 'rich_text_quote':
        return { kind: 'quote', nodes: inlineNodes(part, names) };
      case 'rich_text_list':
        return {
          kind: 'list',
          ordered: part['style'] === 'ordered',
          indent: count(part['indent']),
          start: count(part['offset']) + 1,
          items: children(part).map((item) => inlineNodes(item, names)),
        };
      default:
        return { kind: 'text', text: `[unrendered block: ${String(part['type'])}]` };
    }
  });
}

function inlineNodes(part: JsonObject, names: Names): TextNode[] {
  return children(part).map((element) => styled(inlineNode(element, names), element['style']));
}

function inlineNode(element: JsonObject, names: Names): TextNode {
  const id = (key: string): string => String(element[key] ?? '');
  switch (element['type']) {
    case 'text':
      return { kind: 'text', text: id('text') };
    case 'link':
      return linkOrText(id('url'), id('text') || id('url'));
    case 'user':
      return { kind: 'mention', label: `@${names.user(id('user_id')) ?? id('user_id')}` };
    case 'usergroup':
      return { kind: 'mention', label: `@${names.group(id('usergroup_id')) ?? id('usergroup_id')}` };
    case 'channel':
      return { kind: 'mention', label: `#${names.channel(id('channel_id')) ?? id('channel_id')}` };
    case 'broadcast':
      return { kind: 'mention', label: `@${id('range')}` };
    case 'emoji':
      return { kind: 'text', text: character(id('unicode')) ?? `:${id('name')}:` };
    case 'date':
      return {
        kind: 'date',
        at: Number(element['timestamp']),
        format: id('format'),
        fallback: id('fallback'),
      };
    default:
      return { kind: 'text', text: `[unrendered element: ${id('type')}]` };
  }
}

function styled(node: TextNode, style: unknown): TextNode {
  if (!isObject(style)) return node;
  const set = STYLES.filter(([flag]) => style[flag] === true);
  return set.reduce<TextNode>((inner, [, kind]) => ({ kind, nodes: [inner] }), node);
}

/** `1f44d-1f3fd` → the character; undefined where that is no code. */
function character(unicode: string): string | undefined {
  const codes = unicode.split('-').map((hex) => Number.parseInt(hex, 16));
  return codes.every((code) => code > 0 && code <= 0x10ffff) ? String.fromCodePoint(...codes) : undefined;
}

function children(part: JsonObject): JsonObject[] {
  const { elements } = part;
  return Array.isArray(elements) ? elements.filter(isObject) : [];
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
