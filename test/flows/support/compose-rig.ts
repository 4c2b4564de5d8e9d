import type { Migration } from 'kysely/migration';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestState, Store } from '../../../db/types.ts';
import { openStore } from '../../../db/open.ts';
import { createEmbeddedDispatcher } from '../../../src/flows/engine/dispatcher-embedded.ts';
import { createPgBossDispatcher } from '../../../src/flows/engine/dispatcher-pgboss.ts';
import { createDataPlane, type RunningDataPlane } from '../../../sandbox/data-plane/data-plane.ts';
import type { Timing } from '../../../sandbox/data-plane/views.ts';
import { startEntraSim, type EntraSim } from '../../../sandbox/entra/entra-sim.ts';
import { startMistSim, type MistSim, type MistSimOptions } from '../../../sandbox/mist/mist-sim.ts';
import { makeCertificates } from '../../../sandbox/tls/certificates.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createFlows, type RunningFlows } from '../../../src/flows/create-flows.ts';
import type { FlowParts, FlowSettings } from '../../../src/flows/parts.ts';
import { createEntra } from '../../../src/integrations/entra/client.ts';
import { createMist } from '../../../src/integrations/mist/client.ts';
import type { Entra } from '../../../src/integrations/entra/types.ts';
import type { Mist } from '../../../src/integrations/mist/types.ts';
import { tempDir, testKey } from '../../db/temp-store.ts';

const { ca, key, cert } = await makeCertificates();
/** The authority of the simulated Entra, for a bot that runs as a process of its own. */
export const CA = ca;
// Stands for NODE_EXTRA_CA_CERTS, which Node reads only when a process starts.
tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);

export const CHANNEL = 'C0NETWORK1';

/** Everything at once, but each in an order that a real world has. */
const FAST: Timing = {
  configApplyMs: 1,
  tunnelUpMs: 1,
  bgpUpMs: 1,
  endpointMs: 5,
  softwareInstallMs: 1,
  saSecondMs: 1000,
  aliveMs: 60_000,
};

/** The router prints at once and in few pieces; what it prints is as untidy as ever. */
const MANNERS = { startMs: 1, gapMs: 0, maxChunk: 2000 };

/** What no request leaves again. */
const FINAL: readonly RequestState[] = [
  'verified',
  'rejected',
  'expired',
  'cancelled',
  'void',
  'rolled-back',
  'failed',
];

const SETTINGS: FlowSettings = {
  approvalsNeeded: 1,
  approvalTtlMs: 3_600_000,
  timeZone: 'UTC',
  peeringPool: ['10.99.96.0/20'],
  maxNetworks: 10,
  maxLinks: 4,
  bandwidthPoolMbps: 5000,
  pollMs: 10,
  rekeyCheckMs: 0,
};

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface RigOptions {
  readonly settings?: Partial<FlowSettings>;
  readonly timing?: Partial<Timing>;
  readonly mist?: MistSimOptions;
  /** Per attempt of one call; short where a test lets a vendor be slow. */
  readonly timeoutMs?: number;
  /** A client in front of the real one, such as one that counts. */
  readonly wrapEntra?: (entra: Entra) => Entra;
  readonly wrapMist?: (mist: Mist) => Mist;
  /** False leaves the flows as they are composed: nothing is carried out. */
  readonly start?: boolean;
  /** Keeps the rig until the end of the file instead of the end of the test. */
  readonly shared?: boolean;
  /** How long {@link Rig.until} waits; default 90 s. */
  readonly patienceMs?: number;
  /** `postgres://…` of an empty database; default is a SQLite file of the rig's own. */
  readonly postgres?: string;
  /** Fills the SQLite file before it is opened. */
  readonly prepareFile?: (file: string) => void;
  /** Instead of the released ones. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Where the time of the flows begins; default is now. */
  readonly aheadMs?: number;
}

/** The flows over a database of their own and both simulated vendors, with the data plane between them. */
export interface Rig {
  readonly flows: RunningFlows;
  readonly parts: FlowParts;
  readonly store: Store;
  readonly entra: EntraSim;
  readonly mist: MistSim;
  readonly plane: RunningDataPlane;
  readonly timing: Timing;
  readonly log: LogLine[];
  /** Added to the time of the flows. */
  readonly clock: { aheadMs: number; now(): number };
  /** ID of a site of the sandbox's organisation. */
  site(name: string): string;
  /** Waits until the request is in one of these states; throws with its story where it is not in time. */
  until(requestId: string, ...states: RequestState[]): Promise<RequestState>;
  /** Stops the flows and lets go of the database, for another process; both simulators go on. Returns its URL. */
  handOver(): Promise<string>;
  close(): Promise<void>;
}

