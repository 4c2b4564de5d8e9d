import { startBot, type BotProcess } from './bot-process.ts';

/** One of the bots, as the control API and the page show it. */
export interface WorkerLine {
  readonly number: number;
  readonly pid: number | undefined;
  /** `frozen`: alive, but it does not get any time, as a machine that hangs. */
  readonly state: 'running' | 'frozen' | 'ended';
  /** The message of the last line of its log. */
  readonly said?: string;
}

export const WORKER_ACTIONS = ['kill', 'end', 'freeze', 'continue', 'start'] as const;
export type WorkerAction = (typeof WORKER_ACTIONS)[number];

/** The bots of a world: one, or several that share a database. Numbers begin with 1. */
export interface Workers {
  /** The process of this number that runs now; throws where there is none. */
  bot(number?: number): BotProcess;
  list(): readonly WorkerLine[];
  /** Starts those that do not run, one after the other, and waits until each is ready. */
  startAll(): Promise<void>;
  /** Starts the bot of this number (again) and waits until it is ready. */
  start(number: number): Promise<BotProcess>;
  /** Throws where there is no such worker. A start is not waited for. */
  act(number: number, action: WorkerAction): void;
  stop(): Promise<void>;
}

export interface WorkersOptions {
  readonly count: number;
  /** The environment of each, with its own ports. */
  readonly env: (number: number) => Readonly<Record<string, string>>;
  readonly onLine?: (line: string, number: number) => void;
}

interface Worker {
  process?: BotProcess;
  ended: boolean;
  frozen: boolean;
  said?: string;
}

const SIGNALS = { kill: 'SIGKILL', end: 'SIGTERM', freeze: 'SIGSTOP', continue: 'SIGCONT' } as const;

export function createWorkers({ count, env, onLine }: WorkersOptions): Workers {
  const workers: Worker[] = Array.from({ length: count }, () => ({ ended: false, frozen: false }));

  function worker(number: number): Worker {
    const found = workers[number - 1];
    if (!found) throw new Error(`there is no worker ${number}; there are ${count}`);
    return found;
  }

  function isRunning(one: Worker): boolean {
    return one.process !== undefined && !one.ended;
  }

  async function start(number: number): Promise<BotProcess> {
    const own = worker(number);
    if (own.process && isRunning(own)) return own.process;
    const values = env(number);
    const process = startBot({
      env: values,
      healthPort: Number(values['HEALTH_PORT']),
      onLine(line: string) {
        own.said = messageOf(line) ?? own.said ?? '';
        onLine?.(line, number);
      },
    });
    own.process = process;
    own.ended = false;
    own.frozen = false;
    void process.exited.then(() => {
      if (own.process === process) own.ended = true;
    });
    await process.ready();
    return process;
  }

  return {
    bot(number = 1) {
      const { process } = worker(number);
      if (!process) throw new Error('no bot is running');
      return process;
    },
    list: () =>
      workers.map((one, index) => ({
        number: index + 1,
        pid: isRunning(one) ? one.process?.pid : undefined,
        state: !isRunning(one) ? 'ended' : one.frozen ? 'frozen' : 'running',
        ...(one.said && { said: one.said }),
      })),
    async startAll() {
      for (const number of workers.keys()) await start(number + 1);
    },
    start,
    act(number, action) {
      const own = worker(number);
      if (action === 'start') {
        // What hinders it is in its output.
        start(number).catch(() => undefined);
        return;
      }
      if (!own.process || !isRunning(own)) throw new Error(`worker ${number} does not run`);
      own.process.kill(SIGNALS[action]);
      own.frozen = action === 'freeze' || (own.frozen && action === 'end');
    },
    async stop() {
      await Promise.all(
        workers.map(async (one) => {
          if (one.frozen && isRunning(one)) one.process?.kill('SIGCONT');
          await one.process?.stop();
        }),
      );
    },
  };
}

/** Of a line of JSON; undefined where it is none. */
function messageOf(line: string): string | undefined {
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown };
    return typeof msg === 'string' ? msg : undefined;
  } catch {
    return undefined;
  }
}
