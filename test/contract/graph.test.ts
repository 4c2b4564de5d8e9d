import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { graphEnums, type GraphEnumName } from '../../sandbox/contracts/graph/enums.ts';
import * as requests from '../../sandbox/contracts/graph/requests.ts';
import * as resources from '../../sandbox/contracts/graph/resources.ts';
import { linkBody, NETWORKS, startCaller, ZONES, type Caller } from '../sandbox/entra/support.ts';

const folder = process.env['CONTRACTS_DIR'];
if (folder === undefined)
  console.warn('Skipped: the comparison with the Graph contract needs CONTRACTS_DIR.');
const PREFIX = 'microsoft.graph.networkaccess.';

interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  nullable?: boolean;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: JsonSchema;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  $ref?: string;
}

interface OpenApi {
  components: { schemas: Record<string, JsonSchema> };
}

/** What both notations say about a property, in one vocabulary. */
interface Kind {
  kind: 'string' | 'integer' | 'boolean' | 'array' | 'object' | 'enum';
  nullable: boolean;
  members?: string[];
}

/** Enums of the contract that belong to objects which the simulator does not have. */
const NOT_OURS = new Set(['connectivityState', 'filteringPolicyAction']);

/** Schemas of the contract and ours, with properties that the contract adds in a derived type that we fold into one. */
const PAIRS: [string, z.ZodType, { extra?: string[] }?][] = [
  ['remoteNetwork', resources.remoteNetwork],
  ['deviceLink', resources.deviceLink],
  ['bgpConfiguration', resources.bgpConfiguration],
  ['redundancyConfiguration', resources.redundancyConfiguration],
  ['tunnelConfigurationIKEv2Default', resources.tunnelConfigurationIKEv2Default],
  ['tunnelConfigurationIKEv2Custom', resources.tunnelConfigurationIKEv2Custom],
  ['remoteNetworkConnectivityConfiguration', resources.remoteNetworkConnectivityConfiguration],
  ['connectivityConfigurationLink', resources.connectivityConfigurationLink],
  ['localConnectivityConfiguration', resources.localConnectivityConfiguration],
  ['peerConnectivityConfiguration', resources.peerConnectivityConfiguration],
  ['associatedBranch', resources.associatedBranch],
  ['forwardingProfile', resources.forwardingProfile],
  ['forwardingPolicyLink', resources.forwardingPolicyLink],
  ['forwardingPolicy', resources.forwardingPolicy],
  ['m365ForwardingRule', resources.m365ForwardingRule],
  ['internetAccessForwardingRule', resources.m365ForwardingRule, { extra: ['category'] }],
  ['tenantStatus', resources.tenantStatus],
  ['remoteNetworkHealthEvent', resources.remoteNetworkHealthEvent],
  ['alert', resources.alert],
];

/** Read-only properties of the contract that our requests refuse, and the annotation that they allow. */
const READ_ONLY = ['id', 'lastModifiedDateTime', 'version', '@odata.type'];

