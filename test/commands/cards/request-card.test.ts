import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkBlocks,
  elementsOf,
  MAX_MESSAGE_TEXT,
  textLength,
} from '../../../sandbox/contracts/slack/surface.ts';
import type { Card } from '../../../src/commands/cards/blocks.ts';
import { requestFallback } from '../../../src/commands/cards/fallback.ts';
import { requestCard } from '../../../src/commands/cards/request-card.ts';
import { fitMessage } from '../../../src/integrations/slack/limits.ts';
import type { Failure } from '../../../src/base/failure.ts';
import { OP } from '../../../src/flows/onboard/outputs.ts';
import type { CardState, RequestView, StepView } from '../../../src/flows/types.ts';
import { planLine, preflightItem, requestView, step } from '../support/samples.ts';

const STATES: readonly CardState[] = [
  'Plan',
  'Running',
  'Onboarded',
  'Verified',
  'Rejected',
  'Expired',
  'Cancelled',
  'Void',
  'Needs decision',
  'Rolled back',
  'Failed',
];
const LINE = 'Lyon: tunnels 1/1, BGP 1/1, routes 25';

function problemsOf(card: Pick<Card, 'text'> & { readonly blocks?: unknown }): unknown[] {
  const { blocks } = card;
  const total = textLength(blocks);
  return [
    ...checkBlocks(structuredClone(blocks), 'message'),
    ...(total > MAX_MESSAGE_TEXT ? [`${total} characters`] : []),
    ...(card.text.length > 4000 ? ['text too long'] : []),
  ];
}

function buttonsOf(card: Card): string[] {
  return card.blocks
    .flatMap((block) => elementsOf(block as unknown as Record<string, unknown>))
    .filter(({ element }) => element['type'] === 'button')
    .map(({ element }) => String(element['action_id']));
}

function shown(card: Card): string {
  return JSON.stringify(card.blocks);
}

describe("a card's text", () => {
  it('begins with state and site, and ends with the status line where the site is up', () => {
    expect(requestFallback(requestView())).toBe('Plan Lyon: 1 change, waiting for approval');
    expect(requestFallback(requestView({ state: 'Verified', statusLine: LINE }))).toBe(`Verified ${LINE}`);
    expect(requestFallback(requestView({ state: 'Onboarded', statusLine: LINE }))).toBe(`Onboarded ${LINE}`);
    const kept = requestFallback(
      requestView({ state: 'Needs decision', reason: 'BGP did not come up', statusLine: LINE }),
    );
    expect(kept).toBe(`Needs decision Lyon: BGP did not come up. ${LINE}`);
  });

  it.each(STATES)('names the site right after "%s"', (state) => {
    expect(requestFallback(requestView({ state })).startsWith(`${state} Lyon: `)).toBe(true);
  });

  it('tells which step a run is at', () => {
    const steps = [step(1, 'done'), step(2, 'waiting'), step(3, 'pending')];
    expect(requestFallback(requestView({ state: 'Running', steps }))).toBe(
      'Running Lyon: step 2 of 3, step 2',
    );
  });

  it('cannot be made to mention anybody by a name', () => {
    const view = requestView({ site: { id: 's', name: '<!channel> & <@U1>' } });
    expect(requestFallback(view)).toContain('Plan &lt;!channel&gt; &amp; &lt;@U1&gt;: ');
  });
});

