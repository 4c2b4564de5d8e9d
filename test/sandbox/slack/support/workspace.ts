import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { JsonObject } from '../../../../sandbox/contracts/slack/check.ts';
import type { SlackSimOptions } from '../../../../sandbox/slack/options.ts';
import { startSlackSim, type SlackSim } from '../../../../sandbox/slack/slack-sim.ts';

export const ALICE = 'U0ALICE001';
export const BOB = 'U0BOB00001';
export const STRANGER = 'U0STRANGE1';
export const NET = 'C0NETOPS01';
export const PRIVATE = 'C0PRIVATE1';
export const LOBBY = 'C0LOBBY001';

/** A workspace with two colleagues, one stranger, three channels and one user group. */
export function startWorkspace(options: Partial<SlackSimOptions> = {}): Promise<SlackSim> {
  return startSlackSim({
    users: [
      { id: ALICE, name: 'alice' },
      { id: BOB, name: 'bob', realName: 'Bob B.' },
      { id: STRANGER, name: 'eve', teamId: 'T0OTHER001' },
    ],
    channels: [
      { id: NET, name: 'netops', members: [ALICE, BOB, STRANGER] },
      { id: PRIVATE, name: 'secret', kind: 'private', bot: false },
      { id: LOBBY, name: 'lobby', bot: false },
    ],
    userGroups: [{ id: 'S0APPROVE1', handle: 'approvers', users: [BOB] }],
    ...options,
  });
}

/** The real Bolt app in Socket Mode, connected as a bot would be. */
export function boltApp(sim: SlackSim, pingTimeout = 5000): App {
  const { apiUrl: slackApiUrl } = sim;
  const receiver = new SocketModeReceiver({
    appToken: sim.appToken,
    logLevel: LogLevel.ERROR,
    clientPingTimeout: pingTimeout,
    installerOptions: { clientOptions: { slackApiUrl, retryConfig: { retries: 100, factor: 1.3 } } },
  });
  return new App({
    token: sim.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl, retryConfig: { retries: 0 } },
  });
}

export type ApiAnswer = JsonObject & {
  ok: boolean;
  error?: string;
  response_metadata?: { messages?: string[] };
};

/** Calls a method as the SDK does: a form whose objects are JSON strings. */
export async function api(
  sim: SlackSim,
  method: string,
  args: JsonObject = {},
  token: string | null = sim.botToken,
): Promise<ApiAnswer> {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(args)) {
    form.set(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  const response = await fetch(`${sim.apiUrl}${method}`, {
    method: 'POST',
    body: form,
    ...(token !== null && { headers: { authorization: `Bearer ${token}` } }),
  });
  return (await response.json()) as ApiAnswer;
}

export function plain(text: string): JsonObject {
  return { type: 'plain_text', text };
}

export function input(blockId: string, element: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    type: 'input',
    block_id: blockId,
    label: plain(blockId),
    element: { action_id: 'value', ...element },
    ...more,
  };
}

export function modal(callbackId: string, blocks: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    type: 'modal',
    callback_id: callbackId,
    title: plain('Title'),
    submit: plain('Next'),
    blocks,
    ...more,
  };
}

export function button(actionId: string, value = 'r1', more: JsonObject = {}): JsonObject {
  return { type: 'button', action_id: actionId, text: plain(actionId), value, ...more };
}

export function option(value: string): JsonObject {
  return { text: plain(value), value };
}
