import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readActor,
  readClick,
  readCommand,
  readSubmission,
  readSuggestion,
  writeMetadata,
} from '../../src/commands/payload.ts';

describe('what comes from Slack', () => {
  it('is read field by field, whatever stands in the others', () => {
    const submission = readSubmission({
      user: { id: 'U1', team_id: 'T1' },
      view: {
        id: 'V1',
        callback_id: 'sse_onboard_links',
        private_metadata: writeMetadata({ draft: 'd', channel: 'C1' }),
        blocks: [
          { type: 'section', block_id: 'note' },
          { type: 'input', block_id: 'range_a' },
        ],
        state: {
          values: {
            range_a: { value: { type: 'plain_text_input', value: ' 10.0.0.0/29 ' } },
            ticket: { value: { type: 'plain_text_input', value: null } },
            region: { value: { type: 'static_select', selected_option: { value: 'westEurope' } } },
            mode: { value: { type: 'radio_buttons', selected_option: null } },
            networks: {
              value: { type: 'multi_static_select', selected_options: [{ value: 'A' }, { value: 'B' }] },
            },
            none: { value: { type: 'multi_static_select', selected_options: [] } },
          },
        },
      },
    });
    expect(submission).toEqual({
      actor: { user: 'U1', teamId: 'T1' },
      callbackId: 'sse_onboard_links',
      viewId: 'V1',
      metadata: { draft: 'd', channel: 'C1' },
      values: { range_a: '10.0.0.0/29', region: 'westEurope', networks: ['A', 'B'] },
      inputs: ['range_a'],
    });
  });

  it("takes the person's own team, not the one of the shared channel", () => {
    expect(readActor({ team: { id: 'T-OURS' }, user: { id: 'U1', team_id: 'T-THEIRS' } }).teamId).toBe(
      'T-THEIRS',
    );
    expect(readActor({ team: { id: 'T-OURS' }, user: { id: 'U1' } }).teamId).toBe('T-OURS');
  });

  it('never throws and never invents an identity, whatever is sent', () => {
    const anything = fc.anything({ maxDepth: 4 });
    const shaped = fc.record(
      {
        user: anything,
        team: anything,
        view: fc.record(
          { state: anything, blocks: anything, private_metadata: anything },
          { requiredKeys: [] },
        ),
        actions: anything,
        container: anything,
        user_id: anything,
        text: anything,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, shaped), (body) => {
        for (const read of [readClick, readCommand, readSubmission, readSuggestion]) {
          const { actor } = read(body);
          expect(typeof actor.user).toBe('string');
          expect(typeof actor.teamId).toBe('string');
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('reads no inherited property', () => {
    expect(readClick({ actions: [Object.create({ value: 'inherited' })] }).value).toBe('');
    const values = JSON.parse('{"__proto__": {"value": {"selected_options": [{"value": "x"}]}}}') as unknown;
    const { values: read } = readSubmission({ view: { state: { values } } });
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});
