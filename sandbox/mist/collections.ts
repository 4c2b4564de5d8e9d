import type { z } from 'zod';
import { validate } from './bodies.ts';
import { authorOf, checkOrg, route, type Call, type Cloud, type Route } from './cloud.ts';
import { clone, type Json } from './json.ts';
import { badRequest, json, notFound, pageOf } from './responses.ts';
import { insert, type MistStore } from './store.ts';
import { applyPut, recordWrite } from './writes.ts';

export interface Collection {
  /** Path below the organisation, and the word in the audit log. */
  path: string;
  items: (store: MistStore) => Map<string, Json>;
  schema: z.ZodObject;
  /** What a POST must have beyond the schema. */
  required: string[];
  /** Which devices get new configuration after a write. */
  touched: (cloud: Cloud, item: Json, auditId: string) => void;
}

/** GET, POST, PUT and DELETE of the organisation's objects of one kind. Names may repeat: only ids are unique. */
export function collectionRoutes(collection: Collection): Route[] {
  const { path, items, schema } = collection;
  const base = `/orgs/:org/${path}`;

  function find(call: Call): Json {
    checkOrg(call);
    const id = call.params['id'] ?? '';
    const found = items(call.cloud.store).get(id);
    if (found === undefined) throw notFound(id);
    return found;
  }

  function written(call: Call, item: Json, before: Json, verb: string): void {
    const entry = recordWrite(call.cloud.store, authorOf(call), `${verb} ${path} "${String(item['name'])}"`, {
      before,
      after: verb === 'Delete' ? {} : item,
    });
    collection.touched(call.cloud, item, entry.id);
  }

  return [
    route('GET', base, (call) => {
      checkOrg(call);
      return pageOf(call.request, [...items(call.cloud.store).values()]);
    }),
    route('POST', base, (call) => {
      checkOrg(call);
      for (const key of collection.required) {
        if (!(key in call.body))
          throw badRequest(`${key}: This field is required (got ${JSON.stringify(call.body)})`);
      }
      validate(schema, call.body);
      const stored = insert(items(call.cloud.store), call.cloud.store.orgId, clone(call.body));
      written(call, stored, {}, 'Add');
      return json(stored);
    }),
    route('GET', `${base}/:id`, (call) => json(find(call))),
    route('PUT', `${base}/:id`, (call) => {
      const item = find(call);
      const before = clone(item);
      applyPut(item, call.body, schema);
      written(call, item, before, 'Update');
      return json(item);
    }),
    route('DELETE', `${base}/:id`, (call) => {
      const item = find(call);
      items(call.cloud.store).delete(String(item['id']));
      written(call, item, item, 'Delete');
      return json({});
    }),
  ];
}
