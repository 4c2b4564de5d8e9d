import { deviceGateway } from '../contracts/mist/gateway.ts';
import { site as siteSchema, siteSetting } from '../contracts/mist/site.ts';
import { validate } from './bodies.ts';
import { authorOf, deviceFor, route, siteFor, type Call, type Route } from './cloud.ts';
import { devicesOfSite } from './configurator.ts';
import { resolveVariables } from './effective.ts';
import { typeOf } from './inventory.ts';
import { clone, object, type Json } from './json.ts';
import { badRequest, json, notFound, pageOf } from './responses.ts';
import { applyPut, recordWrite } from './writes.ts';

function derived(call: Call, items: Iterable<Json>): Json[] {
  const vars = object(siteFor(call).setting['vars']);
  const resolve = call.request.query.get('resolve') === 'true';
  return [...items].map((item) => (resolve ? object(resolveVariables(item, vars, new Set())) : item));
}

/** Routes of a site and of its devices. */
export const siteRoutes: Route[] = [
  route('GET', '/sites/:site', (call) => json(siteFor(call).body)),
  route('PUT', '/sites/:site', (call) => {
    const site = siteFor(call);
    const template = call.body['gatewaytemplate_id'];
    if (typeof template === 'string' && !call.cloud.store.templates.has(template)) {
      throw badRequest(`gatewaytemplate_id: "${template}" not found`);
    }
    const before = clone(site.body);
    applyPut(site.body, call.body, siteSchema);
    const images = { before, after: site.body };
    const entry = recordWrite(
      call.cloud.store,
      authorOf(call),
      `Update Site "${site.body.name}"`,
      images,
      site.body.id,
    );
    if (before['gatewaytemplate_id'] !== site.body['gatewaytemplate_id']) {
      call.cloud.configurator.push(devicesOfSite(call.cloud.store, site.body.id), entry.id);
    }
    return json(site.body);
  }),
  route('GET', '/sites/:site/setting', (call) => json(siteFor(call).setting)),
  route('GET', '/sites/:site/setting/derived', (call) => json(siteFor(call).setting)),
  route('PUT', '/sites/:site/setting', (call) => {
    const site = siteFor(call);
    const before = clone(site.setting);
    applyPut(site.setting, call.body, siteSetting);
    const images = { before, after: site.setting };
    const message = `Update Site Settings "${site.body.name}"`;
    const entry = recordWrite(call.cloud.store, authorOf(call), message, images, site.body.id);
    if ('vars' in call.body || '-vars' in call.body) {
      call.cloud.configurator.push(devicesOfSite(call.cloud.store, site.body.id), entry.id);
    }
    return json(site.setting);
  }),
  route('GET', '/sites/:site/gatewaytemplates/derived', (call) => {
    const id = siteFor(call).body['gatewaytemplate_id'];
    const template = typeof id === 'string' ? call.cloud.store.templates.get(id) : undefined;
    return json(derived(call, template === undefined ? [] : [template]));
  }),
  route('GET', '/sites/:site/services/derived', (call) =>
    json(derived(call, call.cloud.store.services.values())),
  ),
  route('GET', '/sites/:site/networks/derived', (call) =>
    json(derived(call, call.cloud.store.networks.values())),
  ),
  route('GET', '/sites/:site/servicepolicies/derived', (call) =>
    json(derived(call, call.cloud.store.servicePolicies.values())),
  ),
  route('GET', '/sites/:site/devices', (call) => {
    const site = siteFor(call);
    const type = typeOf(call.request.query, 'ap', true);
    const name = call.request.query.get('name');
    const gateways = devicesOfSite(call.cloud.store, site.body.id).map((device) => device.body as Json);
    const aps = call.cloud.store.accessPoints.filter((ap) => ap['site_id'] === site.body.id);
    const all = [...gateways, ...aps].filter((body) => type === 'all' || body['type'] === type);
    return pageOf(
      call.request,
      all.filter((body) => name === null || body['name'] === name),
    );
  }),
  route('GET', '/sites/:site/devices/:device', (call) => json(deviceFor(call).body)),
  route('PUT', '/sites/:site/devices/:device', (call) => {
    const device = deviceFor(call);
    const before = clone(device.body);
    applyPut(device.body, call.body, deviceGateway, ['type']);
    const images = { before, after: device.body };
    const message = `Update Device "${device.body.name}"`;
    const entry = recordWrite(call.cloud.store, authorOf(call), message, images, device.siteId);
    call.cloud.configurator.push([device], entry.id);
    return json(device.body);
  }),
  route('GET', '/sites/:site/devices/:device/ha', (call) => {
    const device = deviceFor(call);
    if (device.clusterMacs === undefined) throw notFound(device.body.id);
    return json({ nodes: device.clusterMacs.map((mac) => ({ mac })) });
  }),
];

/** Checks a whole device object, as the seed and the portal need it. */
export function checkDevice(body: Json): void {
  validate(deviceGateway, body);
}
