import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, writeFileSync } from 'node:fs';
import type { Store } from '../../db/types.ts';
import { RemoteError } from '../../src/base/failure.ts';
import { createBot } from '../../src/bot.ts';
import { readConfig } from '../../src/config.ts';
import type { Entra } from '../../src/integrations/entra/types.ts';
import type { Mist } from '../../src/integrations/mist/types.ts';

/**
 * The bot as a process that kills itself at one of its points: before and after each write of the journal and each mutating call.
 * `CRASH_AT`: a line of `POINTS_FILE`, which gets one for each point that was passed, or `safe` for the first point that is not inside
 * a transaction; missing = never. `CRASH_SIGNAL`: `SIGSTOP` where it is to stand still instead, told by `MARK_FILE`. `BROKEN` makes it
 * an executor that must not pass: `blind` never finds what stands there, `unguarded` sends without being asked whether it may.
 */
const { CRASH_AT: crashAt, CRASH_SIGNAL: signal, POINTS_FILE: pointsFile, MARK_FILE: markFile } = process.env;
const isCutoverRefused = process.env['REFUSE_CUTOVER'] === '1';
const broken = process.env['BROKEN'];
/** Outside of whatever the caller is in, the permit to send included. */
const outside = AsyncLocalStorage.snapshot();
/** How often each point was passed: steps that go side by side pass theirs in any order. */
const passed = new Map<string, number>();
let crashed = false;

function point(name: string, isSafe = false): void {
  const times = (passed.get(name) ?? 0) + 1;
  passed.set(name, times);
  const line = times === 1 ? name : `${name}, time ${times}`;
  if (pointsFile !== undefined) appendFileSync(pointsFile, `${line}\n`);
  const isIt = crashAt === 'safe' ? isSafe && !crashed : line === crashAt;
  if (!isIt) return;
  crashed = true;
  if (signal === 'SIGSTOP' && markFile !== undefined) writeFileSync(markFile, line);
  process.kill(process.pid, signal === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL');
}

const WRITES: readonly string[] = [
  'createRemoteNetwork',
  'deleteRemoteNetwork',
  'createDeviceLink',
  'deleteDeviceLink',
  'setNetworkProfiles',
  'putDevice',
  'createService',
  'deleteService',
];

/** A client with a point on both sides of every call that changes something. */
function wrapClient<T extends Entra | Mist>(client: T): T {
  return new Proxy(client, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (broken === 'blind' && name === 'remoteNetworks') return async () => [];
      if (typeof method !== 'function' || !WRITES.includes(String(name))) return method;
      return async (...args: unknown[]): Promise<unknown> => {
        point(`before ${String(name)}`, true);
        if (isCutoverRefused && JSON.stringify(args).includes('"microsoft-sse"')) throw refusedCutover();
        const send = (): unknown => Reflect.apply(method, target, args);
        const answer: unknown = await (broken === 'unguarded' ? outside(send) : send());
        point(`after ${String(name)}`, true);
        return answer;
      };
    },
  });
}

function refusedCutover(): RemoteError {
  const hint = 'This cutover is refused.';
  return new RemoteError({ system: 'mist', kind: 'rejected', message: 'refused', hint });
}

/** A store with a point before each write of the journal and after the commit of each transaction that held one. */
function wrapStore(store: Store, onWrite: () => void = () => undefined): Store {
  const runs: Store['runs'] = {
    ...store.runs,
    writeStep(runId, epoch, opId, event, patch, now, leaseMs) {
      point(`before journal ${event} ${opId}`);
      onWrite();
      return store.runs.writeStep(runId, epoch, opId, event, patch, now, leaseMs);
    },
    writeRun(runId, epoch, patch, now) {
      if (patch.state !== undefined) {
        point(`before journal ${patch.state}`);
        onWrite();
      }
      return store.runs.writeRun(runId, epoch, patch, now);
    },
  };
  return {
    ...store,
    runs,
    async transaction(work, mode) {
      let wrote = false;
      const noted = (): void => void (wrote = true);
      const result = await store.transaction((tx) => work(wrapStore(tx, noted)), mode);
      if (wrote) point('after the commit', true);
      return result;
    },
  };
}

const config = readConfig(process.env);
if (!config.ok) {
  process.stderr.write(`${config.failure}\n`);
  process.exit(2);
}
const bot = createBot(config.value, { store: wrapStore, entra: wrapClient, mist: wrapClient });
process.once('SIGTERM', () => void bot.stop().then(() => process.exit(0)));
await bot.start();
