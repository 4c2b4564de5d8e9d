import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { failed, ok, type Result } from '../../base/failure.ts';
import type { Secret } from '../../base/secret.ts';
import { maybe, number, text } from './lenient.ts';

/** What Mist told of a device, as far as anything depends on it. */
export interface MistEvent {
  readonly siteId: string;
  /** Mist's name of the event, such as `GW_TUNNEL_UP`. */
  readonly type: string;
  readonly mac?: string;
  readonly atMs: number;
  /** The same when the same event is told again. */
  readonly key: string;
}

/** One delivery that was read: its events, and how many were left out for which reason. */
export interface WebhookDelivery {
  /** One of {@link TOPICS}, or `other`. */
  readonly topic: string;
  readonly events: readonly MistEvent[];
  readonly leftOut: Readonly<Record<LeftOut, number>>;
}

/** Of another organisation or of none; older than a day; without a site, a time or a name, or about something else than a WAN Edge. */
export type LeftOut = 'foreign' | 'old' | 'of no use';

/** Topics that are known, some of them as the OpenAPI sample writes them: `device_events`. */
export const TOPICS = ['device-events', 'device-updowns', 'alarms', 'audits', 'ping'] as const;

/** Those whose events say that something about a WAN Edge is different now. */
const DEVICE_TOPICS: ReadonlySet<string> = new Set(['device-events', 'device-updowns']);

/** A delivery carries few events; what holds more than this is none of Mist's. */
const MOST_EVENTS = 1000;
/** An event that is told again after this is not acted on; what was acted on is remembered for longer. */
const LIFE_MS = 24 * 3_600_000;
/** Mist's clock may be ahead of ours. */
const AHEAD_MS = 3_600_000;

const Delivery = z.object({
  topic: z.string().min(1).max(100),
  events: z.array(z.record(z.string(), z.unknown())).max(MOST_EVENTS),
});
const Event = z.object({
  org_id: text,
  site_id: text,
  type: text,
  mac: text,
  ap: text,
  device_type: text,
  timestamp: number,
});

/**
 * Whether Mist signed exactly these bytes: `X-Mist-Signature-v2` is the hexadecimal HMAC-SHA-256 of the body (Mist OpenAPI, `webhook.secret`).
 * Compared in constant time. The older SHA-1 header alone counts as no signature.
 */
export function isSigned(body: Buffer, signature: unknown, secret: Secret): boolean {
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
  const expected = createHmac('sha256', secret.reveal()).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** Reads a signed body permissively: what is not known is left out and counted. The failure says what is wrong with the whole. */
export function readDelivery(body: Buffer, orgId: string, now: number): Result<WebhookDelivery, string> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return failed('not JSON');
  }
  const parsed = Delivery.safeParse(json);
  if (!parsed.success) return failed('not a delivery of Mist');
  const named = parsed.data.topic.replaceAll('_', '-').toLowerCase();
  const topic = TOPICS.find((one) => one === named) ?? 'other';
  const leftOut = { foreign: 0, old: 0, 'of no use': 0 };
  const events: MistEvent[] = [];
  for (const raw of parsed.data.events) {
    const read = readEvent(raw, topic, orgId, now);
    if (typeof read === 'string') leftOut[read] += 1;
    else events.push(read);
  }
  return ok({ topic, events, leftOut });
}

function readEvent(
  raw: Readonly<Record<string, unknown>>,
  topic: string,
  orgId: string,
  now: number,
): MistEvent | LeftOut {
  const event = maybe(Event).parse(raw);
  // A ping names no organisation; nothing else may leave it out.
  if (topic !== 'ping' && event?.org_id !== orgId) return 'foreign';
  if (!DEVICE_TOPICS.has(topic) || !event?.site_id || !event.type || event.timestamp === undefined) {
    return 'of no use';
  }
  if (event.device_type !== 'gateway' && !event.type.startsWith('GW_')) return 'of no use';
  const atMs = Math.round(event.timestamp * 1000);
  if (now - atMs > LIFE_MS || atMs - now > AHEAD_MS) return 'old';
  const mac = event.mac ?? event.ap;
  return {
    siteId: event.site_id,
    type: event.type,
    ...(mac !== undefined && { mac }),
    atMs,
    key: createHash('sha256')
      .update(JSON.stringify([topic, raw]))
      .digest('hex'),
  };
}
