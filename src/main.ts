import { enableCompileCache } from 'node:module';
import type { Bot } from './bot.ts';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  refuse(
    `Node 24 or later is needed, this is ${process.versions.node}. Use: npm start, or node_modules/.bin/node src/main.ts`,
  );
}
// Halves the time to load the rest; where its folder cannot be written, Node goes on without.
enableCompileCache();
// Loaded afterwards, so that a Node that strips types but is too old gets as far as the message above.
const { readConfig } = await import('./config.ts');

/** Nothing that is under way needs longer; then the process ends anyway, and goes on at the next start. */
const STOP_MS = 20_000;

const config = readConfig();
if (!config.ok) refuse(config.failure);
if (config.value.proxy) {
  const { useProxy } = await import('./start/proxy.ts');
  useProxy(config.value.proxy);
}
const { createBot } = await import('./bot.ts');
const { StartRefused } = await import('./start/start-refused.ts');
const bot = createBot(config.value);
const isEnding = handleProcess(bot);
try {
  await bot.start();
} catch (error) {
  if (!isEnding()) {
    if (error instanceof StartRefused) refuse(error.message);
    bot.log.fatal({ err: error }, 'the bot could not start');
    process.exit(1);
  }
}

/** Somebody must correct something before another start makes sense. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function handleProcess({ stop, log }: Bot): () => boolean {
  let ending = false;
  async function end(signal: string): Promise<void> {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await stop();
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));
  process.on('unhandledRejection', (reason) => {
    // Slack's socket client leaves an empty one behind when it is stopped while it connects.
    if (reason !== undefined) log.error({ err: reason }, 'unhandled rejection');
  });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  return () => ending;
}
