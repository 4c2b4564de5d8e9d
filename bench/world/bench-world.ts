import type { SlackPerson } from '../../sandbox/slack/person.ts';
import type { Message } from '../../sandbox/slack/world-types.ts';
import type { Step } from '../../sandbox/stories/story.ts';
import { playStory } from '../../sandbox/stories/play.ts';
import { CHANNEL, PEOPLE, startWorld, type World, type WorldOptions } from '../../sandbox/world.ts';

/** A world in which nothing but the calls takes time: whatever is polled is ready when it is asked for. */
export const AT_ONCE = {
  configApplyMs: 0,
  tunnelUpMs: 0,
  bgpUpMs: 0,
  endpointMs: 0,
  softwareInstallMs: 0,
  // Nothing rekeys and nothing is recorded while a bench runs.
  saSecondMs: 1000,
  aliveMs: 60_000,
} as const;

/** A world with a bot that is ready, or several, for the time of `work`. `env` is added to the bot's. */
export async function withBot<T>(
  env: Readonly<Record<string, string>>,
  work: (world: World) => Promise<T>,
  options: Pick<WorldOptions, 'workers'> = {},
): Promise<T> {
  const world = await startWorld({
    ...options,
    timing: AT_ONCE,
    env: { SSE_POLL_INTERVAL: '10ms', SSE_REKEY_CHECK: '0', LOG_LEVEL: 'warn', ...env },
  });
  try {
    await world.startBot();
    return await work(world);
  } finally {
    await world.close();
  }
}

/** From now on every answer of Slack and both vendors is so late. */
export function setLatency(world: World, ms: number): void {
  world.slack.latencyMs = ms;
  world.mist.latencyMs = ms;
  world.entra.http.latencyMs = ms;
}

/** Anna fills in the modal for a site, up to the second step's submission. */
export async function askFor(world: World, site: string, option: string): Promise<void> {
  await play(world, [
    { kind: 'types', who: 'anna', line: `/sse onboard ${site}` },
    { kind: 'fills', who: 'anna', values: { option } },
    { kind: 'submits', who: 'anna' },
    { kind: 'fills', who: 'anna', values: { networks: ['Lab'] } },
  ]);
}

/** Submits what {@link askFor} filled in and waits for the plan card. */
export async function submit(world: World, site: string): Promise<Message> {
  await play(world, [
    { kind: 'submits', who: 'anna' },
    { kind: 'card', text: `Plan ${site}` },
  ]);
  const found = cards(world, site).findLast((card) => approver(world).canClick(card.ts, 'sse_approve'));
  if (found) return found;
  throw new Error(
    `the plan of ${site} cannot be approved: ${JSON.stringify(cards(world, site).at(-1)?.text)}`,
  );
}

/** Ben approves; returns when he clicked, in epoch ms. */
export async function approve(world: World, card: Message): Promise<number> {
  const at = Date.now();
  const { outcome } = await approver(world).click(card.ts, 'sse_approve');
  if (outcome !== 'acked') throw new Error(`the approval was not acknowledged: ${outcome}`);
  return at;
}

/** Waits until a card of the channel has said so. */
export async function untilCard(world: World, text: string, patienceMs = 60_000): Promise<void> {
  await playStory(world, story([{ kind: 'card', text }]), { patienceMs });
}

function play(world: World, steps: readonly Step[]): Promise<void> {
  return playStory(world, story(steps), { patienceMs: 60_000 });
}

function story(steps: readonly Step[]): Parameters<typeof playStory>[1] {
  return { title: 'bench', demo: false, env: {}, steps: [...steps] };
}

function approver(world: World): SlackPerson {
  return world.slack.person(PEOPLE.ben);
}

function cards(world: World, site: string): Message[] {
  return world.slack.world.timeline(CHANNEL).filter((message) => message.text.includes(site));
}
