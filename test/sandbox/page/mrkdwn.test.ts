import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMrkdwn, plainOf, type Names, type TextNode } from '../../../sandbox/page/mrkdwn.ts';

const names: Names = {
  user: (id) => (id === 'U0ANNA0001' ? 'Anna' : undefined),
  channel: (id) => (id === 'C0NETWORK1' ? 'network-changes' : undefined),
  group: (id) => (id === 'S0APPROVE1' ? 'approvers' : undefined),
};
const parse = (text: string): TextNode[] => parseMrkdwn(text, names);
const text = (content: string): TextNode => ({ kind: 'text', text: content });

describe('emphasis', () => {
  test('bold, italic, strike and code are taken apart', () => {
    expect(parse('*a* _b_ ~c~ `d`')).toEqual([
      { kind: 'bold', nodes: [text('a')] },
      text(' '),
      { kind: 'italic', nodes: [text('b')] },
      text(' '),
      { kind: 'strike', nodes: [text('c')] },
      text(' '),
      { kind: 'code', nodes: [text('d')] },
    ]);
  });

  test('emphasis nests', () => {
    expect(parse('*a _b_*')).toEqual([
      { kind: 'bold', nodes: [text('a '), { kind: 'italic', nodes: [text('b')] }] },
    ]);
  });

  test.each([
    'tunnel_configs and bgp_config',
    '2 * 3 * 4',
    'a*b*c',
    '* a*',
    '*a *',
    '**',
    '*a',
    '*a\nb*',
    '`a\nb`',
    'a ~ b',
  ])('marks inside words, with spaces or over lines stay text: %j', (line) => {
    expect(parse(line)).toEqual([text(line)]);
  });

  test('nothing is emphasised inside code', () => {
    expect(parse('`*a* _b_`')).toEqual([{ kind: 'code', nodes: [text('*a* _b_')] }]);
  });

  test('a mark inside code or a link does not close an emphasis', () => {
    expect(plainOf(parse('*a `*` b*'))).toBe('a * b');
    expect(parse('*a `*` b*')).toHaveLength(1);
  });
});

describe('blocks of lines', () => {
  test('a fence keeps its lines and swallows the line end behind it', () => {
    expect(parse('a\n```\nx  y\n*z*\n```\nb')).toEqual([
      text('a\n'),
      { kind: 'pre', nodes: [text('x  y\n*z*')] },
      text('b'),
    ]);
  });

  test('neighbouring lines that begin with > are one quote, escaped or not', () => {
    expect(parse('a\n&gt; b\n>c\nd')).toEqual([
      text('a'),
      { kind: 'quote', nodes: [text('b\nc')] },
      text('d'),
    ]);
  });
});

describe('what stands in angles', () => {
  test.each<[string, TextNode]>([
    ['<@U0ANNA0001>', { kind: 'mention', label: '@Anna' }],
    ['<@U0GONE0001|gone>', { kind: 'mention', label: '@gone' }],
    ['<@U0GONE0001>', { kind: 'mention', label: '@U0GONE0001' }],
    ['<#C0NETWORK1>', { kind: 'mention', label: '#network-changes' }],
    ['<!subteam^S0APPROVE1>', { kind: 'mention', label: '@approvers' }],
    ['<!here>', { kind: 'mention', label: '@here' }],
    [
      '<https://example.com/?a=1&amp;b=2|the &lt;page&gt;>',
      {
        kind: 'link',
        url: 'https://example.com/?a=1&b=2',
        label: 'the <page>',
      },
    ],
    ['<mailto:net@example.com>', { kind: 'link', url: 'mailto:net@example.com', label: 'net@example.com' }],
    [
      '<!date^1700000000^{date_short} {time}|then>',
      {
        kind: 'date',
        at: 1_700_000_000,
        format: '{date_short} {time}',
        fallback: 'then',
      },
    ],
    [
      '<!date^1700000000^{time}^https://example.com|then>',
      {
        kind: 'date',
        at: 1_700_000_000,
        format: '{time}',
        fallback: 'then',
      },
    ],
  ])('%s', (source, node) => {
    expect(parse(source)).toEqual([node]);
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x'])(
    'an address that a browser would run is no link: %s',
    (url) => {
      expect(parse(`<${url}|click>`)).toEqual([text(`<${url}|click>`)]);
    },
  );
});

describe('any text', () => {
  test('escaped text without marks comes back as it was', () => {
    const plain = fc.string().filter((value) => !/[*_~`\n]/.test(value));
    fc.assert(
      fc.property(plain, (value) => {
        const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        // A leading `>` is a quote, whose mark is not shown.
        const expected = value.replace(/^> ?/, '');
        expect(plainOf(parse(escaped))).toBe(expected);
      }),
    );
  });

  test('nothing throws, nobody is mentioned and nothing is linked without angles', () => {
    const soup = fc
      .array(
        fc.constantFrom('*', '_', '~', '`', '```', '&gt;', '&lt;', '>', '\n', ' ', 'a', '@U0ANNA0001', '|'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, (value) => {
        expect(kindsIn(parse(value))).not.toContain('mention');
        expect(kindsIn(parse(value))).not.toContain('link');
      }),
    );
  });

  test('every link that comes out is http, https or mailto', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), fc.boolean(), (scheme, url, isWeb) => {
        const nodes = parse(`<${isWeb ? url : `${scheme}:${url}`}|x>`);
        for (const node of nodes) {
          if (node.kind === 'link') expect(node.url).toMatch(/^(https?:\/\/|mailto:)/i);
        }
      }),
    );
  });
});

function kindsIn(nodes: readonly TextNode[]): string[] {
  return nodes.flatMap((node) => ['nodes' in node ? kindsIn(node.nodes) : [], node.kind].flat());
}