describe.skipIf(folder === undefined)('Graph contract', () => {
  const contract =
    folder === undefined ? undefined : (read(join(folder, 'graph-networkaccess.openapi.json')) as OpenApi);
  const schemas = contract?.components.schemas ?? {};

  test('every enum has the members of the contract in its order', () => {
    const names = Object.entries(schemas)
      .filter(([name, schema]) => name.startsWith(PREFIX) && schema.enum)
      .map(([name]) => name.slice(PREFIX.length))
      .filter((name) => !NOT_OURS.has(name));
    expect(Object.keys(graphEnums).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      expect([name, graphEnums[name as GraphEnumName].options]).toEqual([name, schemas[PREFIX + name]?.enum]);
    }
  });

  test.each(PAIRS)('%s has the properties of the contract', (name, schema, { extra = [] } = {}) => {
    const theirs = propertiesOf({ $ref: `#/components/schemas/${PREFIX}${name}` }, schemas);
    const ours = propertiesOf(
      z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema,
      {},
    );
    for (const property of extra) delete ours[property];
    expect(describeAll(ours, {})).toEqual(describeAll(theirs, schemas));
  });

  test.each([
    ['gsa.deviceLinkCreate', requests.deviceLinkCreate],
    ['gsa.remoteNetworkCreate', requests.remoteNetworkCreate],
  ])('the request %s has the writable and the required properties of the contract', (name, schema) => {
    const reference = { $ref: `#/components/schemas/${name}` };
    const ours = z.toJSONSchema(schema) as JsonSchema;
    expect(writable(Object.keys(propertiesOf(ours, {})))).toEqual(
      writable(Object.keys(propertiesOf(reference, schemas))),
    );
    expect((ours.required ?? []).toSorted()).toEqual(requiredOf(reference, schemas).toSorted());
  });

  const examples = folder === undefined ? [] : listExamples(join(folder, 'examples', 'graph'));

  test('every published example has a schema', () => {
    expect(examples.length).toBeGreaterThan(25);
    expect(examples.filter(({ schema }) => schema === undefined).map(({ name }) => name)).toEqual([]);
  });

  test.each(examples)(
    'the published example $name is read as the documentation intends',
    ({ name, schema, body }) => {
      // Microsoft's own pages spell an enum member wrongly in these two.
      const wrong = name.startsWith('18-') || name.startsWith('19-');
      expect(schema?.safeParse(body).success).toBe(!wrong);
    },
  );

  describe('answers of the simulator', () => {
    let caller: Caller;
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    beforeAll(async () => {
      ajv.addSchema({ $id: 'graph', components: { schemas } });
      caller = await startCaller();
      const { store } = caller.sim;
      const profiles = [{ id: store.profile('m365').id }];
      const deviceLinks = [linkBody({ redundancyConfiguration: ZONES }), linkBody({ name: 'b' })];
      const body = { name: 'lyon', region: 'franceCentral', forwardingProfiles: profiles, deviceLinks };
      expect((await caller.graph('POST', NETWORKS, body)).status).toBe(201);
      caller.sim.recordHealth({
        remoteNetworkId: 'x',
        status: 'tunnelConnected',
        sourceIp: '203.0.113.10',
        destinationIp: '20.241.0.1',
        bgpRoutesAdvertisedCount: 0,
        sentBytes: 0,
        receivedBytes: 0,
      });
      store.addAlert('x', 'tunnel disconnected');
    });
    afterAll(() => caller.sim.close());

    test.each([
      ['/tenantStatus', 'tenantStatus'],
      [NETWORKS, 'remoteNetworkCollectionResponse'],
      [`${NETWORKS}/{}`, 'remoteNetwork'],
      [`${NETWORKS}/{}/deviceLinks`, 'deviceLinkCollectionResponse'],
      [`${NETWORKS}/{}/connectivityConfiguration`, 'remoteNetworkConnectivityConfiguration'],
      [`${NETWORKS}/{}/connectivityConfiguration/links`, 'connectivityConfigurationLinkCollectionResponse'],
      [`${NETWORKS}/{}/forwardingProfiles`, 'forwardingProfileCollectionResponse'],
      ['/forwardingProfiles', 'forwardingProfileCollectionResponse'],
      ['/forwardingProfiles/[]/policies?$expand=policy($expand=policyRules)', 'policyLinkCollectionResponse'],
      ['/logs/remoteNetworks', 'remoteNetworkHealthEventCollectionResponse'],
      ['/alerts', 'alertCollectionResponse'],
    ])('GET %s conforms to the contract', async (path, schema) => {
      const [network] = caller.sim.store.networks.keys();
      const target = path.replace('{}', network ?? '').replace('[]', caller.sim.store.profile('m365').id);
      const { status, json } = await caller.graph('GET', target);
      expect(status).toBe(200);
      const valid = ajv.validate({ $ref: `graph#/components/schemas/${PREFIX}${schema}` }, json);
      expect([valid, ajv.errors]).toEqual([true, null]);
    });

    test('an error conforms to the contract', async () => {
      const { json } = await caller.graph('GET', `${NETWORKS}/x`);
      const name = 'microsoft.graph.ODataErrors.ODataError';
      expect(ajv.validate({ $ref: `graph#/components/schemas/${name}` }, json)).toBe(true);
      expect(resources.graphError.safeParse(json).success).toBe(true);
    });
  });
});

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writable(names: string[]): string[] {
  return names.filter((name) => !READ_ONLY.includes(name)).toSorted();
}

