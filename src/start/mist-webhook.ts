import type { Log } from '../base/log.ts';
import type { Config } from '../config.ts';
import type { RunningFlows } from '../flows/create-flows.ts';
import type { Metrics } from '../metrics.ts';
import { createWebhookReceiver, type WebhookReceiver } from '../integrations/mist/webhook-receiver.ts';
import type { NoteRefusedRequest } from './refused-requests.ts';

export const MIST_ROUTE = 'POST /webhooks/mist';

export interface MistWebhookOptions {
  readonly config: Config;
  readonly flows: Pick<RunningFlows, 'mistEvents'>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: { now(): number };
  readonly onRefusedRequest: NoteRefusedRequest;
}

/** The receiver of Mist's webhooks; undefined where no secret is configured. */
export function createMistWebhook(options: MistWebhookOptions): WebhookReceiver | undefined {
  const { config, flows, log, metrics, clock, onRefusedRequest } = options;
  const { webhookSecret: secret, orgId } = config.mist;
  if (secret === undefined) return undefined;
  return createWebhookReceiver({
    secret,
    orgId,
    now: () => clock.now(),
    onEvents: flows.mistEvents,
    onRefused(why) {
      log.warn({ why }, 'request to /webhooks/mist refused');
      onRefusedRequest(MIST_ROUTE, why);
      metrics.webhookEvents('none', 'refused', 1);
    },
    onDelivery({ topic, events, leftOut }) {
      metrics.webhookEvents(topic, 'taken', events.length);
      for (const [why, count] of Object.entries(leftOut)) metrics.webhookEvents(topic, why, count);
    },
    onError: (err) => log.error({ err }, 'events of Mist could not be worked off'),
  });
}