describe('a plan card', () => {
  it('offers approval only where the plan can be approved', () => {
    expect(buttonsOf(requestCard(requestView()))).toEqual([
      'sse_approve',
      'sse_reject',
      'sse_edit',
      'sse_cancel',
    ]);
    const failing = requestView({ canApprove: false, preflight: [preflightItem(7, 'fail')] });
    expect(buttonsOf(requestCard(failing))).toEqual(['sse_reject', 'sse_edit', 'sse_cancel']);
    expect(requestFallback(failing)).toContain('1 of 1 checks failed');
  });

  it('shows who asks, the change number, both sides of the diff, what it touches, digest and expiry', () => {
    const text = shown(
      requestCard(
        requestView({
          ticket: 'CHG-77',
          plan: [{ id: 'a', side: 'mist', what: 'BGP group', before: ['local_as 1'], after: ['local_as 2'] }],
          preflight: [preflightItem(3, 'pass'), preflightItem(9, 'warning', 'shared template')],
        }),
      ),
    );
    for (const part of [
      '<@U0REQUEST1>',
      'CHG-77',
      '- local_as 1',
      '+ local_as 2',
      'One device: lyon-edge.',
      'WARNING X9',
      'shared template',
      'sha256-012345678',
      '<!date^1800086400^',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('puts what failed before what warns', () => {
    const text = shown(
      requestCard(requestView({ preflight: [preflightItem(1, 'warning'), preflightItem(2, 'fail')] })),
    );
    expect(text.indexOf('FAILED X2')).toBeGreaterThan(-1);
    expect(text.indexOf('FAILED X2')).toBeLessThan(text.indexOf('WARNING X1'));
  });

  it('keeps within the limits however large the plan is, and sends the rest to the thread', () => {
    const huge = requestView({
      site: { id: 's', name: 'x'.repeat(400) },
      facts: Array.from({ length: 40 }, (_, n) => [`fact ${n}`, 'v'.repeat(300)] as const),
      plan: Array.from({ length: 200 }, (_, n) => planLine(n, 'y'.repeat(200))),
      preflight: Array.from({ length: 60 }, (_, n) => preflightItem(n, 'warning', 'z'.repeat(300))),
      blastRadius: Array.from({ length: 60 }, (_, n) => `key ${n} ${'k'.repeat(300)}`),
      advice: Array.from({ length: 30 }, () => 'a'.repeat(300)),
    });
    const card = requestCard(huge);
    expect(problemsOf(card)).toEqual([]);
    expect(buttonsOf(card)).toContain('sse_approve');
    const details = card.details.join('\n');
    expect(details).toContain('change 199');
    expect(details).toContain('X59');
    expect(details).toContain('key 59');
  });

  it('counts different approvers where several are needed', () => {
    const approvals = [{ user: 'U0APPROVE1', at: 1 }];
    const card = requestCard(requestView({ approvals, approvalsNeeded: 2 }));
    expect(card.text).toContain('1 of 2 approvals');
    expect(shown(card)).toContain('Approved by <@U0APPROVE1>');
  });
});

describe('a card of a request that was decided', () => {
  it.each(STATES.filter((state) => state !== 'Plan' && state !== 'Needs decision'))(
    'has no buttons when "%s"',
    (state) => {
      expect(buttonsOf(requestCard(requestView({ state })))).toEqual([]);
    },
  );

  it('asks for one of three decisions when verification failed, and says what is in place', () => {
    const card = requestCard(
      requestView({
        state: 'Needs decision',
        failure: { code: 'flow.timeout', message: '', hint: 'The tunnel did not come up.', retryable: false },
        left: ['device link lyon-wan0'],
        steps: [step(1, 'done', { startedAt: 1000, endedAt: 66_000 }), step(2, 'failed')],
      }),
    );
    expect(buttonsOf(card)).toEqual(['sse_retry', 'sse_rollback', 'sse_keep']);
    for (const part of ['The tunnel did not come up.', 'device link lyon-wan0', '1 min 5 s', 'FAILED']) {
      expect(shown(card)).toContain(part);
    }
  });

  const refused: Failure = {
    code: 'mist.rejected',
    message: '',
    hint: 'Mist refuses the content of this call.',
    requestId: 'req-9f1c',
    retryable: false,
  };

  it.each([
    ['Failed', 'failed'],
    ['Rolled back', 'undone'],
    ['Needs decision', 'failed'],
  ] as const)('names the failed step with code, request ID and hint when "%s"', (state, stepState) => {
    const steps = [step(1, 'undone'), step(2, stepState, { failure: refused }), step(3, 'pending')];
    const text = shown(requestCard(requestView({ state, reason: refused.hint, failure: refused, steps })));
    expect(text).toContain('Failed step: step 2, code mist.rejected, request ID req-9f1c');
    expect(text).toContain(
      'step 2: Mist refuses the content of this call. (code mist.rejected, request ID req-9f1c)',
    );
  });

  it.each(['Failed', 'Rolled back'] as const)('says that nothing is left when "%s"', (state) => {
    expect(shown(requestCard(requestView({ state, failure: refused })))).toContain(
      '*Still in place:* nothing.',
    );
    const some = shown(
      requestCard(requestView({ state, failure: refused, left: ['device link lyon-wan0'] })),
    );
    expect(some).toContain('*Still in place*\\ndevice link lyon-wan0');
    expect(some).not.toContain('nothing.');
  });

  it('claims nothing about what is left where nothing was begun', () => {
    expect(shown(requestCard(requestView({ state: 'Rejected', reason: 'no' })))).not.toContain(
      'Still in place',
    );
  });

  it.each([
    ['the whole sentence', (hint: string) => [hint]],
    ['its objects', () => ['device link lyon-wan0', 'remote network lyon']],
  ])('names what is left behind once, where it is handed over as %s', (_what, left) => {
    const hint =
      'Still there: device link lyon-wan0; remote network lyon. Mend it and choose Retry, or Keep.';
    const text = shown(
      requestCard(
        requestView({
          state: 'Needs decision',
          reason: hint,
          failure: { ...refused, code: 'flow.left_behind', hint },
          left: left(hint),
        }),
      ),
    );
    expect(text.split('device link lyon-wan0')).toHaveLength(2);
    expect(text.split('remote network lyon')).toHaveLength(2);
    expect(text).toContain('code flow.left_behind');
  });

  it.each([
    ['pending', 'on both sides. No traffic uses it: the cutover has not been done.'],
    ['doing', 'on both sides. The cutover was begun: traffic may use it.'],
    ['done', 'on both sides. The cutover is done: traffic uses it.'],
  ] as const)('says whether traffic uses what stands, with the cutover %s', (cutover, sentence) => {
    const steps = [
      step(1, 'done', { id: OP.network }),
      step(2, 'done', { id: OP.connectors }),
      step(3, 'failed', { failure: refused }),
      step(4, cutover, { id: OP.policy }),
    ];
    const card = (over: readonly StepView[]) =>
      shown(requestCard(requestView({ state: 'Needs decision', steps: over })));
    expect(card(steps)).toContain(`Configuration stands ${sentence}`);
    expect(card(steps.slice(0, 1))).toContain('Configuration stands in Entra only.');
    expect(card([...steps, step(5, 'undone')])).not.toContain('Configuration stands');
    expect(card([])).not.toContain('Configuration stands');
  });

  it('shows since when a step is waiting, in the words that it waits with', () => {
    const waiting = step(1, 'waiting', { startedAt: 1_800_000_000_000, progress: 'endpoint not there yet' });
    const card = requestCard(requestView({ state: 'Running', steps: [waiting] }));
    expect(shown(card)).toContain('waiting since <!date^1800000000^');
    expect(shown(card)).toContain('endpoint not there yet');
  });

  it('lets dates of the outcome through, but nothing that somebody typed', () => {
    const card = requestCard(
      requestView({
        state: 'Onboarded',
        statusLine: LINE,
        reason: '<!channel>',
        outcome: ['Second look: <!date^1800000000^{time}|soon>.', '<!here> <https://x|y>'],
      }),
    );
    expect(shown(card)).toContain('<!date^1800000000^{time}|soon>');
    for (const bad of ['<!channel>', '<!here>', '<https']) expect(shown(card)).not.toContain(bad);
  });
});

describe('every card', () => {
  it('is accepted by Slack for any content', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    const few = (of: fc.Arbitrary<string>) => fc.array(of, { maxLength: 30 });
    const failure = text.map((hint) => ({ code: 'x', message: '', hint, retryable: false }));
    const view = fc.record({
      state: fc.constantFrom(...STATES),
      site: fc.record({ id: fc.constant('s'), name: text }),
      facts: fc.array(fc.tuple(text, text), { maxLength: 30 }),
      plan: fc.array(
        fc.record({
          id: text,
          side: fc.constantFrom('entra' as const, 'mist' as const, 'both' as const),
          what: text,
          before: few(text),
          after: few(text),
        }),
        { maxLength: 30 },
      ),
      preflight: fc.array(
        fc.record({
          id: text,
          verdict: fc.constantFrom('pass' as const, 'warning' as const, 'fail' as const, 'unknown' as const),
          what: text,
          seen: text,
          mend: text,
        }),
        { maxLength: 40 },
      ),
      blastRadius: few(text),
      advice: few(text),
      digest: text,
      ticket: text,
      reason: text,
      failure,
      left: few(text),
      outcome: few(text),
      steps: fc.array(
        fc.record({
          id: text,
          side: fc.constant('mist' as const),
          what: text,
          state: fc.constantFrom('pending' as const, 'waiting' as const, 'failed' as const, 'done' as const),
          progress: text,
          failure,
          startedAt: fc.nat(),
        }),
        { maxLength: 40 },
      ),
    });
    fc.assert(
      fc.property(view, (over) => {
        const card = requestCard(requestView(over as Partial<RequestView>));
        expect(problemsOf(fitMessage(card))).toEqual([]);
        if (card.text.startsWith('Plan ')) expect(problemsOf(card)).toEqual([]);
        expect(card.text).not.toMatch(/<!(?:channel|here|everyone)/);
      }),
      { numRuns: 300 },
    );
  });
});
