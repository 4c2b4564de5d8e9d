import type { SimRequest, SimResponse } from '../http/server.ts';
import type { Authority } from './authority.ts';
import type { Access, GraphCall, Route } from './graph-call.ts';
import { badRequest, faultResponse, GraphFault, requestIds } from './graph-fault.ts';
import { linkRoutes } from './link-routes.ts';
import { networkRoutes } from './network-routes.ts';
import type { EntraSettings } from './settings.ts';
import type { EntraStore } from './store.ts';
import { tenantRoutes } from './tenant-routes.ts';

const ROOT = '/beta/networkaccess';

/** Graph permissions reference: which application permission opens what. */
const GRANTS: Record<Access, readonly string[]> = {
  read: ['NetworkAccess.Read.All', 'NetworkAccess.ReadWrite.All'],
  write: ['NetworkAccess.ReadWrite.All'],
  reports: ['NetworkAccess-Reports.Read.All', 'NetworkAccess.ReadWrite.All'],
};

const routes = [...networkRoutes, ...linkRoutes, ...tenantRoutes].map((route) => ({
  route,
  pattern: new RegExp(`^${ROOT}${route.path.replace(/[.$]/g, '\\$&').replaceAll('{}', '([^/]+)')}/?$`, 'i'),
}));

export interface GraphParts {
  readonly store: EntraStore;
  readonly settings: EntraSettings;
  readonly authority: Authority;
}

/** Answers one Graph call: authorises it, finds its handler, and turns refusals into Graph's error envelope. */
export function handleGraph(request: SimRequest, origin: string, parts: GraphParts): SimResponse {
  const ids = requestIds(header(request, 'client-request-id'));
  const rawBody = request.body.toString('utf8');
  const answer = answerOrFault(request, rawBody, origin, parts);
  const response = answer instanceof GraphFault ? faultResponse(answer, ids, rawBody) : answer;
  return {
    ...response,
    headers: { ...response.headers, 'request-id': ids.requestId, 'client-request-id': ids.clientRequestId },
  };
}

function answerOrFault(
  request: SimRequest,
  rawBody: string,
  origin: string,
  { store, settings, authority }: GraphParts,
): SimResponse | GraphFault {
  try {
    const roles = authority.rolesOf(header(request, 'authorization'));
    if (!roles)
      throw new GraphFault(401, 'InvalidAuthenticationToken', 'Access token is empty, invalid or expired.');
    // Containment is also written with the key in parentheses: remoteNetworks('id').
    const path = request.path.replace(/\('([^']*)'\)/g, '/$1');
    const { route, params } = find(request.method, path);
    if (!GRANTS[route.access].some((role) => roles.includes(role))) {
      throw new GraphFault(
        403,
        'Authorization_RequestDenied',
        'Insufficient privileges to complete the operation.',
      );
    }
    const allMembers = /\binclude-unknown-enum-members\b/i.test(header(request, 'prefer') ?? '');
    const call: GraphCall = {
      params,
      query: request.query,
      rawBody,
      contentType: header(request, 'content-type') ?? '',
      store,
      settings,
      drawing: { store, allMembers, endpointMs: settings.timing.endpointMs },
      origin,
      url: `${origin}${request.path}`,
    };
    return route.handle(call);
  } catch (error) {
    if (error instanceof GraphFault) return error;
    throw error;
  }
}

function find(method: string, path: string): { route: Route; params: string[] } {
  let pathKnown = false;
  for (const { route, pattern } of routes) {
    const match = pattern.exec(path);
    if (!match) continue;
    pathKnown = true;
    if (route.method === method) return { route, params: match.slice(1) };
  }
  if (pathKnown) throw new GraphFault(405, 'MethodNotAllowed', `${method} is not supported here.`);
  throw badRequest('Resource not found for the segment.');
}

function header(request: SimRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
