import type { z } from 'zod';
import type { SimResponse } from '../http/server.ts';
import type { DrawingContext } from './drawing.ts';
import { badRequest, GraphFault, notFound } from './graph-fault.ts';
import type { RemoteNetwork } from './resources.ts';
import type { EntraSettings } from './settings.ts';
import type { EntraStore } from './store.ts';

/** One authorised Graph call as a handler sees it. */
export interface GraphCall {
  /** The ids of the path, in order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly rawBody: string;
  readonly contentType: string;
  readonly store: EntraStore;
  readonly settings: EntraSettings;
  readonly drawing: DrawingContext;
  readonly origin: string;
  /** Absolute URL of the call without its query, for next links. */
  readonly url: string;
}

/** What a caller must be granted: any one of the application permissions. */
export type Access = 'read' | 'write' | 'reports';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below `/beta/networkAccess`, `{}` for an id. Matched without regard to case. */
  readonly path: string;
  readonly access: Access;
  readonly handle: (call: GraphCall) => SimResponse;
}

/** The body, checked against our schema of the contract; 400 names the first thing that is wrong. */
export function bodyOf<T extends z.ZodType>(call: GraphCall, schema: T): z.infer<T> {
  if (!/^application\/json\b/i.test(call.contentType)) {
    throw new GraphFault(415, 'UnsupportedMediaType', 'The content type must be application/json.');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(call.rawBody);
  } catch {
    throw badRequest('Unable to read JSON request payload.');
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw badRequest(`Invalid value at '${issue?.path.join('/') ?? ''}': ${issue?.message ?? 'unknown'}.`);
}

/** The network that the path names. */
export function networkOf(call: GraphCall): RemoteNetwork {
  const network = call.store.networks.get(call.params[0] ?? '');
  if (!network) throw notFound('The remote network');
  return network;
}

/** `@odata.context` of an answer. */
export function contextUrl(call: GraphCall, what: string): string {
  return `${call.origin}/beta/$metadata#networkAccess/${what}`;
}
