import { badRequest } from './graph-fault.ts';

/** What a caller wants of a resource: `$select` and nested `$expand`. */
export interface Shape {
  readonly select?: readonly string[];
  readonly expand: ReadonlyMap<string, Shape>;
}

/** A resource's plain properties and how its navigation properties are drawn. */
export interface Drawable {
  readonly plain: object;
  readonly navigation: Readonly<Record<string, (shape: Shape) => unknown>>;
  /** Navigation properties that come along where the caller neither selects nor expands. */
  readonly expandedByDefault?: readonly string[];
}

export function parseShape(query: URLSearchParams): Shape {
  return shapeOf(query.get('$select') ?? undefined, query.get('$expand') ?? undefined);
}

function shapeOf(select: string | undefined, expand: string | undefined): Shape {
  const expanded = new Map<string, Shape>();
  for (const item of splitOutside(expand ?? '', ',')) {
    const match = /^\s*([\w.]+)\s*(?:\((.*)\))?\s*$/s.exec(item);
    if (!match?.[1]) throw badRequest(`Invalid $expand near '${item}'.`);
    expanded.set(match[1], nestedShape(match[2] ?? ''));
  }
  return {
    ...(select !== undefined && { select: select.split(',').map((s) => s.trim()) }),
    expand: expanded,
  };
}

function nestedShape(text: string): Shape {
  const options = new Map<string, string>();
  for (const part of splitOutside(text, ';')) {
    const at = part.indexOf('=');
    const key = part.slice(0, at).trim();
    if (at < 0 || (key !== '$select' && key !== '$expand'))
      throw badRequest(`Unsupported option '${part}' in $expand.`);
    options.set(key, part.slice(at + 1));
  }
  return shapeOf(options.get('$select'), options.get('$expand'));
}

/** Splits at `separator` outside parentheses; no empty parts. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const char = text[i];
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth < 0) throw badRequest('Unbalanced parentheses in $expand.');
    if (char !== undefined && (char !== separator || depth > 0)) continue;
    if (text.slice(start, i).trim() !== '') parts.push(text.slice(start, i));
    start = i + 1;
  }
  if (depth !== 0) throw badRequest('Unbalanced parentheses in $expand.');
  return parts;
}

/** Draws a resource as asked. A property that does not exist is refused, as Graph does. */
export function draw(
  { plain, navigation, expandedByDefault = [] }: Drawable,
  shape: Shape,
): Record<string, unknown> {
  const all = plain as Record<string, unknown>;
  const drawn: Record<string, unknown> = {};
  for (const name of shape.select ?? Object.keys(all)) {
    if (!Object.hasOwn(all, name) && !Object.hasOwn(navigation, name))
      throw badRequest(`Could not find a property named '${name}'.`);
    if (Object.hasOwn(all, name)) drawn[name] = all[name];
  }
  const untouched = shape.select === undefined && shape.expand.size === 0;
  const expand = untouched
    ? new Map(expandedByDefault.map((name): [string, Shape] => [name, { expand: new Map() }]))
    : shape.expand;
  for (const [name, nested] of expand) {
    const nav = Object.hasOwn(navigation, name) ? navigation[name] : undefined;
    if (!nav) throw badRequest(`Could not find a navigation property named '${name}'.`);
    drawn[name] = nav(nested);
  }
  // Selecting away the discriminator would make a derived type unreadable; Graph always sends it.
  if ('@odata.type' in all) drawn['@odata.type'] = all['@odata.type'];
  return drawn;
}
