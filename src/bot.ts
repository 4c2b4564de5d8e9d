import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import packageJson from '../package.json' with { type: 'json' };
import { isShared, openStore } from '../db/open.ts';
import { StoreError } from '../db/store-error.ts';
import type { Store } from '../db/types.ts';
import { createLog, type Log } from './base/log.ts';
import { keepOut } from './base/redact.ts';
import { secretsOf } from './start/secrets-of.ts';
import type { Refusal } from './commands/deps.ts';
import type { Config } from './config.ts';
import { createFlows, type RunningFlows } from './flows/create-flows.ts';
import type { FlowSettings } from './flows/parts.ts';
import { createHealth } from './health.ts';
import { createMetrics, type RowCounts } from './metrics.ts';
import type { Entra } from './integrations/entra/types.ts';
import type { WebhookReceiver } from './integrations/mist/webhook-receiver.ts';
import type { Mist } from './integrations/mist/types.ts';
import { createClockWatch } from './start/clock-watch.ts';
import { createDispatcher } from './start/dispatcher.ts';
import { createMistWebhook, MIST_ROUTE } from './start/mist-webhook.ts';
import { persist } from './start/persist.ts';
import { createReadiness } from './start/readiness.ts';
import { createRefusedRequests } from './start/refused-requests.ts';
import { createSharedBudget, type SharedBudget } from './start/shared-budget.ts';
import { createSlackSide, type SlackSide } from './start/slack-side.ts';
import { StartRefused } from './start/start-refused.ts';
import { checkEntra, checkMist } from './start/vendor-checks.ts';
import { createVendors, type Vendors } from './start/vendors.ts';

/** One bot: database, both vendors, flows, commands and Slack. */
export interface Bot {
  /**
   * Resolves when the bot is ready. Stays up and tries again while Slack, Entra or Mist is away; rejects with
   * {@link StartRefused} where only a corrected configuration helps. To be called once.
   */
  start(): Promise<void>;
  /**
   * Takes nothing new, lets steps that are under way end, closes everything. Also during `start`. Never rejects: what could not
   * be closed is logged.
   */
  stop(): Promise<void>;
  /** Whether a command that somebody types now would be carried out, as long as the database answers. */
  ready(): boolean;
  readonly log: Log;
  /** HTTP mode: where Slack's requests come in. */
  port(): number | undefined;
  healthPort(): number | undefined;
}

/** Parts that a caller may wrap or replace, such as a test that kills the process at a certain call. */
export interface BotParts {
  readonly log?: Log;
  readonly clock?: { now(): number };
  readonly store?: (store: Store) => Store;
  readonly entra?: (entra: Entra) => Entra;
  readonly mist?: (mist: Mist) => Mist;
}

/** How long a stop leaves the answers of routers that are still awaited. */
const STREAM_GRACE_MS = 5000;

