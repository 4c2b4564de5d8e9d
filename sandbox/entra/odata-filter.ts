import { badRequest } from './graph-fault.ts';

type Row = Readonly<Record<string, unknown>>;
type Predicate = (row: Row) => boolean;

const TOKEN = /\s*(\(|\)|,|'(?:[^']|'')*'|[^\s(),']+)/gy;

/**
 * Compiles the part of OData's `$filter` that Graph documents for these collections: comparisons with
 * `eq ne gt ge lt le` joined by `and`, `or`, `not` and parentheses, and `startswith`.
 */
export function parseFilter(text: string, properties: ReadonlySet<string>): Predicate {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at]?.toLowerCase();
  const take = (expected?: string): string => {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token.toLowerCase() !== expected)) {
      throw badRequest(`Invalid filter clause: '${text}'.`);
    }
    at += 1;
    return token;
  };
  const property = (): string => {
    const name = take();
    if (!properties.has(name)) throw badRequest(`Could not find a property named '${name}' in the filter.`);
    return name;
  };

  function anyOf(): Predicate {
    let left = allOf();
    while (peek() === 'or') {
      take();
      const [first, second] = [left, allOf()];
      left = (row) => first(row) || second(row);
    }
    return left;
  }

  function allOf(): Predicate {
    let left = term();
    while (peek() === 'and') {
      take();
      const [first, second] = [left, term()];
      left = (row) => first(row) && second(row);
    }
    return left;
  }

  function term(): Predicate {
    if (peek() === 'not') {
      take();
      const inner = term();
      return (row) => !inner(row);
    }
    if (peek() === '(') {
      take();
      const inner = anyOf();
      take(')');
      return inner;
    }
    return peek() === 'startswith' ? prefixTerm() : comparison();
  }

  function prefixTerm(): Predicate {
    take('startswith');
    take('(');
    const name = property();
    take(',');
    const prefix = String(literal(take()));
    take(')');
    return (row) =>
      String(row[name] ?? '')
        .toLowerCase()
        .startsWith(prefix.toLowerCase());
  }

  function comparison(): Predicate {
    const name = property();
    const operator = take().toLowerCase();
    const test = OPERATORS[operator];
    if (!test) throw badRequest(`Unknown operator '${operator}' in the filter.`);
    const wanted = literal(take());
    return (row) => test(compare(row[name], wanted));
  }

  const predicate = anyOf();
  if (at !== tokens.length) throw badRequest(`Invalid filter clause: '${text}'.`);
  return predicate;
}

const OPERATORS: Record<string, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let end = 0;
  for (const match of text.trim().matchAll(TOKEN)) {
    tokens.push(match[1] ?? '');
    end = match.index + match[0].length;
  }
  if (end !== text.trim().length) throw badRequest(`Invalid filter clause: '${text}'.`);
  return tokens;
}

function literal(token: string): unknown {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'null') return null;
  if (token === 'true' || token === 'false') return token === 'true';
  return /^-?\d+(\.\d+)?$/.test(token) ? Number(token) : token;
}

/** Orders two values: timestamps as instants, numbers as numbers, the rest as text without regard to case. */
export function compare(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (left === null || left === undefined) return -1;
  if (right === null || right === undefined) return 1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [String(left), String(right)];
  if (isInstant(a) && isInstant(b)) return Date.parse(a) - Date.parse(b);
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text));
}
