/** One thing that Slack would refuse, at a JSON pointer into the value that was sent. */
export interface Problem {
  pointer: string;
  message: string;
}

/** Adds to `out` what is wrong with `value`, which stands at `pointer`. */
export type Check = (value: unknown, pointer: string, out: Problem[]) => void;

/** Any JSON object whose properties are not known beforehand. */
export type JsonObject = Record<string, unknown>;

/** A property of an object; `required` is reported as Slack does when it is missing. */
export interface Field {
  check: Check;
  required: boolean;
}

/** Whether the value is a JSON object, not an array and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The line that Slack puts into `response_metadata.messages`. */
export function describe(problem: Problem): string {
  return `[ERROR] ${problem.message} [json-pointer:${problem.pointer}]`;
}

/** A property that must be there. */
export function required(check: Check): Field {
  return { check, required: true };
}

/** A property that may be missing; null is not missing. */
export function optional(check: Check): Field {
  return { check, required: false };
}

/** An object with exactly these properties; `rules` see it only when it is an object. */
export function object(fields: Record<string, Field>, ...rules: ObjectRule[]): Check {
  return (value, pointer, out) => {
    if (!isObject(value)) {
      out.push({ pointer, message: 'must provide an object' });
      return;
    }
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key)) out.push({ pointer, message: `invalid additional property: ${key}` });
    }
    for (const [key, field] of Object.entries(fields)) {
      const present = value[key];
      if (present !== undefined) field.check(present, `${pointer}/${key}`, out);
      else if (field.required) out.push({ pointer, message: `missing required field: ${key}` });
    }
    for (const rule of rules) rule(value, pointer, out);
  };
}

/** What must hold between the properties of an object. */
export type ObjectRule = (value: JsonObject, pointer: string, out: Problem[]) => void;

/** A string of `min` (default 1) to `max` UTF-16 units; counting units is never laxer than counting characters. */
export function string(max: number, min = 1): Check {
  return (value, pointer, out) => {
    if (typeof value !== 'string') out.push({ pointer, message: 'must provide a string' });
    else if (value.length < min) out.push({ pointer, message: `must be more than ${min - 1} characters` });
    else if (value.length > max) out.push({ pointer, message: `must be less than ${max + 1} characters` });
  };
}

/** A string that matches; `what` completes "must be …". */
export function pattern(expression: RegExp, what: string): Check {
  return (value, pointer, out) => {
    if (typeof value !== 'string' || !expression.test(value))
      out.push({ pointer, message: `must be ${what}` });
  };
}

/** True or false, not a string. */
export function boolean(): Check {
  return (value, pointer, out) => {
    if (typeof value !== 'boolean') out.push({ pointer, message: 'must provide a boolean' });
  };
}

/** A whole number within both limits. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Check {
  return (value, pointer, out) => {
    if (!Number.isInteger(value)) out.push({ pointer, message: 'must provide an integer' });
    else if (Number(value) < min) out.push({ pointer, message: `must be at least ${min}` });
    else if (Number(value) > max) out.push({ pointer, message: `must be at most ${max}` });
  };
}

/** Any finite number. */
export function number(): Check {
  return (value, pointer, out) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      out.push({ pointer, message: 'must provide a number' });
    }
  };
}

/** One of these values, by identity. */
export function oneOf(...allowed: readonly unknown[]): Check {
  return (value, pointer, out) => {
    if (!allowed.includes(value)) {
      out.push({ pointer, message: `must be one of the allowed values: ${allowed.join(', ')}` });
    }
  };
}

/** An array of so many items, each judged by `item`. */
export function list(item: Check, size: { min?: number; max?: number } = {}): Check {
  return (value, pointer, out) => {
    if (!Array.isArray(value)) {
      out.push({ pointer, message: 'must provide an array' });
      return;
    }
    const { min = 0, max = Number.POSITIVE_INFINITY } = size;
    if (value.length < min) out.push({ pointer, message: `must provide at least ${min} items` });
    if (value.length > max) out.push({ pointer, message: `no more than ${max} items allowed` });
    value.forEach((entry, index) => item(entry, `${pointer}/${index}`, out));
  };
}

/** An object whose `type` chooses its check; other types are refused as Slack does. */
export function byType(table: Record<string, Check>): Check {
  return (value, pointer, out) => {
    if (!isObject(value)) {
      out.push({ pointer, message: 'must provide an object' });
      return;
    }
    const { type } = value;
    if (type === undefined) {
      out.push({ pointer, message: 'missing required field: type' });
      return;
    }
    const check = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
    if (!check) out.push({ pointer: `${pointer}/type`, message: `unsupported type: ${String(type)}` });
    else check(value, pointer, out);
  };
}
