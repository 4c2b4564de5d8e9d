import { describe, expect, test } from 'vitest';
import { drawBlocks } from '../../../sandbox/page/drawing.ts';
import type { Names } from '../../../sandbox/page/mrkdwn.ts';
import { richTextNodes } from '../../../sandbox/page/rich-text.ts';

const names: Names = { user: () => 'Anna', channel: () => 'net', group: () => 'approvers' };
const section = (...elements: object[]): object => ({ type: 'rich_text_section', elements });

describe('rich text', () => {
  test('preformatted text, quotes and sections keep what they hold', () => {
    const inside = [{ type: 'text', text: '  + *not bold*' }];
    const block = {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_preformatted', elements: inside },
        { type: 'rich_text_quote', elements: inside },
        section(...inside),
      ],
    };
    const held = [{ kind: 'text', text: '  + *not bold*' }];
    expect(richTextNodes(block, names)).toEqual([
      { kind: 'pre', nodes: held },
      { kind: 'quote', nodes: held },
      { kind: 'paragraph', nodes: held },
    ]);
  });

  test('styles, mentions, dates, emoji and links', () => {
    const block = {
      type: 'rich_text',
      elements: [
        section(
          { type: 'text', text: 'a', style: { bold: true, code: true } },
          { type: 'user', user_id: 'U1' },
          { type: 'usergroup', usergroup_id: 'S1' },
          { type: 'channel', channel_id: 'C1' },
          { type: 'broadcast', range: 'here' },
          { type: 'emoji', name: 'thumbsup', unicode: '1f44d' },
          { type: 'emoji', name: 'own' },
          { type: 'date', timestamp: 1_700_000_000, format: '{time}', fallback: 'then' },
          { type: 'link', url: 'javascript:alert(1)', text: 'click' },
          { type: 'color', value: '#ff0000' },
        ),
      ],
    };
    expect(richTextNodes(block, names)).toEqual([
      {
        kind: 'paragraph',
        nodes: [
          { kind: 'bold', nodes: [{ kind: 'code', nodes: [{ kind: 'text', text: 'a' }] }] },
          { kind: 'mention', label: '@Anna' },
          { kind: 'mention', label: '@approvers' },
          { kind: 'mention', label: '#net' },
          { kind: 'mention', label: '@here' },
          { kind: 'text', text: '👍' },
          { kind: 'text', text: ':own:' },
          { kind: 'date', at: 1_700_000_000, format: '{time}', fallback: 'then' },
          { kind: 'text', text: 'click' },
          { kind: 'text', text: '[unrendered element: color]' },
        ],
      },
    ]);
  });

  test('lists count from their offset, and an unknown part is named', () => {
    const block = {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_list',
          style: 'ordered',
          indent: 1,
          offset: 4,
          elements: [section({ type: 'text', text: 'a' }), section({ type: 'text', text: 'b' })],
        },
        { type: 'rich_text_hologram' },
      ],
    };
    expect(richTextNodes(block, names)).toEqual([
      {
        kind: 'list',
        ordered: true,
        indent: 1,
        start: 5,
        items: [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]],
      },
      { kind: 'text', text: '[unrendered block: rich_text_hologram]' },
    ]);
  });
});

describe('blocks', () => {
  test('mrkdwn is taken apart wherever it stands, plain text is not', () => {
    const [drawn] = drawBlocks(
      [
        {
          type: 'section',
          text: { type: 'plain_text', text: '*a*' },
          fields: [{ type: 'mrkdwn', text: '*b*' }],
          accessory: { type: 'button', text: { type: 'plain_text', text: '<@U1>' } },
        },
      ],
      names,
    );
    expect(drawn).toMatchObject({
      text: { nodes: [{ kind: 'text', text: '*a*' }] },
      fields: [{ nodes: [{ kind: 'bold' }] }],
      accessory: { text: { nodes: [{ kind: 'text', text: '<@U1>' }] } },
    });
  });

  test('a picture of the workspace is served by the page, one from elsewhere is not loaded', () => {
    const drawn = drawBlocks(
      [
        { type: 'image', alt_text: 'a', slack_file: { id: 'F0ABC' } },
        { type: 'image', alt_text: 'b', slack_file: { url: 'http://127.0.0.1:1/files-pri/T1-F0DEF/a.png' } },
        { type: 'image', alt_text: 'c', image_url: 'https://example.com/a.png' },
      ],
      names,
    );
    expect(drawn.map((block) => block['src'])).toEqual(['/files/F0ABC', '/files/F0DEF', undefined]);
  });
});
