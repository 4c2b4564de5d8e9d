import type { JsonObject } from '../contracts/slack/check.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** One thing that Slack tells the app, before a transport gives it its own form. */
export interface Envelope {
  id: string;
  type: EnvelopeType;
  payload: JsonObject;
  /** Whether the answer may carry a body. */
  acceptsResponse: boolean;
}

/** The app's answer, or that nobody was there to take the envelope. */
export type TransportAnswer = { kind: 'ack'; payload: JsonObject } | { kind: 'unreachable' };

/** A way from Slack to the app. Waiting limits belong to the caller, so `deliver` may stay unsettled. */
export interface Transport {
  readonly name: string;
  deliver(envelope: Envelope): Promise<TransportAnswer>;
}

/** How a delivery ended for the person who caused it. */
export type DeliveryOutcome =
  | { outcome: 'acked'; payload: JsonObject }
  /** No acknowledgement in time. */
  | { outcome: 'operation_timeout' }
  /** No connection that could take it. */
  | { outcome: 'dispatch_failed' };

/** One envelope and what became of it. */
export interface EnvelopeRecord {
  id: string;
  type: EnvelopeType;
  /** The command, or the payload's type. */
  what: string;
  at: number;
  payload: JsonObject;
  acceptsResponse: boolean;
  outcome: 'pending' | DeliveryOutcome['outcome'];
  /** From sending to the acknowledgement, also where it came too late. */
  ackMs?: number;
  answer?: JsonObject;
}
