import type { SlackPerson } from '../slack/person.ts';
import type { Message } from '../slack/world-types.ts';
import { applyAction } from '../control/actions.ts';
import { entraSummary, mistSummary } from '../control/summary.ts';
import { CHANNEL, PEOPLE, type World } from '../world.ts';
import { differences } from './differences.ts';
import { matches, type Step, type Story } from './story.ts';

const PATIENCE_MS = 60_000;

export interface PlayOptions {
  /** Told about every step before it is played. */
  readonly onStep?: (step: Step, position: number) => void;
  readonly patienceMs?: number;
}

/** Plays a story against a running world; throws at the first line that does not hold, naming it. */
export async function playStory(world: World, story: Story, options: PlayOptions = {}): Promise<void> {
  const player = new Player(world, options.patienceMs ?? PATIENCE_MS);
  for (const [index, step] of story.steps.entries()) {
    options.onStep?.(step, index + 1);
    try {
      await player.play(step);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `"${story.title}", line ${index + 1} (${JSON.stringify(step)}): ${why}\n${player.situation()}`,
        {
          cause: error,
        },
      );
    }
  }
  const { violations } = world.slack;
  if (violations.length > 0) throw new Error(`Slack's contract was violated: ${JSON.stringify(violations)}`);
}

class Player {
  readonly #world: World;
  readonly #patienceMs: number;

  constructor(world: World, patienceMs: number) {
    this.#world = world;
    this.#patienceMs = patienceMs;
  }

  async play(step: Step): Promise<void> {
    const { slack } = this.#world;
    switch (step.kind) {
      case 'types':
        return void acked((await this.#person(step.who).command(CHANNEL, step.line)).outcome);
      case 'fills':
        return this.#fill(this.#person(step.who), step.values);
      case 'submits':
        return this.#submit(this.#person(step.who), step.errors);
      case 'clicks': {
        const person = this.#person(step.who);
        const card = await this.#until(() =>
          [...person.ephemerals, ...this.#cards()].findLast((m) => person.canClick(m.ts, step.action)),
        );
        return void acked((await person.click(card.ts, step.action)).outcome);
      }
      case 'told':
        return void (await this.#until(() =>
          this.#person(step.who).ephemerals.find((e) => matches(step.text, e.text)),
        ));
      case 'sees':
        return void (await this.#until(() =>
          matches(step.text, JSON.stringify(this.#person(step.who).view?.content ?? '')),
        ));
      case 'closes':
        return void (await this.#person(step.who).dismiss());
      case 'card':
      case 'status':
        return void (await this.#until(() =>
          this.#cards().find((m) => m.versions.some((v) => matches(step.text, v.text))),
        ));
      case 'shows':
        return void (await this.#until(() =>
          this.#cards().find((m) => matches(step.text, JSON.stringify(m.blocks))),
        ));
      case 'thread':
        return void (await this.#until(() =>
          this.#cards().some((m) =>
            slack.world.thread(CHANNEL, m.ts).some((reply) => matches(step.text, reply.text)),
          ),
        ));
      case 'break':
        return applyAction(this.#world, step.action);
      case 'entra':
        return this.#holds('Entra', step.expected, () => entraSummary(this.#world.entra));
      case 'mist':
        return this.#holds('Mist', step.expected, () => mistSummary(this.#world.mist));
      case 'restart': {
        const bot = this.#world.bot();
        bot.kill(step.signal);
        await bot.exited;
        await this.#world.startBot();
      }
    }
  }

  /** What a person at the screen sees now, for the error of a line that does not hold. */
  situation(): string {
    const { slack } = this.#world;
    const people = Object.entries(PEOPLE).map(([name, id]) => {
      const view = slack.person(id).view?.content['callback_id'];
      const told = slack.world.ephemeralsFor(id).map((e) => e.text);
      return `${name}: modal ${JSON.stringify(view ?? null)}, told ${JSON.stringify(told)}`;
    });
    return [...this.#cards().map((m) => `channel: ${m.text}`), ...people].join('\n');
  }

  #person(name: string): SlackPerson {
    const id = (PEOPLE as Readonly<Record<string, string>>)[name];
    if (id === undefined) throw new Error(`nobody is called ${name}`);
    return this.#world.slack.person(id);
  }

  /** Messages of the channel that a bot wrote, oldest first. */
  #cards(): Message[] {
    return this.#world.slack.world.timeline(CHANNEL);
  }

  /** Fills what is on top; an external select is searched first and chosen by its label. */
  async #fill(
    person: SlackPerson,
    values: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<void> {
    for (const [field, value] of Object.entries(values)) {
      await this.#until(() => person.view !== undefined && person.fields.includes(field));
      if (String(person.field(field)['type']).endsWith('external_select') && typeof value === 'string') {
        const offered = await person.suggest(field, value);
        const found = offered.find((o) => (o['text'] as { text?: unknown }).text === value);
        if (!found) throw new Error(`${field} offers no "${value}": ${JSON.stringify(offered)}`);
        await person.fill(field, String(found['value']));
      } else await person.fill(field, typeof value === 'string' ? value : [...value]);
    }
  }

  async #submit(person: SlackPerson, errors: Readonly<Record<string, string>> | undefined): Promise<void> {
    const answer = await person.submit();
    if (!errors) {
      if (!['closed', 'updated', 'pushed', 'cleared'].includes(answer.result)) {
        throw new Error(`not accepted: ${JSON.stringify(answer)}`);
      }
      // The next step begins when the loading view has been replaced.
      if (answer.result === 'updated') {
        await this.#until(() => person.view?.content['callback_id'] !== 'sse_loading');
      }
      return;
    }
    if (answer.result !== 'errors') throw new Error(`expected field errors, got ${JSON.stringify(answer)}`);
    for (const [field, pattern] of Object.entries(errors)) {
      const text = answer.errors[field] ?? '';
      if (!matches(pattern, text)) throw new Error(`${field} says "${text}"`);
    }
  }

  async #holds(side: string, expected: unknown, now: () => unknown): Promise<void> {
    try {
      await this.#until(() => differences(expected, now()).length === 0);
    } catch {
      throw new Error(`${side} differs: ${differences(expected, now()).join('; ')}`);
    }
  }

  #until<T>(look: () => T | undefined | null | false): Promise<T> {
    return poll(look, this.#patienceMs);
  }
}

function acked(outcome: string): void {
  if (outcome !== 'acked') throw new Error(`the bot did not answer: ${outcome}`);
}

/** Both vendors' stores have no change events in common, so this polls. */
async function poll<T>(look: () => T | undefined | null | false, patienceMs: number): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
