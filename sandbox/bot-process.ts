import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface BotProcessOptions {
  /** The bot's whole environment beside PATH and HOME: nothing of ours is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly healthPort: number;
  /** Called for every line of output. */
  readonly onLine?: (line: string) => void;
  readonly cwd?: string;
}

/** The bot as a process of its own. */
export interface BotProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything it has printed. */
  readonly output: string[];
  /** Resolves when `/readyz` says ready; throws with the last output where it ends before or takes too long. */
  ready(timeoutMs?: number): Promise<{ readonly ms: number }>;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or null after a signal. */
  readonly exited: Promise<number | null>;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<number | null>;
}

const ENTRY = new URL('../src/main.ts', import.meta.url).pathname;

/** Starts the unmodified bot as its users would, with this Node. */
export function startBot(options: BotProcessOptions): BotProcess {
  const started = performance.now();
  const child = spawn(process.execPath, [ENTRY], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        output.push(line);
        options.onLine?.(line);
      }
    });
  }
  let ended = false;
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      ended = true;
      resolve(code);
    });
  });
  return {
    pid: child.pid ?? -1,
    child,
    output,
    exited,
    kill: (signal) => child.kill(signal),
    async ready(timeoutMs = 30_000) {
      while (performance.now() - started < timeoutMs) {
        if (ended) throw new Error(`the bot ended before it was ready:\n${output.slice(-20).join('\n')}`);
        if (await isReady(options.healthPort)) return { ms: performance.now() - started };
        await sleep(20);
      }
      throw new Error(`the bot was not ready within ${timeoutMs} ms:\n${output.slice(-20).join('\n')}`);
    },
    async stop() {
      if (!ended) child.kill('SIGTERM');
      return exited;
    },
  };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1000) });
    return answer.ok;
  } catch {
    return false;
  }
}