/** Starts a rig that whoever started it closes; nothing is carried out before `flows.start()`. */
export async function composeRig(options: RigOptions = {}): Promise<Rig> {
  const timing: Timing = { ...FAST, ...options.timing };
  const entra = await startEntraSim({ tls: { key, cert }, timing });
  const mist = await startMistSim({ manners: MANNERS, ...options.mist, timing });
  const plane = createDataPlane({ entra, mist, timing });
  mist.attach(plane);
  const stopWatching = entra.onChange(() => plane.poke());
  const temp = tempDir();
  options.prepareFile?.(temp.file);
  const url = options.postgres ?? `sqlite:${temp.file}`;
  const store = await openStore({ url, key: testKey() }, options.migrations);
  const timeoutMs = options.timeoutMs ?? 15_000;
  const entraClient = createEntra({
    credential: {
      kind: 'secret',
      tenantId: entra.tenantId,
      clientId: entra.clientId,
      clientSecret: new Secret(entra.clientSecret),
    },
    authorityHost: entra.authorityHost,
    graphBaseUrl: entra.origin,
    deviceVendor: 'other',
    timeoutMs,
  });
  const mistClient = createMist({
    baseUrl: mist.origin,
    wsUrl: mist.wsUrl,
    token: new Secret(mist.token),
    orgId: mist.orgId,
    timeoutMs,
    // As long as a process may stand still on a busy machine; a listing that is complete waits for none of them.
    silenceMs: 250,
    firstMessageMs: 2000,
    overallMs: 15_000,
  });
  const log: LogLine[] = [];
  const writer =
    (level: LogLine['level']) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void =>
      void log.push({ level, fields, message });
  const logger = { info: writer('info'), warn: writer('warn'), error: writer('error') };
  const clock = { aheadMs: options.aheadMs ?? 0, now: () => Date.now() + clock.aheadMs };
  const parts: FlowParts = {
    store,
    entra: options.wrapEntra?.(entraClient) ?? entraClient,
    mist: options.wrapMist?.(mistClient) ?? mistClient,
    settings: { ...SETTINGS, ...options.settings },
    clock,
    log: logger,
    owner: 'test',
    dispatcher:
      options.postgres === undefined
        ? createEmbeddedDispatcher({ runs: store.runs, clock, log: logger })
        : createPgBossDispatcher({ runs: store.runs, schedules: store.schedules, url, clock, log: logger }),
  };
  const flows = createFlows(parts);
  let closing: Promise<void> | undefined;
  let storeClosed: Promise<void> | undefined;

  return {
    flows,
    parts,
    store,
    entra,
    mist,
    plane,
    timing,
    log,
    clock,
    site(name) {
      const found = [...mist.store.sites.values()].find((s) => s.body.name === name);
      if (!found) throw new Error(`no site ${name}`);
      return found.body.id;
    },
    async until(requestId, ...states) {
      const end = performance.now() + (options.patienceMs ?? 90_000);
      for (;;) {
        const request = await store.requests.get(requestId);
        if (request && states.includes(request.state)) return request.state;
        if (performance.now() > end || (request && FINAL.includes(request.state)))
          throw new Error(`not ${states.join(' or ')}: ${await storyOf(requestId)}`);
        await sleep(5);
      }
    },
    async handOver() {
      await flows.stop();
      await mistClient.close();
      await closeStore();
      return url;
    },
    close: () => (closing ??= closeAll()),
  };

  function closeStore(): Promise<void> {
    storeClosed ??= store.close();
    return storeClosed;
  }

  async function closeAll(): Promise<void> {
    await flows.stop();
    await mistClient.close();
    stopWatching();
    plane.close();
    await Promise.all([entra.close(), mist.close()]);
    await closeStore();
    temp.remove();
  }

  async function storyOf(requestId: string): Promise<string> {
    const view = await flows.cards.view(requestId);
    if (!view) return 'there is no such request';
    const steps = view.steps
      .filter((s) => s.state !== 'done')
      .map((s) => [s.id, s.state, s.progress ?? s.failure?.hint ?? ''].join(' '));
    const { state, reason, failure } = view;
    return JSON.stringify({ state, reason, failure: failure?.message, steps, log: log.slice(-10) }, null, 1);
  }
}

/** Waits until `look` holds something; what both simulators do has no common event to wait for. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error('it never came to be');
    await sleep(5);
  }
}
