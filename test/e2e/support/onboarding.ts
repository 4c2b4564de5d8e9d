import type { Step, Story } from '../../../sandbox/stories/story.ts';
import { playStory } from '../../../sandbox/stories/play.ts';
import { CHANNEL, type World } from '../../../sandbox/world.ts';

const fills = (values: Record<string, string | string[]>): Step => ({ kind: 'fills', who: 'anna', values });

/** Anna asks for Lyon with one WAN link, up to the plan card. */
export const ASK: readonly Step[] = [
  { kind: 'types', who: 'anna', line: '/sse onboard' },
  fills({ site: 'Lyon', option: 'single-wan' }),
  { kind: 'submits', who: 'anna' },
  fills({ link1_wan: 'wan0', link1_public_ip: '203.0.113.10', range_a: '10.99.99.0/29', networks: ['Lab'] }),
  { kind: 'submits', who: 'anna' },
  { kind: 'card', text: 'Plan Lyon' },
];

export const APPROVE: Step = { kind: 'clicks', who: 'ben', action: 'sse_approve' };

/** Plays these steps; throws with the whole situation where one does not hold. */
export function play(world: World, title: string, steps: readonly Step[]): Promise<void> {
  const story: Story = { title, demo: false, env: {}, steps: [...steps] };
  return playStory(world, story);
}

/** What the channel says now, oldest first. */
export function cards(world: World): string[] {
  return world.slack.world.timeline(CHANNEL).map((m) => m.text);
}

export interface MutatingCall {
  readonly system: 'entra' | 'mist';
  readonly method: string;
  readonly path: string;
}

/** Calls that change something on either vendor's side; commands and token requests do not. */
export function mutatingCalls(world: World): MutatingCall[] {
  const pick = (system: 'entra' | 'mist'): (MutatingCall & { at: number })[] =>
    world[system].calls
      .filter((c) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(c.method))
      .filter((c) => !/oauth2|\/show_|service_ping/.test(c.path))
      .map(({ method, path, at }) => ({ system, method, path, at }));
  return [...pick('entra'), ...pick('mist')].toSorted((a, b) => a.at - b.at);
}
