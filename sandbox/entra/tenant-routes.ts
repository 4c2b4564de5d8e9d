import { forwardingProfileUpdate } from '../contracts/graph/requests.ts';
import type { SimResponse } from '../http/server.ts';
import { drawAlert, drawPolicyLink, drawProfile } from './drawing.ts';
import { bodyOf, contextUrl, type GraphCall, type Route } from './graph-call.ts';
import { badRequest, notFound } from './graph-fault.ts';
import { page } from './odata-page.ts';
import { draw, parseShape } from './odata-shape.ts';
import type { ForwardingProfile } from './resources.ts';
import { now } from './store.ts';

/** The tenant's status, forwarding profiles, health log and alerts. */
export const tenantRoutes: readonly Route[] = [
  { method: 'GET', path: '/tenantStatus', access: 'read', handle: tenantStatus },
  { method: 'POST', path: '/microsoft.graph.networkaccess.onboard', access: 'write', handle: onboard },
  { method: 'GET', path: '/forwardingProfiles', access: 'read', handle: listProfiles },
  { method: 'GET', path: '/forwardingProfiles/{}', access: 'read', handle: getProfile },
  { method: 'PATCH', path: '/forwardingProfiles/{}', access: 'write', handle: updateProfile },
  { method: 'GET', path: '/forwardingProfiles/{}/policies', access: 'read', handle: listPolicies },
  { method: 'GET', path: '/logs/remoteNetworks', access: 'reports', handle: listHealth },
  { method: 'GET', path: '/alerts', access: 'reports', handle: listAlerts },
];

function tenantStatus(call: GraphCall): SimResponse {
  const drawn = draw({ plain: { ...call.store.tenant }, navigation: {} }, parseShape(call.query));
  return { status: 200, body: { '@odata.context': contextUrl(call, 'tenantStatus/$entity'), ...drawn } };
}

function onboard({ store }: GraphCall): SimResponse {
  store.tenant.onboardingStatus = 'onboarded';
  store.tenant.onboardingErrorMessage = null;
  store.changed();
  return { status: 204 };
}

function listProfiles(call: GraphCall): SimResponse {
  return {
    status: 200,
    body: page({
      rows: call.store.profiles,
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, 'forwardingProfiles'),
      properties: ['id', 'name', 'state', 'priority', 'trafficForwardingType'],
      draw: drawProfile,
    }),
  };
}

function getProfile(call: GraphCall): SimResponse {
  const drawn = drawProfile(profileOf(call), parseShape(call.query));
  return {
    status: 200,
    body: { '@odata.context': contextUrl(call, 'forwardingProfiles/$entity'), ...drawn },
  };
}

/** `associations` replaces the whole list of networks that use the profile. */
function updateProfile(call: GraphCall): SimResponse {
  const profile = profileOf(call);
  const request = bodyOf(call, forwardingProfileUpdate);
  const associations = request.associations?.map((association) => {
    if (!call.store.networks.has(association.branchId))
      throw badRequest('The associated remote network does not exist.');
    return {
      '@odata.type': '#microsoft.graph.networkaccess.associatedBranch',
      branchId: association.branchId,
    };
  });
  if (request.name !== undefined) profile.name = request.name;
  if (request.state !== undefined) profile.state = request.state;
  if (associations) profile.associations = associations;
  profile.lastModifiedDateTime = now();
  call.store.changed();
  return getProfile({ ...call, query: new URLSearchParams() });
}

function listPolicies(call: GraphCall): SimResponse {
  const profile = profileOf(call);
  return {
    status: 200,
    body: page({
      rows: profile.policies,
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, `forwardingProfiles('${profile.id}')/policies`),
      properties: ['id', 'state', 'version'],
      draw: drawPolicyLink,
    }),
  };
}

function profileOf(call: GraphCall): ForwardingProfile {
  const profile = call.store.profiles.find((p) => p.id === call.params[0]);
  if (!profile) throw notFound('The forwarding profile');
  return profile;
}

function listHealth(call: GraphCall): SimResponse {
  const properties = [
    'id',
    'remoteNetworkId',
    'createdDateTime',
    'status',
    'sourceIp',
    'destinationIp',
    'description',
  ];
  return {
    status: 200,
    body: page({
      rows: call.store.health,
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, 'logs/remoteNetworks'),
      properties: [...properties, 'bgpRoutesAdvertisedCount', 'sentBytes', 'receivedBytes'],
      draw: (row, shape) => draw({ plain: row, navigation: {} }, shape),
    }),
  };
}

function listAlerts(call: GraphCall): SimResponse {
  return {
    status: 200,
    body: page({
      rows: call.store.alerts,
      query: call.query,
      pageSize: call.settings.pageSize,
      url: call.url,
      context: contextUrl(call, 'alerts'),
      properties: [
        'id',
        'alertType',
        'severity',
        'creationDateTime',
        'firstActivityDateTime',
        'lastActivityDateTime',
      ],
      draw: (row, shape) => drawAlert(row, shape, call.drawing),
    }),
  };
}
