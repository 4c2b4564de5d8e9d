import { createHmac, randomUUID } from 'node:crypto';
import { list, text, type Json } from './json.ts';
import { nowSeconds, type MistStore } from './store.ts';

const PATIENCE_MS = 5000;

/** Delivers events to the webhooks that are stored, signed as Mist signs them. */
export function createWebhookSender(store: MistStore) {
  const stop = new AbortController();

  /** Sends to every enabled webhook of the organisation or of the site that lists the topic. */
  function publish(topic: string, event: Json): void {
    for (const webhook of store.webhooks.values()) {
      if (webhook['enabled'] === false || webhook['type'] !== 'http-post') continue;
      const siteId = text(webhook['site_id']);
      if (siteId !== undefined && siteId !== event['site_id']) continue;
      const topics = list(webhook['topics']).map((name) => String(name).replaceAll('_', '-'));
      if (topics.includes(topic)) void deliver(webhook, topic, [event]);
    }
  }

  async function deliver(webhook: Json, topic: string, events: Json[]): Promise<void> {
    const url = text(webhook['url']) ?? '';
    const payload = JSON.stringify({ topic, events });
    const secret = text(webhook['secret']);
    const sign = (algorithm: string): string =>
      createHmac(algorithm, secret ?? '')
        .update(payload)
        .digest('hex');
    const delivery: Json = {
      id: randomUUID(),
      webhook_id: webhook['id'],
      org_id: store.orgId,
      timestamp: nowSeconds(),
      topic,
      req_url: url,
      req_payload: payload,
    };
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secret && { 'x-mist-signature-v2': sign('sha256'), 'x-mist-signature': sign('sha1') }),
          ...(webhook['headers'] as Record<string, string> | null | undefined),
        },
        body: payload,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      delivery['status_code'] = response.status;
      delivery['status'] = response.ok ? 'success' : 'failure';
      delivery['resp_body'] = await response.text();
    } catch (error) {
      delivery['status'] = 'failure';
      delivery['error'] = String(error);
    }
    store.deliveries.push(delivery);
  }

  /** A device came or went: a topic of its own, with the fields that its sample has. */
  function publishUpdown(event: Json): void {
    publish('device-updowns', {
      ap: event['mac'],
      ap_name: event['device_name'],
      org_id: event['org_id'],
      site_id: event['site_id'],
      site_name: event['site_name'],
      timestamp: event['timestamp'],
      type: event['type'],
    });
  }

  return { publish, publishUpdown, deliver, close: () => stop.abort() };
}

export type WebhookSender = ReturnType<typeof createWebhookSender>;
