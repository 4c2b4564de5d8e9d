import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../sandbox/contracts/slack/check.ts';
import { checkView } from '../../sandbox/contracts/slack/view.ts';
import { linksView } from '../../src/commands/onboard/links-view.ts';
import { fieldErrors } from '../../src/commands/onboard/links-submitted.ts';
import { loadingView, problemView, rejectView, siteView } from '../../src/commands/onboard/views.ts';
import { onboardForm } from './support/samples.ts';

function inputsOf(view: { readonly blocks: readonly unknown[] }): Map<string, JsonObject> {
  const inputs = view.blocks.filter(isObject).filter((block) => block['type'] === 'input');
  return new Map(inputs.map((block) => [String(block['block_id']), block]));
}

function elementOf(view: { readonly blocks: readonly unknown[] }, blockId: string): JsonObject {
  const element = inputsOf(view).get(blockId)?.['element'];
  if (!isObject(element)) throw new Error(`no ${blockId}`);
  return element;
}

const ONE_LINK = [
  'link1_wan',
  'link1_public_ip',
  'region',
  'bandwidth',
  'range_a',
  'device_asn',
  'networks',
  'mode',
  'ticket',
  'window',
  'ike',
  'device_bgp_1',
  'microsoft_bgp_1',
];

describe('step 1', () => {
  it('asks for site and option, with the named site chosen', () => {
    const view = siteView('C1', { id: 'site-lyon', name: 'Lyon' });
    expect(view.callback_id).toBe('sse_onboard_site');
    expect([...inputsOf(view).keys()]).toEqual(['site', 'option']);
    expect(elementOf(view, 'site')).toMatchObject({
      type: 'external_select',
      action_id: 'value',
      min_query_length: 0,
      initial_option: { value: 'site-lyon', text: { text: 'Lyon' } },
    });
    const options = elementOf(view, 'option')['options'] as { value: string }[];
    expect(options.map(({ value }) => value)).toEqual([
      'single-wan',
      'single-wan-zone-redundant',
      'dual-wan',
      'dual-wan-zone-redundant',
    ]);
    expect(checkView(structuredClone(view), 'modal')).toEqual([]);
  });
});

describe('step 2', () => {
  it('has the fields of one link, with what is known filled in', () => {
    const view = linksView(onboardForm(), 'C1');
    expect([...inputsOf(view).keys()]).toEqual(ONE_LINK);
    expect(elementOf(view, 'link1_wan')).toMatchObject({
      type: 'static_select',
      initial_option: { value: 'wan0' },
    });
    expect(elementOf(view, 'range_a')['initial_value']).toBe('10.99.99.0/29');
    expect(elementOf(view, 'networks')).toMatchObject({
      type: 'multi_static_select',
      initial_options: [{ value: 'Corp' }],
    });
    expect(elementOf(view, 'mode')).toMatchObject({ initial_option: { value: 'm365' } });
    expect(checkView(structuredClone(view), 'modal')).toEqual([]);
  });

  it('adds a second link, the second zone and the choice of a router where they are wanted', () => {
    const view = linksView(
      onboardForm({
        linkCount: 2,
        zoneRedundant: true,
        devices: [
          { value: 'a', label: 'a' },
          { value: 'b', label: 'b' },
        ],
        notes: ['Mist did not report <addresses>.'],
      }),
      'C1',
    );
    const ids = [...inputsOf(view).keys()];
    for (const id of [
      'device',
      'link2_wan',
      'link2_public_ip',
      'range_b',
      'zone_topology',
      'microsoft_bgp_2_z2',
    ]) {
      expect(ids).toContain(id);
    }
    expect(elementOf(view, 'zone_topology')).toMatchObject({ initial_option: { value: 'single-tunnel' } });
    expect(JSON.stringify(view.blocks)).toContain('&lt;addresses&gt;');
    expect(checkView(structuredClone(view), 'modal')).toEqual([]);
  });

  it('leaves optional what may be left empty, and nothing else', () => {
    const optional = [...inputsOf(linksView(onboardForm(), 'C1'))]
      .filter(([, block]) => block['optional'] === true)
      .map(([id]) => id);
    expect(optional).toEqual(['ticket', 'window', 'ike', 'device_bgp_1', 'microsoft_bgp_1']);
  });

  it('searches lists that are longer than Slack takes, and lets names be typed where there is no list', () => {
    const many = Array.from({ length: 250 }, (_, n) => ({ value: `net-${n}`, label: `net-${n}` }));
    const long = linksView(onboardForm({ networks: many, initial: { networks: ['net-249'] } }), 'C1');
    expect(elementOf(long, 'networks')).toMatchObject({
      type: 'multi_external_select',
      initial_options: [{ value: 'net-249' }],
    });
    expect(checkView(structuredClone(long), 'modal')).toEqual([]);
    const none = linksView(onboardForm({ networks: [], wans: [] }), 'C1');
    expect(elementOf(none, 'networks')['type']).toBe('plain_text_input');
    expect(checkView(structuredClone(none), 'modal')).toEqual([]);
  });

  it('keeps option texts within the limit without touching their values', () => {
    const view = linksView(
      onboardForm({
        networks: [{ value: 'n'.repeat(150), label: 'l'.repeat(200) }],
        initial: { networks: ['n'.repeat(150)] },
      }),
      'C1',
    );
    expect(checkView(structuredClone(view), 'modal')).toEqual([]);
  });
});

describe('the other modals', () => {
  it('are accepted by Slack, whatever text they are given', () => {
    for (const view of [
      loadingView('l'.repeat(5000)),
      problemView(''),
      rejectView('r', 's'.repeat(500), 'C1'),
    ]) {
      expect(checkView(structuredClone(view), 'modal')).toEqual([]);
    }
    expect(loadingView('x').callback_id).toBe('sse_loading');
    expect(rejectView('r', 's', 'C1').callback_id).toBe('sse_reject');
  });
});

describe('field errors', () => {
  it('stand at their fields, and at the first one where the view has no such field', () => {
    const problems = [
      { field: 'range_a', message: 'overlaps.' },
      { field: 'range_a', message: 'Use another.' },
      { field: 'range_b', message: 'is missing.' },
    ];
    expect(fieldErrors(problems, ['link1_wan', 'range_a'])).toEqual({
      range_a: 'overlaps. Use another.',
      link1_wan: 'range_b: is missing.',
    });
  });
});
