import { isShared } from '../../db/open.ts';
import type { Store } from '../../db/types.ts';
import type { Log } from '../base/log.ts';
import type { Config } from '../config.ts';
import { createEmbeddedDispatcher } from '../flows/engine/dispatcher-embedded.ts';
import { createPgBossDispatcher } from '../flows/engine/dispatcher-pgboss.ts';
import type { Dispatcher } from '../flows/engine/types.ts';

/** In this process alone over a SQLite file, over all bots of one PostgreSQL. Nothing runs before its `start`. */
export function createDispatcher(
  config: Config,
  store: Store,
  clock: { now(): number },
  log: Log,
): Dispatcher {
  const url = config.store.url.reveal();
  if (!isShared(url)) return createEmbeddedDispatcher({ runs: store.runs, clock, log });
  return createPgBossDispatcher({ runs: store.runs, schedules: store.schedules, url, clock, log });
}
