import { deviceLinkCreate, deviceLinkUpdate, type DeviceLinkCreate } from '../contracts/graph/requests.ts';
import type { SimResponse } from '../http/server.ts';
import { drawLink } from './drawing.ts';
import { bodyOf, contextUrl, networkOf, type GraphCall, type Route } from './graph-call.ts';
import { badRequest, conflict, GraphFault, notFound } from './graph-fault.ts';
import { evolvedMemberIn, linkProblem } from './link-rules.ts';
import { page } from './odata-page.ts';
import { parseShape } from './odata-shape.ts';
import type { LinkRow } from './resources.ts';
import { now } from './store.ts';

const LINKS = '/connectivity/remoteNetworks/{}/deviceLinks';

/** Device links of a remote network (Graph "deviceLink"). */
export const linkRoutes: readonly Route[] = [
  { method: 'GET', path: LINKS, access: 'read', handle: list },
  { method: 'POST', path: LINKS, access: 'write', handle: create },
  { method: 'GET', path: `${LINKS}/{}`, access: 'read', handle: get },
  { method: 'PATCH', path: `${LINKS}/{}`, access: 'write', handle: update },
  { method: 'DELETE', path: `${LINKS}/{}`, access: 'write', handle: remove },
];

function list(call: GraphCall): SimResponse {
  const network = networkOf(call);
  const rows = call.store.linksOf(network.id).map((row) => ({ ...row.resource, row }));
  return {
    status: 200,
    body: page({
      rows,
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, `connectivity/remoteNetworks('${network.id}')/deviceLinks`),
      properties: ['id', 'name', 'ipAddress', 'deviceVendor', 'lastModifiedDateTime'],
      draw: ({ row }, shape) => drawLink(row, shape, call.drawing),
    }),
  };
}

function create(call: GraphCall): SimResponse {
  const network = networkOf(call);
  const request = bodyOf(call, deviceLinkCreate);
  const siblings = call.store.linksOf(network.id);
  checkLink(call, request, siblings);
  checkRoomForLinks(call, network.id, [request]);
  const row = call.store.addLink(network.id, request);
  call.store.changed();
  return created(call, row);
}

/** The reference shows 204, 201 with `{}` and, in words, 201 with the link: a caller must not rely on an id here. */
function created(call: GraphCall, row: LinkRow): SimResponse {
  const mode = call.settings.linkCreated;
  const order = ['no-content', 'empty-object', 'body'] as const;
  const answer = mode === 'alternate' ? (order[(row.sequence - 1) % order.length] ?? 'no-content') : mode;
  if (answer === 'no-content') return { status: 204 };
  if (answer === 'empty-object') return { status: 201, body: {} };
  return { status: 201, body: drawLink(row, { expand: new Map() }, call.drawing) };
}

function get(call: GraphCall): SimResponse {
  const network = networkOf(call);
  const drawn = drawLink(linkOf(call), parseShape(call.query), call.drawing);
  const context = contextUrl(call, `connectivity/remoteNetworks('${network.id}')/deviceLinks/$entity`);
  return { status: 200, body: { '@odata.context': context, ...drawn } };
}

/** Merges as OData does: complex properties field by field, except a tunnel configuration of another type. */
function update(call: GraphCall): SimResponse {
  const row = linkOf(call);
  if (call.settings.linkUpdates === 'refused') {
    throw new GraphFault(405, 'MethodNotAllowed', 'The device link cannot be updated.');
  }
  const { '@odata.type': _type, ...request } = bodyOf(call, deviceLinkUpdate);
  const { id, lastModifiedDateTime: _at, ...current } = row.resource;
  const tunnel = request.tunnelConfiguration;
  const sameType = tunnel !== undefined && bare(tunnel) === bare(current.tunnelConfiguration);
  const merged = deviceLinkCreate.safeParse({
    ...current,
    ...request,
    bgpConfiguration: { ...current.bgpConfiguration, ...request.bgpConfiguration },
    redundancyConfiguration: { ...current.redundancyConfiguration, ...request.redundancyConfiguration },
    tunnelConfiguration: sameType
      ? { ...current.tunnelConfiguration, ...tunnel }
      : (tunnel ?? current.tunnelConfiguration),
  });
  if (!merged.success)
    throw badRequest(`Invalid value at '${merged.error.issues[0]?.path.join('/') ?? ''}'.`);
  const siblings = call.store.linksOf(row.networkId).filter((other) => other !== row);
  checkLink(call, merged.data, siblings);
  checkBandwidth(call, [merged.data], id);
  const { '@odata.type': _merged, ...properties } = merged.data;
  Object.assign(row.resource, properties, { lastModifiedDateTime: now() });
  call.store.changed();
  return { status: 204 };
}

function remove(call: GraphCall): SimResponse {
  networkOf(call);
  call.store.links.delete(linkOf(call).resource.id);
  call.store.changed();
  return { status: 204 };
}

function linkOf(call: GraphCall): LinkRow {
  const row = call.store.links.get(call.params[1] ?? '');
  if (!row || row.networkId !== networkOf(call).id) throw notFound('The device link');
  return row;
}

function bare(tunnel: { '@odata.type': string }): string {
  return tunnel['@odata.type'].replace(/^#/, '');
}

/** Throws what Entra's rules say against a link beside `siblings`. */
export function checkLink(call: GraphCall, link: DeviceLinkCreate, siblings: readonly LinkRow[]): void {
  const { settings } = call;
  const problem = linkProblem(link, settings);
  if (problem) throw badRequest(problem);
  if (!settings.evolvedMembersAccepted && evolvedMemberIn({ deviceVendor: link.deviceVendor })) {
    throw badRequest(`The device vendor ${link.deviceVendor} is not supported.`);
  }
  const taken = siblings.some(({ resource }) => resource.name.toLowerCase() === link.name.toLowerCase());
  if (settings.uniqueNames && taken) throw conflict('A device link of this name exists.');
}

/** Throws where the network has no room for more links, or the tenant none for their bandwidth; codes undocumented. */
export function checkRoomForLinks(
  call: GraphCall,
  networkId: string | undefined,
  links: readonly DeviceLinkCreate[],
): void {
  const present = networkId === undefined ? 0 : call.store.linksOf(networkId).length;
  const limit = call.settings.limits.linksPerNetwork;
  if (present + links.length > limit) throw badRequest(`A remote network may have ${limit} device links.`);
  checkBandwidth(call, links, undefined);
}

function checkBandwidth(
  call: GraphCall,
  links: readonly DeviceLinkCreate[],
  replaced: string | undefined,
): void {
  const limit = call.settings.limits.bandwidthMbps;
  if (limit === undefined) return;
  let sum = 0;
  for (const { resource } of call.store.links.values()) if (resource.id !== replaced) sum += mbps(resource);
  for (const link of links) sum += mbps(link);
  if (sum > limit) throw badRequest(`The tenant's bandwidth of ${limit} Mbps would be exceeded.`);
}

function mbps({ bandwidthCapacityInMbps }: Pick<DeviceLinkCreate, 'bandwidthCapacityInMbps'>): number {
  return Number(bandwidthCapacityInMbps?.slice('mbps'.length) ?? 0);
}
