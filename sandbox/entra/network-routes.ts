import {
  forwardingProfilesDelta,
  remoteNetworkCreate,
  remoteNetworkUpdate,
  type RemoteNetworkCreate,
} from '../contracts/graph/requests.ts';
import type { SimResponse } from '../http/server.ts';
import { connectivityConfiguration, connectivityLinks, drawNetwork, drawProfile } from './drawing.ts';
import { bodyOf, contextUrl, networkOf, type GraphCall, type Route } from './graph-call.ts';
import { badRequest, conflict, GraphFault, notFound } from './graph-fault.ts';
import { checkLink, checkRoomForLinks } from './link-routes.ts';
import { evolvedMemberIn } from './link-rules.ts';
import { page } from './odata-page.ts';
import { parseShape } from './odata-shape.ts';
import { now } from './store.ts';

const NETWORKS = 'connectivity/remoteNetworks';
const PROPERTIES = ['id', 'name', 'region', 'version', 'lastModifiedDateTime'];

/** Remote networks, their connectivity configuration and their profiles (Graph "remoteNetwork" and its relationships). */
export const networkRoutes: readonly Route[] = [
  { method: 'GET', path: `/${NETWORKS}`, access: 'read', handle: list },
  { method: 'POST', path: `/${NETWORKS}`, access: 'write', handle: create },
  { method: 'GET', path: `/${NETWORKS}/{}`, access: 'read', handle: get },
  { method: 'PATCH', path: `/${NETWORKS}/{}`, access: 'write', handle: update },
  { method: 'DELETE', path: `/${NETWORKS}/{}`, access: 'write', handle: remove },
  // The reference prints the reference form; the generated clients use the plain one.
  { method: 'DELETE', path: `/${NETWORKS}/{}/$ref`, access: 'write', handle: remove },
  {
    method: 'GET',
    path: `/${NETWORKS}/{}/connectivityConfiguration`,
    access: 'read',
    handle: getConfiguration,
  },
  {
    method: 'GET',
    path: `/${NETWORKS}/{}/connectivityConfiguration/links`,
    access: 'read',
    handle: listConfigured,
  },
  {
    method: 'GET',
    path: `/${NETWORKS}/{}/connectivityConfiguration/links/{}`,
    access: 'read',
    handle: getConfigured,
  },
  { method: 'GET', path: `/${NETWORKS}/{}/forwardingProfiles`, access: 'read', handle: listProfiles },
  { method: 'PATCH', path: `/${NETWORKS}/{}/forwardingProfiles`, access: 'write', handle: assignProfiles },
];

function list(call: GraphCall): SimResponse {
  return {
    status: 200,
    body: page({
      rows: [...call.store.networks.values()],
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, NETWORKS),
      properties: PROPERTIES,
      draw: (network, shape) => drawNetwork(network, shape, call.drawing),
    }),
  };
}

/** Everything is checked before anything is stored: a refused request leaves nothing behind. */
function create(call: GraphCall): SimResponse {
  const request = bodyOf(call, remoteNetworkCreate);
  const { store, settings } = call;
  requireOnboarded(call);
  refuseTakenName(call, request.name);
  if (store.networks.size >= settings.limits.remoteNetworks) {
    throw badRequest(`The tenant may have ${settings.limits.remoteNetworks} remote networks.`);
  }
  if (!settings.evolvedMembersAccepted && evolvedMemberIn({ region: request.region })) {
    throw badRequest(`The region ${request.region} is not available.`);
  }
  const profiles = new Set((request.forwardingProfiles ?? []).map(({ id }) => assignable(call, id)));
  const links = request.deviceLinks ?? [];
  checkRoomForLinks(call, undefined, links);
  checkInlineLinks(call, links);
  const network = store.addNetwork(request.name, request.region);
  for (const link of links) store.addLink(network.id, link);
  store.associate(network.id, profiles);
  store.changed();
  // Neither the links nor the profiles come back, although they were created.
  const body = {
    '@odata.context': contextUrl(call, `${NETWORKS}/$entity`),
    ...drawNetwork(network, { expand: new Map(), select: PROPERTIES }, call.drawing),
  };
  return { status: 201, headers: { location: `${call.url}/${network.id}` }, body };
}

