import { randomUUID } from 'node:crypto';
import { webhook as schema } from '../contracts/mist/site.ts';
import { validate } from './bodies.ts';
import { checkOrg, route, siteFor, type Call, type Route } from './cloud.ts';
import { clone, text, type Json } from './json.ts';
import { badRequest, json, notFound, pageOf, searchPage, windowOf } from './responses.ts';
import { insert, nowSeconds } from './store.ts';
import { applyPut } from './writes.ts';

/** The site whose webhooks the path names; undefined for the organisation's. */
function scope(call: Call): string | undefined {
  checkOrg(call);
  return call.params['site'] === undefined ? undefined : siteFor(call).body.id;
}

function find(call: Call): Json {
  const site = scope(call);
  const id = call.params['id'] ?? '';
  const found = call.cloud.store.webhooks.get(id);
  if (found === undefined || text(found['site_id']) !== site) throw notFound(id);
  return found;
}

function routesBelow(base: string): Route[] {
  return [
    route('GET', base, (call) => {
      const site = scope(call);
      const all = [...call.cloud.store.webhooks.values()];
      return pageOf(
        call.request,
        all.filter((webhook) => text(webhook['site_id']) === site),
      );
    }),
    route('POST', base, (call) => {
      const site = scope(call);
      validate(schema, call.body);
      if (!/^https?:\/\//.test(text(call.body['url']) ?? '')) throw badRequest('url: Enter a valid URL.');
      const { store } = call.cloud;
      const body: Json = { enabled: true, type: 'http-post', verify_cert: true, ...clone(call.body) };
      delete body['site_id'];
      return json(
        insert(
          store.webhooks,
          store.orgId,
          site === undefined ? body : { ...body, site_id: site, for_site: true },
        ),
      );
    }),
    route('GET', `${base}/:id`, (call) => json(find(call))),
    route('PUT', `${base}/:id`, (call) => {
      const found = find(call);
      applyPut(found, call.body, schema);
      return json(found);
    }),
    route('DELETE', `${base}/:id`, (call) => {
      call.cloud.store.webhooks.delete(String(find(call)['id']));
      return json({});
    }),
    route('POST', `${base}/:id/ping`, (call) => {
      const found = find(call);
      const event: Json = { id: randomUUID(), name: found['name'], timestamp: Math.floor(nowSeconds()) };
      void call.cloud.webhooks.deliver(found, 'ping', [event]);
      return json({});
    }),
    route('GET', `${base}/:id/events/search`, (call) => {
      const id = find(call)['id'];
      const window = windowOf(call.request, '1d');
      const rows = call.cloud.store.deliveries.filter((delivery) => delivery['webhook_id'] === id);
      return searchPage(call.request, rows, window, '-timestamp');
    }),
  ];
}

/** Webhooks of the organisation and of single sites. */
export const webhookRoutes: Route[] = [
  ...routesBelow('/orgs/:org/webhooks'),
  ...routesBelow('/sites/:site/webhooks'),
];
