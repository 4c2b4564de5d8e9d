import type { RequestState } from '../../db/types.ts';
import type { Option } from '../../src/design/types.ts';
import { ANNA, ask, askAndApprove, valueOf, type Wish } from '../flows/support/asking.ts';
import { CHANNEL, type Rig } from '../flows/support/compose-rig.ts';

/** A change that is disturbed, from its approval on. */
export interface Scenario {
  readonly name: string;
  /** What the request is in when nobody disturbs it. */
  readonly ends: RequestState;
  /** Makes the request that is then approved; its ID. */
  prepare(rig: Rig): Promise<string>;
  /** Mist refuses the cutover, so that everything is undone. Only where the bot is a process of its own. */
  readonly refused?: true;
}

export const SITE = 'Lyon';
export const OPTIONS: readonly Option[] = [
  'single-wan',
  'single-wan-zone-redundant',
  'dual-wan-zone-redundant',
];

function wishOf(option: Option): Wish {
  const twoRanges = option !== 'single-wan';
  return {
    option,
    values: { range_a: '10.99.99.0/29', ...(twoRanges && { range_b: '10.99.100.0/29' }), networks: ['Lab'] },
  };
}

const onboardings: readonly Scenario[] = OPTIONS.map((option) => ({
  name: option,
  ends: 'onboarded',
  prepare: (rig) => ask(rig, wishOf(option)),
}));

const offboarding: Scenario = {
  name: 'offboard',
  ends: 'offboarded',
  async prepare(rig) {
    await rig.until(await askAndApprove(rig, wishOf('single-wan')), 'onboarded');
    const where = { site: { id: rig.site(SITE), name: SITE }, channel: CHANNEL };
    return valueOf(await rig.flows.offboard(ANNA, where)).requestId;
  },
};

const unwinding: Scenario = {
  name: 'refused at the cutover',
  ends: 'rolled-back',
  refused: true,
  prepare: (rig) => ask(rig, wishOf('single-wan')),
};

/** What is disturbed by faults of the vendors. */
export const FAULTED: readonly Scenario[] = [...onboardings, offboarding];
/** What is disturbed by kill -9. */
export const CRASHED: readonly Scenario[] = [...onboardings, unwinding, offboarding];