/** Composes the bot. Opens, sends and listens to nothing before `start`. */
export function createBot(config: Config, parts: BotParts = {}): Bot {
  for (const secret of secretsOf(config)) keepOut(secret);
  const log = parts.log ?? createLog({ level: config.logLevel });
  const clock = parts.clock ?? { now: () => Date.now() };
  const metrics = createMetrics();
  const clocks = createClockWatch({ warn: (fields, message) => log.warn(fields, message) });
  metrics.clocks(clocks.skews);
  const vendors = createVendors(config, { metrics, clocks, log });
  const entra = parts.entra?.(vendors.entra) ?? vendors.entra;
  const mist = parts.mist?.(vendors.mist) ?? vendors.mist;
  const stopping = new AbortController();
  const readiness = createReadiness({
    isSlackLive: () => slack?.live() === true,
    readDatabase: async () => {
      await store?.runs.nextWake();
      await store?.settled();
    },
    log,
  });
  const waiting = { log, signal: stopping.signal, readiness };
  let store: Store | undefined;
  let flows: RunningFlows | undefined;
  let budgets: readonly SharedBudget[] = [];
  let slack: SlackSide | undefined;
  let webhook: WebhookReceiver | undefined;
  const health =
    config.healthPort === undefined
      ? undefined
      : createHealth({
          port: config.healthPort,
          version: packageJson.version,
          report: readiness.report,
          warnings: () => [...clocks.warnings(), ...vendors.warnings()],
          metrics,
        });

  async function start(): Promise<void> {
    try {
      await startAll();
    } catch (error) {
      await stop();
      throw error;
    }
  }

  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopped ??= stopAll();
    return stopped;
  }

  async function stopAll(): Promise<void> {
    readiness.stopping();
    stopping.abort(new Error('stopped'));
    await closed('Slack', slack?.stop());
    await closed('webhooks', webhook?.drain());
    // A silent router is waited for up to a minute; such a step is looked at again after the next start.
    const hurry = setTimeout(() => void closed('Mist', mist.close()), STREAM_GRACE_MS);
    await closed('flows', flows?.stop());
    for (const budget of budgets) budget.stop();
    clearTimeout(hurry);
    await closed('Mist', mist.close());
    await closed('database', store?.close());
    await closed('health', health?.stop());
  }

  async function closed(what: string, closing: Promise<void> | undefined): Promise<void> {
    try {
      await closing;
    } catch (err) {
      log.error({ err, what }, 'could not be closed properly');
    }
  }

  async function startAll(): Promise<void> {
    for (const warning of config.warnings) log.warn({ warning }, 'configuration');
    await health?.start();
    const open = await persist('database', () => openDatabase(config), waiting);
    store = parts.store?.(open) ?? open;
    const own = store;
    await refuseForeign(own, vendorIdentity(config));
    metrics.rows(() => countRows(own, clock.now()));
    if (isShared(config.store.url.reveal())) {
      budgets = sharedBudgets(config, vendors, own, clock, log);
      for (const budget of budgets) budget.start();
    }
    flows = createFlows({
      store: own,
      entra,
      mist,
      settings: flowSettings(config),
      clock,
      log,
      onStep: ({ opId, outcome, ms }) => metrics.stepEnded(opId.replace(/\.\d+$/, ''), outcome, ms),
      dispatcher: createDispatcher(config, own, clock, log),
      owner: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
    });
    const onRefused = (refusal: Refusal): void => void audit(own, refusal);
    const onRefusedRequest = createRefusedRequests({ onRefused });
    webhook = createMistWebhook({ config, flows, log, metrics, clock, onRefusedRequest });
    slack = createSlackSide({
      config,
      flows,
      log,
      metrics,
      onRefused,
      onRefusedRequest,
      ...(webhook && { routes: new Map([[MIST_ROUTE, webhook.handle]]) }),
    });
    await Promise.all([startChanges(own, flows), startSlack(own, slack)]);
    readiness.started();
    log.info({ port: slack.port(), healthPort: health?.port() }, 'ready');
  }

  /** Both vendors accept us, the database is theirs: unfinished runs go on, whether Slack is there or not. */
  async function startChanges(own: Store, running: RunningFlows): Promise<void> {
    await Promise.all([
      persist('Entra', () => checkEntra(entra, log), waiting),
      persist('Mist', () => checkMist(mist, config.mist.orgId, log), waiting),
    ]);
    await bind(own, vendorIdentity(config));
    stopping.signal.throwIfAborted();
    await running.start();
  }

  async function startSlack(own: Store, side: SlackSide): Promise<void> {
    const { teamId } = await persist('Slack', () => side.identify(), waiting);
    await bind(own, { 'Slack workspace': teamId });
    stopping.signal.throwIfAborted();
    await side.start();
  }

  async function audit(own: Store, { actor, what, why, count, requestId }: Refusal): Promise<void> {
    try {
      await own.audit.append({
        at: clock.now(),
        actor: actor.user,
        action: 'refused',
        ...(requestId !== undefined && { requestId }),
        data: {
          what,
          team: actor.teamId,
          ...(why !== undefined && { why }),
          ...(count !== undefined && { count }),
        },
      });
    } catch (err) {
      log.error({ err, what }, 'a refusal could not be written to the audit');
    }
  }

  return {
    start,
    ready: readiness.isReady,
    log,
    stop,
    port: () => slack?.port(),
    healthPort: () => health?.port(),
  };
}

