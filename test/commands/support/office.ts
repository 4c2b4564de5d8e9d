import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { startSlackSim, type SlackSim } from '../../../sandbox/slack/slack-sim.ts';
import type { SlackSimOptions } from '../../../sandbox/slack/options.ts';
import { createLog } from '../../../src/base/log.ts';
import type { Refusal } from '../../../src/commands/deps.ts';
import { readConfig, type Config } from '../../../src/config.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { createRefusedRequests } from '../../../src/start/refused-requests.ts';
import { createSlackSide, type SlackSide } from '../../../src/start/slack-side.ts';
import { DeskFlows } from './desk-flows.ts';

export const CHANNEL = 'C0NETWORK1';
/** A channel that the bot was not invited to. */
export const FOREIGN_CHANNEL = 'C0FOREIGN1';
export const REQUESTER = 'U0REQUEST1';
export const APPROVER = 'U0APPROVE1';
/** Approver by way of a user group. */
export const GROUP_APPROVER = 'U0APPROVE2';
export const BYSTANDER = 'U0BYSTAND1';
/** From another company, in a shared channel. */
export const STRANGER = 'U0STRANGE1';
export const GROUP = 'S0APPROVE1';

/** The Slack side of a bot with its flows played by a desk, connected to a simulated workspace. */
export interface Office {
  readonly sim: SlackSim;
  readonly flows: DeskFlows;
  readonly slack: SlackSide;
  readonly refusals: Refusal[];
  /** Every line of the log, at the finest level. */
  readonly log: string[];
  /** What this person was told in private last. */
  lastTold(user: string): string;
  close(): Promise<void>;
}

export function slackConfig(sim: SlackSim, over: Readonly<Record<string, string>> = {}): Config {
  const config = readConfig({
    SLACK_BOT_TOKEN: sim.botToken,
    SLACK_APP_TOKEN: sim.appToken,
    SLACK_API_URL: sim.apiUrl,
    SSE_APPROVERS: `${APPROVER},${GROUP}`,
    SSE_OPERATORS: `${REQUESTER},${APPROVER}`,
    AZURE_TENANT_ID: 'tenant',
    AZURE_CLIENT_ID: 'client',
    AZURE_CLIENT_SECRET: 'secret',
    MIST_API_TOKEN: 'token',
    MIST_ORG_ID: 'org',
    MIST_BASE_URL: 'http://127.0.0.1:9',
    SSE_SECRET_KEY: randomBytes(32).toString('base64'),
    PORT: '0',
    ...over,
  });
  if (!config.ok) throw new Error(config.failure);
  return config.value;
}

export function workspace(over: Partial<SlackSimOptions> = {}): Promise<SlackSim> {
  return startSlackSim({
    users: [
      { id: REQUESTER, name: 'requester' },
      { id: APPROVER, name: 'approver' },
      { id: GROUP_APPROVER, name: 'approver2' },
      { id: BYSTANDER, name: 'bystander' },
      { id: STRANGER, name: 'stranger', teamId: 'T0OTHER001' },
    ],
    channels: [
      { id: CHANNEL, name: 'network', members: [REQUESTER, APPROVER, GROUP_APPROVER, BYSTANDER, STRANGER] },
      { id: FOREIGN_CHANNEL, name: 'foreign', bot: false },
    ],
    userGroups: [{ id: GROUP, handle: 'approvers', users: [GROUP_APPROVER] }],
    ...over,
  });
}

export async function openOffice(
  env: Readonly<Record<string, string>> = {},
  sim?: SlackSim,
): Promise<Office> {
  const world = sim ?? (await workspace());
  const flows = new DeskFlows();
  const refusals: Refusal[] = [];
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const slack = createSlackSide({
    config: slackConfig(world, env),
    flows,
    log: createLog({ level: 'trace', destination }),
    metrics: createMetrics(),
    onRefused: (refusal) => refusals.push(refusal),
    onRefusedRequest: createRefusedRequests({ onRefused: (refusal) => refusals.push(refusal) }),
  });
  await slack.identify();
  await slack.start();
  return {
    sim: world,
    flows,
    slack,
    refusals,
    log: lines,
    lastTold: (user) => world.person(user).ephemerals.at(-1)?.text ?? '',
    async close() {
      await slack.stop();
      await world.close();
    },
  };
}
