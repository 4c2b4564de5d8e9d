import { parseArgs } from 'node:util';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startControlServer } from './control/control-server.ts';
import { startPage } from './page/page-server.ts';
import { playStory } from './stories/play.ts';
import { readStory, type Story } from './stories/story.ts';
import { CHANNEL, startWorld, type World } from './world.ts';

const STORIES = new URL('../stories/', import.meta.url).pathname;
const DEFAULT_OPTION = 'single-wan';
/** Slack lets an app hold ten connections. */
const MOST_WORKERS = 10;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `--demo` alone means the first option. */
function optionsOf(args: readonly string[]): { demo: string | undefined; workers: number | undefined } {
  const { values } = parseArgs({
    args: args.map((a) => (a === '--demo' ? `--demo=${DEFAULT_OPTION}` : a)),
    options: { demo: { type: 'string' }, workers: { type: 'string' } },
  });
  const workers = values.workers === undefined ? undefined : Number(values.workers);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS)) {
    throw new Error(`--workers takes a number from 1 to ${MOST_WORKERS}`);
  }
  return { demo: values.demo, workers };
}

function demoStory(option: string): Story {
  const stories = readdirSync(STORIES)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readStory(join(STORIES, file)));
  const found = stories.find((story) => story.demo && story.option === option);
  if (found) return found;
  const known = stories.filter((s) => s.demo).map((s) => s.option);
  throw new Error(`there is no demo of "${option}"; there is one of ${known.join(', ')}`);
}

/** Prints every card's text fallback as it changes. */
function printCards(world: World): void {
  const shown = new Map<string, string>();
  world.slack.world.onChange(() => {
    for (const message of world.slack.world.timeline(CHANNEL)) {
      if (shown.get(message.ts) === message.text) continue;
      shown.set(message.ts, message.text);
      say(message.text);
    }
  });
}

async function demo(option: string, workers: number | undefined): Promise<number> {
  const story = demoStory(option);
  say(`${story.title}. Slack, Entra and Mist are simulated; the bot is the real one.`);
  const botLines: string[] = [];
  const world = await startWorld({
    env: story.env,
    onBotLine: (line) => botLines.push(line),
    ...(workers === undefined ? { webhooks: true } : { workers }),
  });
  try {
    await world.startBot();
    printCards(world);
    await playStory(world, story);
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(`The bot's last lines:\n${botLines.slice(-10).join('\n')}`);
    return 1;
  } finally {
    await world.close();
  }
}

async function serve(workers: number | undefined): Promise<void> {
  const world = await startWorld({
    onBotLine: (line) => say(workers === undefined ? `bot: ${line}` : `bot ${line}`),
    ...(workers === undefined ? { webhooks: true } : { workers }),
  });
  const control = await startControlServer(world);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await world.startBot();
  const page = await startPage(world);
  say(
    `Open ${page.url} – act as anna, ben or carla. Everything there is simulated; the bot is the real one.`,
  );
  say(`Control API: ${control.origin}/control/actions`);
  await stopped;
  await page.close();
  await control.close();
  await world.close();
}

try {
  const { demo: option, workers } = optionsOf(process.argv.slice(2));
  if (option === undefined) await serve(workers);
  else process.exitCode = await demo(option, workers);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
