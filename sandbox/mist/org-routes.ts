import { network } from '../contracts/mist/lan.ts';
import { gatewayTemplate } from '../contracts/mist/gateway.ts';
import { orgServicePolicy } from '../contracts/mist/policies.ts';
import { service } from '../contracts/mist/service.ts';
import { selfOf, usageOf } from './auth.ts';
import { checkOrg, route, type Route } from './cloud.ts';
import { collectionRoutes } from './collections.ts';
import {
  devicesOfNetwork,
  devicesOfService,
  devicesOfServicePolicy,
  devicesOfTemplate,
} from './configurator.ts';
import { EVENT_DEFINITIONS } from './event-definitions.ts';
import { inventory } from './inventory.ts';
import type { Json } from './json.ts';
import { json, pageOf, searchPage, windowOf } from './responses.ts';

/** Routes of the organisation and of the caller. */
export const orgRoutes: Route[] = [
  route('GET', '/self', ({ cloud, token }) => json(selfOf(cloud.store, token))),
  route('GET', '/self/usage', ({ cloud, token }) => json(usageOf(token, cloud.rate))),
  route('GET', '/const/device_events', () => json(EVENT_DEFINITIONS)),
  route('GET', '/orgs/:org', (call) => {
    checkOrg(call);
    return json({ id: call.cloud.store.orgId, name: call.cloud.store.orgName });
  }),
  route('GET', '/orgs/:org/sites', (call) => {
    checkOrg(call);
    return pageOf(
      call.request,
      [...call.cloud.store.sites.values()].map((site) => site.body),
    );
  }),
  route('GET', '/orgs/:org/inventory', (call) => {
    checkOrg(call);
    return pageOf(call.request, inventory(call.cloud.store, call.request.query));
  }),
  ...['/orgs/:org/logs/search', '/orgs/:org/logs'].map((path) =>
    route('GET', path, (call) => {
      checkOrg(call);
      const { query } = call.request;
      const window = windowOf(call.request, '1d');
      const rows = call.cloud.store.audit
        .filter((entry) => entry.timestamp >= window.start && entry.timestamp <= window.end)
        .filter((entry) => query.get('site_id') === null || entry.siteId === query.get('site_id'))
        .map((entry): Json => ({
          id: entry.id,
          org_id: call.cloud.store.orgId,
          site_id: entry.siteId ?? null,
          timestamp: entry.timestamp,
          admin_name: entry.who,
          admin_id: null,
          message: entry.message,
          before: entry.before,
          after: entry.after,
        }));
      return searchPage(call.request, rows, window, '-timestamp');
    }),
  ),
  ...collectionRoutes({
    path: 'gatewaytemplates',
    items: (store) => store.templates,
    schema: gatewayTemplate,
    required: ['name'],
    touched: (cloud, template, auditId) =>
      cloud.configurator.push(devicesOfTemplate(cloud.store, String(template['id'])), auditId),
  }),
  ...collectionRoutes({
    path: 'networks',
    items: (store) => store.networks,
    schema: network,
    required: ['name'],
    touched: (cloud, item, auditId) =>
      cloud.configurator.push(devicesOfNetwork(cloud.store, String(item['name'])), auditId),
  }),
  ...collectionRoutes({
    path: 'services',
    items: (store) => store.services,
    schema: service,
    required: ['name'],
    touched: (cloud, item, auditId) =>
      cloud.configurator.push(
        devicesOfService(cloud.store, String(item['name']), cloud.hypotheses.merge),
        auditId,
      ),
  }),
  ...collectionRoutes({
    path: 'servicepolicies',
    items: (store) => store.servicePolicies,
    schema: orgServicePolicy,
    required: ['name'],
    touched: (cloud, item, auditId) =>
      cloud.configurator.push(devicesOfServicePolicy(cloud.store, String(item['id'])), auditId),
  }),
];