function checkInlineLinks(call: GraphCall, links: NonNullable<RemoteNetworkCreate['deviceLinks']>): void {
  const names = new Set<string>();
  for (const link of links) {
    checkLink(call, link, []);
    if (call.settings.uniqueNames && names.has(link.name.toLowerCase())) {
      throw conflict('Two device links have one name.');
    }
    names.add(link.name.toLowerCase());
  }
}

function get(call: GraphCall): SimResponse {
  const drawn = drawNetwork(networkOf(call), parseShape(call.query), call.drawing);
  return { status: 200, body: { '@odata.context': contextUrl(call, `${NETWORKS}/$entity`), ...drawn } };
}

function update(call: GraphCall): SimResponse {
  const network = networkOf(call);
  const { name } = bodyOf(call, remoteNetworkUpdate);
  if (name.toLowerCase() !== network.name.toLowerCase()) refuseTakenName(call, name);
  network.name = name;
  network.lastModifiedDateTime = now();
  call.store.changed();
  return get({ ...call, query: new URLSearchParams() });
}

/** Links are contained in their network: they go with it, whoever made them. */
function remove(call: GraphCall): SimResponse {
  call.store.removeNetwork(networkOf(call).id);
  call.store.changed();
  return { status: 204 };
}

function getConfiguration(call: GraphCall): SimResponse {
  const network = networkOf(call);
  if ([...call.query.keys()].some((key) => key.startsWith('$'))) {
    throw badRequest('This resource takes no query options.');
  }
  const context = contextUrl(call, `${NETWORKS}('${network.id}')/connectivityConfiguration/$entity`);
  return {
    status: 200,
    body: { '@odata.context': context, ...connectivityConfiguration(network, call.drawing) },
  };
}

function listConfigured(call: GraphCall): SimResponse {
  const network = networkOf(call);
  const context = contextUrl(call, `${NETWORKS}('${network.id}')/connectivityConfiguration/links`);
  return {
    status: 200,
    body: { '@odata.context': context, value: connectivityLinks(network, call.drawing) },
  };
}

function getConfigured(call: GraphCall): SimResponse {
  const link = connectivityLinks(networkOf(call), call.drawing).find(({ id }) => id === call.params[1]);
  if (!link) throw notFound('The link');
  return { status: 200, body: link };
}

function listProfiles(call: GraphCall): SimResponse {
  const network = networkOf(call);
  return {
    status: 200,
    body: page({
      rows: call.store.profilesOf(network.id),
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, `${NETWORKS}('${network.id}')/forwardingProfiles`),
      properties: ['id', 'name', 'state', 'trafficForwardingType'],
      draw: drawProfile,
    }),
  };
}

/** Answers 200 with nothing at all: no body, no content type. */
function assignProfiles(call: GraphCall): SimResponse {
  const network = networkOf(call);
  const { value } = bodyOf(call, forwardingProfilesDelta);
  const wanted = new Set<string>();
  let clears = false;
  for (const entry of value) {
    const id = entry.id ?? entry.ID;
    if (id === undefined) clears = true;
    else wanted.add(assignable(call, id));
  }
  if (call.settings.profileDelta === 'adds' && !clears) {
    for (const { id } of call.store.profilesOf(network.id)) wanted.add(id);
  }
  call.store.associate(network.id, wanted);
  call.store.changed();
  return { status: 200 };
}

/** The id of a profile that a remote network may use; private access is not supported there. */
function assignable(call: GraphCall, id: string): string {
  const profile = call.store.profiles.find((p) => p.id === id);
  if (!profile) throw badRequest(`The forwarding profile '${id}' does not exist.`);
  if (profile.trafficForwardingType === 'private') {
    throw badRequest('The private access profile cannot be assigned to a remote network.');
  }
  return profile.id;
}

function refuseTakenName(call: GraphCall, name: string): void {
  if (!call.settings.uniqueNames) return;
  for (const other of call.store.networks.values()) {
    if (other.name.toLowerCase() === name.toLowerCase())
      throw conflict('A remote network of this name exists.');
  }
}

/** What a tenant that is not onboarded answers is not documented. */
function requireOnboarded({ store }: GraphCall): void {
  if (store.tenant.onboardingStatus !== 'onboarded') {
    throw new GraphFault(403, 'TenantNotOnboarded', 'The tenant is not onboarded to Global Secure Access.');
  }
}