async function openDatabase({ store }: Config): Promise<Store> {
  try {
    return await openStore({ url: store.url.reveal(), key: store.key, oldKeys: store.oldKeys });
  } catch (error) {
    // A server that is away may come back; everything else needs a person.
    if (!(error instanceof StoreError) || error.code === 'store.unreachable') throw error;
    throw new StartRefused(`Database: ${error.message}. ${error.hint}`, { cause: error });
  }
}

/** What the processes of one database tell each other about both tokens. */
function sharedBudgets(
  { entra, mist }: Config,
  { mistBudget, pauses }: Vendors,
  store: Store,
  clock: { now(): number },
  log: Log,
): readonly SharedBudget[] {
  const common = {
    rows: store.budgets,
    clock,
    onError: (err: unknown) => log.warn({ err }, 'the budget could not be shared'),
  };
  return [
    createSharedBudget({ ...common, name: `mist:${mist.orgId}`, budget: mistBudget, pause: pauses.mist }),
    createSharedBudget({ ...common, name: `entra:${entra.tenantId}`, pause: pauses.entra }),
  ];
}

const MOST_CARDS = 1000;

async function countRows(store: Store, now: number): Promise<RowCounts> {
  const runs: Record<string, number> = { active: 0, unwinding: 0, 'needs-decision': 0 };
  for (const { state } of await store.runs.unfinished()) runs[state] = (runs[state] ?? 0) + 1;
  const [pending, oldestAt] = await Promise.all([
    store.outbox.pendingRequests(MOST_CARDS),
    store.outbox.oldestAt(),
  ]);
  const outboxAgeMs = oldestAt === undefined ? 0 : Math.max(0, now - oldestAt);
  return { runs, outbox: pending.length, outboxAgeMs };
}

type Identity = Readonly<Record<string, string>>;

function vendorIdentity({ entra, mist }: Config): Identity {
  return { AZURE_TENANT_ID: entra.tenantId, MIST_ORG_ID: mist.orgId };
}

/** Binds a new database for good, so only to what the other side has confirmed. */
async function bind(store: Store, identity: Identity): Promise<void> {
  const { differs } = await store.bindTo(identity);
  if (differs !== undefined) throw foreign(differs);
}

/** Refuses a database that is bound to others, and binds nothing: a mistyped ID must not become a new database's owner. */
async function refuseForeign(store: Store, identity: Identity): Promise<void> {
  let differs: string | undefined;
  const undo = new Error('only looked');
  try {
    await store.transaction(async (tx) => {
      ({ differs } = await tx.bindTo(identity));
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  if (differs !== undefined) throw foreign(differs);
}

function foreign(differs: string): StartRefused {
  return new StartRefused(
    `DATABASE_URL: this database belongs to another installation (${differs} differs). Use its own database for each.`,
  );
}

function flowSettings({ slack, approvals, entra, planning, timing, timeZone }: Config): FlowSettings {
  return {
    ...(slack.channel && { channel: slack.channel }),
    approvalsNeeded: approvals.needed,
    approvalTtlMs: approvals.ttlMs,
    timeZone,
    peeringPool: planning.peeringPool,
    maxNetworks: planning.maxNetworks,
    maxLinks: planning.maxLinks,
    deviceVendor: entra.deviceVendor,
    ...(planning.bandwidthPoolMbps !== undefined && { bandwidthPoolMbps: planning.bandwidthPoolMbps }),
    pollMs: timing.pollMs,
    ...(timing.verifyCapMs !== undefined && { verifyCapMs: timing.verifyCapMs }),
    ...(timing.rekeyCheckMs !== undefined && { rekeyCheckMs: timing.rekeyCheckMs }),
  };
}