function resolve(schema: JsonSchema, all: Record<string, JsonSchema>): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const target = all[schema.$ref.replace('#/components/schemas/', '')];
  if (!target) throw new Error(`dangling reference ${schema.$ref}`);
  return target;
}

/** Own and inherited properties. */
function propertiesOf(schema: JsonSchema, all: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const { allOf = [], properties = {} } = resolve(schema, all);
  return Object.assign({}, ...allOf.map((part) => propertiesOf(part, all)), properties) as Record<
    string,
    JsonSchema
  >;
}

function requiredOf(schema: JsonSchema, all: Record<string, JsonSchema>): string[] {
  const { allOf = [], required = [] } = resolve(schema, all);
  return [...allOf.flatMap((part) => requiredOf(part, all)), ...required];
}

function describeAll(
  properties: Record<string, JsonSchema>,
  all: Record<string, JsonSchema>,
): Record<string, Kind> {
  const entries = Object.entries(properties).filter(([name]) => name !== '@odata.type');
  return Object.fromEntries(entries.map(([name, schema]) => [name, kindOf(schema, all)]));
}

function kindOf(schema: JsonSchema, all: Record<string, JsonSchema>): Kind {
  const { type, enum: members, anyOf, oneOf, allOf, nullable = false } = resolve(schema, all);
  const branches = (anyOf ?? oneOf)?.map((branch) => resolve(branch, all));
  if (branches) {
    const solid = branches.filter((branch) => !isNull(branch));
    const isNullable = solid.length < branches.length;
    return { ...kindOf(solid[0] ?? {}, all), ...(isNullable && { nullable: true }) };
  }
  if (members) return { kind: 'enum', nullable, members: members.map(String) };
  if (allOf) return { kind: 'object', nullable };
  const known = ['string', 'integer', 'boolean', 'array', 'object'] as const;
  const types = Array.isArray(type) ? type : [type];
  const kind = known.find((name) => types.includes(name));
  if (!kind) throw new Error(`no kind for ${JSON.stringify(schema)}`);
  return { kind, nullable: nullable || types.includes('null') };
}

/** How the two notations write null: a type of its own, or a nullable branch that nothing else fits. */
function isNull(schema: JsonSchema): boolean {
  return (
    schema.type === 'null' ||
    (schema.nullable === true && (schema.enum !== undefined || 'maxProperties' in schema))
  );
}

function listExamples(path: string): { name: string; schema: z.ZodType | undefined; body: unknown }[] {
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file.slice(0, -'.json'.length), body: read(join(path, file)) }))
    .map(({ name, body }) => ({ name, body, schema: schemaOf(name) }));
}

function schemaOf(name: string): z.ZodType | undefined {
  const { collectionOf } = resources;
  const rules: [RegExp, z.ZodType][] = [
    [/^0[1-3].*request$/, requests.remoteNetworkCreate],
    [/^0[1-3].*response$/, resources.remoteNetwork],
    [/^04/, collectionOf(resources.remoteNetwork)],
    [/^05/, resources.remoteNetwork],
    [/^06.*request$/, requests.remoteNetworkUpdate],
    [/^06.*response$/, resources.remoteNetwork],
    [/^0[78].*request$/, requests.deviceLinkCreate],
    [/^08.*response$/, resources.deviceLink],
    [/^09/, collectionOf(resources.deviceLink)],
    [/^10/, resources.remoteNetworkConnectivityConfiguration],
    [/^11/, requests.forwardingProfilesDelta],
    [/^12|^14/, collectionOf(resources.forwardingProfile)],
    [/^13.*request$/, requests.forwardingProfileUpdate],
    [/^13.*response$/, resources.forwardingProfile],
    [/^15/, resources.tenantStatus],
    [/^1[67]/, collectionOf(resources.remoteNetworkHealthEvent)],
    [/^18/, resources.remoteNetworkHealthEvent],
    [/^19/, requests.remoteNetworkCreate],
    [/^20/, resources.deviceLink],
    [/^21/, requests.deviceLinkUpdate],
    [/^22/, resources.graphError],
  ];
  return rules.find(([pattern]) => pattern.test(name))?.[1];
}
