import { z } from 'zod';

/** A JSON schema node, from zod or from an OpenAPI document. */
export type Node = Record<string, unknown>;

export interface Shape {
  types: string[];
  enum?: string[];
  minimum?: number;
  maximum?: number;
  unique?: true;
  open?: boolean;
  required?: string[];
  properties?: Record<string, Shape>;
  values?: Shape;
  items?: Shape;
  anyOf?: Shape[];
}

/** Limits that zod adds to every integer; they say nothing about the contract. */
const SAFE = new Set([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
const DEPTH = 12;

/** Our schema as a comparable shape. */
export function shapeOfZod(schema: z.ZodType): Shape {
  return shape(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node, {}, 0);
}

/** A schema of the OpenAPI document as a comparable shape. */
export function shapeOfOpenApi(document: Node, name: string): Shape {
  const components = (document['components'] as { schemas: Record<string, Node> }).schemas;
  const found = components[name];
  if (found === undefined) throw new Error(`no schema ${name} in the OpenAPI document`);
  return shape(found, components, 0);
}

function shape(node: Node, components: Record<string, Node>, depth: number): Shape {
  if (depth > DEPTH) throw new Error('schema is too deep');
  const ref = node['$ref'];
  if (typeof ref === 'string') {
    const target = components[ref.split('/').at(-1) ?? ''];
    if (target === undefined) throw new Error(`unknown reference ${ref}`);
    return shape(target, components, depth);
  }
  const options = (node['anyOf'] ?? node['oneOf']) as Node[] | undefined;
  if (options !== undefined) return union(options.map((option) => shape(option, components, depth + 1)));
  const properties = node['properties'] as Record<string, Node> | undefined;
  const additional = node['additionalProperties'];
  const types = [node['type'] ?? (properties ? 'object' : [])].flat().map(String).sort();
  const isObject = types.includes('object');
  const values = typeof additional === 'object' && additional !== null ? (additional as Node) : undefined;
  return {
    types,
    ...(Array.isArray(node['enum']) && {
      enum: node['enum']
        .filter((v) => v !== null)
        .map(String)
        .sort(),
    }),
    ...limit(node, 'minimum'),
    ...limit(node, 'maximum'),
    ...(node['uniqueItems'] === true && { unique: true as const }),
    ...(isObject && {
      open: additional !== false,
      required: [...((node['required'] as string[]) ?? [])].sort(),
    }),
    ...(isObject && {
      properties: Object.fromEntries(
        Object.entries(properties ?? {}).map(([key, value]) => [key, shape(value, components, depth + 1)]),
      ),
    }),
    ...(values !== undefined &&
      Object.keys(values).length > 0 && { values: shape(values, components, depth + 1) }),
    ...(node['items'] !== undefined && { items: shape(node['items'] as Node, components, depth + 1) }),
  };
}

function limit(node: Node, key: 'minimum' | 'maximum'): Partial<Shape> {
  const value = node[key];
  return typeof value === 'number' && !SAFE.has(value) ? { [key]: value } : {};
}

/** Alternatives without `null`; a single one that is left becomes nullable. */
function union(options: Shape[]): Shape {
  const real = options.filter((option) => option.types.join() !== 'null');
  const nullable = real.length < options.length;
  const [only] = real;
  if (real.length === 1 && only !== undefined) {
    return nullable ? { ...only, types: [...only.types, 'null'].sort() } : only;
  }
  const sorted = real.sort((a, b) => a.types.join().localeCompare(b.types.join()));
  return { types: nullable ? ['null'] : [], anyOf: sorted };
}

/** A difference by its path: what only we have, what only they have, and what both have but not alike. */
export interface Difference {
  path: string;
  kind: 'only ours' | 'only theirs' | 'differs';
  detail: string;
}

export function differences(ours: Shape, theirs: Shape, path: string): Difference[] {
  const found: Difference[] = [];
  const differs = (what: string, a: unknown, b: unknown): void => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    if (left !== right)
      found.push({ path: `${path}#${what}`, kind: 'differs', detail: `${left} here, ${right} there` });
  };
  // A schema without any type says nothing about it.
  if (theirs.types.length > 0 || theirs.anyOf) differs('type', ours.types, theirs.types);
  differs('enum', ours.enum, theirs.enum);
  differs('minimum', ours.minimum, theirs.minimum);
  differs('maximum', ours.maximum, theirs.maximum);
  differs('uniqueItems', ours.unique, theirs.unique);
  if (theirs.types.includes('object')) {
    differs('open', ours.open, theirs.open);
    differs('required', ours.required, theirs.required);
  }
  for (const key of Object.keys(ours.properties ?? {})) {
    if (theirs.properties && !(key in theirs.properties)) {
      found.push({ path: `${path}.${key}`, kind: 'only ours', detail: 'not in the OpenAPI' });
    }
  }
  for (const [key, value] of Object.entries(theirs.properties ?? {})) {
    const mine = ours.properties?.[key];
    if (mine === undefined)
      found.push({ path: `${path}.${key}`, kind: 'only theirs', detail: 'missing here' });
    else found.push(...differences(mine, value, `${path}.${key}`));
  }
  for (const [part, mark] of [
    ['values', '{}'],
    ['items', '[]'],
  ] as const) {
    const [mine, other] = [ours[part], theirs[part]];
    if (mine && other) found.push(...differences(mine, other, path + mark));
    else if (mine ?? other) differs(part, mine?.types, other?.types);
  }
  const [mine, other] = [ours.anyOf ?? [], theirs.anyOf ?? []];
  if (mine.length !== other.length) differs('anyOf', mine.length, other.length);
  else mine.forEach((option, i) => found.push(...differences(option, other[i]!, `${path}|${i}`)));
  return found;
}
