import type { DataPlane, Timing } from '../data-plane/views.ts';
import type { SimRequest, SimResponse } from '../http/server.ts';
import type { RateLimit } from './auth.ts';
import type { PeerHistory } from './bgp-rows.ts';
import type { Configurator } from './configurator.ts';
import type { MergeHypothesis } from './effective.ts';
import type { EventLog } from './events.ts';
import type { Json } from './json.ts';
import { forbidden, HttpError, notFound } from './responses.ts';
import type { UnroutedHypothesis } from './service-path.ts';
import type { DeviceRecord, MistStore, SiteRecord, Token } from './store.ts';
import type { CommandStream } from './stream.ts';
import type { WebhookSender } from './webhooks.ts';
import type { Author } from './writes.ts';

/** What is not known about the real service; each may be switched while running. */
export interface Hypotheses {
  merge: MergeHypothesis;
  unrouted: UnroutedHypothesis;
}

/** The parts of the simulated cloud that request handlers work with. */
export interface Cloud {
  readonly store: MistStore;
  readonly timing: Timing;
  readonly rate: RateLimit;
  readonly hypotheses: Hypotheses;
  readonly events: EventLog;
  readonly configurator: Configurator;
  readonly stream: CommandStream;
  readonly peers: PeerHistory;
  readonly webhooks: WebhookSender;
  dataPlane: () => DataPlane | undefined;
  changed: () => void;
}

export interface Call {
  readonly cloud: Cloud;
  readonly request: SimRequest;
  readonly params: Record<string, string>;
  readonly token: Token;
  readonly body: Json;
}

export type Handler = (call: Call) => SimResponse | Promise<SimResponse>;

export interface Route {
  method: string;
  pattern: RegExp;
  handler: Handler;
}

/** A route whose path names parameters as `:name`. */
export function route(method: string, path: string, handler: Handler): Route {
  const source = path.replace(/:([a-z]+)/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^/api/v1${source}$`), handler };
}

/** 403 where the path names another organisation. */
export function checkOrg(call: Call): void {
  const { org } = call.params;
  if (org !== undefined && org !== call.cloud.store.orgId) throw new HttpError(forbidden);
}

export function siteFor(call: Call): SiteRecord {
  const id = call.params['site'] ?? '';
  const site = call.cloud.store.sites.get(id);
  if (site === undefined) throw notFound(id);
  return site;
}

export function deviceFor(call: Call): DeviceRecord {
  const site = siteFor(call);
  const id = call.params['device'] ?? '';
  const device = call.cloud.store.devices.get(id);
  if (device === undefined || device.siteId !== site.body.id) throw notFound(id);
  return device;
}

export function authorOf(call: Call): Author {
  return { who: call.token.name, method: call.request.method, path: call.request.path };
}
