import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../sandbox/contracts/slack/surface.ts';
import { checkView } from '../../../sandbox/contracts/slack/view.ts';
import { chunkText, fitMessage, fitView, LIMITS } from '../../../src/integrations/slack/limits.ts';

const section = (text: string): KnownBlock => ({ type: 'section', text: { type: 'plain_text', text } });
const button = (text: string) => ({
  type: 'button' as const,
  action_id: `a-${text.length}`,
  text: { type: 'plain_text' as const, text },
});

describe('fitting a message', () => {
  it('leaves alone what is within the limits', () => {
    const blocks = [section('hello'), { type: 'divider' } as const];
    expect(fitMessage({ text: 'hello', blocks })).toEqual({
      text: 'hello',
      blocks,
      overflow: [],
      repairs: [],
    });
  });

  it('cuts what is too long, and says where', () => {
    const fitted = fitMessage({
      text: 't'.repeat(5000),
      blocks: [
        section('s'.repeat(4000)),
        { type: 'header', text: { type: 'plain_text', text: 'h'.repeat(200) } },
        { type: 'actions', elements: [button('b'.repeat(100))] },
        {
          type: 'section',
          fields: Array.from({ length: 12 }, () => ({ type: 'mrkdwn', text: 'f'.repeat(3000) })),
        },
      ],
    });
    expect(fitted.text).toHaveLength(LIMITS.text);
    expect(checkBlocks(structuredClone(fitted.blocks), 'message')).toEqual([]);
    expect(fitted.repairs).toEqual(
      expect.arrayContaining([
        'text: 5000 characters cut to 4000',
        'blocks/0/text: 4000 characters cut to 3000',
        'blocks/3/fields: 2 left out',
      ]),
    );
  });

  it('moves blocks beyond the limits to the thread and keeps the buttons', () => {
    const blocks = [
      ...Array.from({ length: 60 }, (_, n) => section(`line ${n}`)),
      { type: 'actions', elements: [button('Approve')] } satisfies KnownBlock,
    ];
    const fitted = fitMessage({ text: 'x', blocks });
    expect(fitted.blocks).toHaveLength(50);
    expect(fitted.blocks?.at(-1)?.type).toBe('actions');
    expect(fitted.overflow).toHaveLength(11);
    expect(fitted.overflow.join('\n')).toContain('line 59');
  });

  it('keeps all texts together under what Slack measures', () => {
    const fitted = fitMessage({
      text: 'x',
      blocks: Array.from({ length: 10 }, () => section('s'.repeat(2900))),
    });
    expect(fitted.blocks).toHaveLength(4);
    expect(fitted.overflow).toHaveLength(6);
  });

  it('never sends an empty text', () => {
    expect(fitMessage({ text: '' }).text).not.toBe('');
  });

  it('never cuts a character in half', () => {
    const fitted = fitMessage({ text: `${'x'.repeat(LIMITS.text - 2)}😀😀` });
    expect(fitted.text.isWellFormed()).toBe(true);
  });
});

describe('fitting a view', () => {
  it('cuts titles and option texts, and keeps values', () => {
    const { view, repairs } = fitView({
      type: 'modal',
      title: { type: 'plain_text', text: 'A title that is far too long for Slack' },
      submit: { type: 'plain_text', text: 'Send' },
      blocks: [
        {
          type: 'input',
          block_id: 'b',
          label: { type: 'plain_text', text: 'Label' },
          element: {
            type: 'static_select',
            action_id: 'value',
            options: [{ text: { type: 'plain_text', text: 'o'.repeat(90) }, value: 'v'.repeat(150) }],
          },
        },
      ],
    });
    expect(checkView(structuredClone(view), 'modal')).toEqual([]);
    expect(JSON.stringify(view)).toContain('v'.repeat(150));
    expect(repairs).toHaveLength(2);
  });
});

describe('cutting a text into messages', () => {
  it('loses nothing and keeps each within the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }),
        fc.integer({ min: 5, max: 50 }),
        (lines, max) => {
          const text = lines.join('\n');
          const chunks = chunkText(text, max);
          for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(max);
          expect(chunks.join('').replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
        },
      ),
      { numRuns: 500 },
    );
  });
});
