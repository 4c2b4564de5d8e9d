import { isObject } from '../contracts/slack/check.ts';
import { CUSTOMIZE, METHODS, type ArgumentKind, type MethodContract } from '../contracts/slack/methods.ts';
import type { SimRequest, SimResponse } from '../http/server.ts';
import { ApiError, argumentError, NotTakenHere } from './api-error.ts';
import type { ViolationLog } from './violations.ts';

/** Arguments after decoding: strings, numbers, booleans, and what JSON strings held. */
export type Arguments = Record<string, unknown>;

/** Carries out one method; returns the answer without `ok`, throws {@link ApiError} to refuse. */
export type Method = (args: Arguments) => Record<string, unknown>;

interface WebApiOptions {
  botToken: string;
  appToken: string;
  scopes: readonly string[];
  methods: Readonly<Record<string, Method>>;
  violations: ViolationLog;
}

/** Slack's SDKs add these to every call. */
const UNIVERSAL = new Set(['token', 'team_id']);

/** Refusals that only a mistake in the bot can cause; state and timing are not among them. */
const BOT_MISTAKES = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_arguments',
  'invalid_attachments',
  'invalid_metadata_format',
  'markdown_text_conflict',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'view_too_large',
  'push_limit_reached',
]);

/** Answers `POST /api/{method}` (also GET): tokens, scopes, arguments, then the method. */
export class WebApi {
  readonly #options: WebApiOptions;

  constructor(options: WebApiOptions) {
    this.#options = options;
  }

  call(name: string, request: SimRequest): SimResponse {
    const { violations, scopes } = this.#options;
    try {
      const raw = rawArguments(request, METHODS[name]);
      const contract = this.#contract(name);
      this.#authorise(name, contract, request, raw);
      const args = this.#decode(name, contract, raw);
      const method = this.#options.methods[name];
      if (!method) throw new ApiError('unknown_method');
      return answer(contract.token === 'bot' ? scopes : ['connections:write'], contract.scopes, {
        ok: true,
        ...method(args),
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (BOT_MISTAKES.has(error.code) && !(error instanceof NotTakenHere)) {
        const kind = name.startsWith('views.') ? 'view' : 'blocks';
        violations.add(kind, name, `${error.code} ${JSON.stringify(error.extra)}`);
      }
      return answer(scopes, METHODS[name]?.scopes ?? [], { ok: false, error: error.code, ...error.extra });
    }
  }

  #contract(name: string): MethodContract {
    const contract = METHODS[name];
    if (contract) return contract;
    this.#options.violations.add(
      'unknown_method',
      name,
      'no such method, or not one this app is known to need',
    );
    throw new ApiError('unknown_method', { req_method: name });
  }

  #authorise(name: string, contract: MethodContract, request: SimRequest, raw: Arguments): void {
    const { violations } = this.#options;
    const header = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const token = header ?? (typeof raw['token'] === 'string' ? raw['token'] : undefined);
    const own = contract.token === 'bot' ? this.#options.botToken : this.#options.appToken;
    const other = contract.token === 'bot' ? this.#options.appToken : this.#options.botToken;
    if (token !== own) {
      const code =
        token === undefined ? 'not_authed' : token === other ? 'not_allowed_token_type' : 'invalid_auth';
      violations.add('auth', name, code);
      throw new ApiError(code);
    }
    if (contract.token === 'bot') this.requireScopes(name, contract.scopes);
  }

  /** Refuses with `missing_scope` unless all are granted. */
  requireScopes(name: string, needed: readonly string[]): void {
    const { scopes, violations } = this.#options;
    if (needed.every((scope) => scopes.includes(scope))) return;
    violations.add('missing_scope', name, needed.join(','));
    throw new ApiError('missing_scope', { needed: needed.join(','), provided: scopes.join(',') });
  }

  #decode(name: string, contract: MethodContract, raw: Arguments): Arguments {
    const { violations } = this.#options;
    const args: Arguments = {};
    for (const [key, value] of Object.entries(raw)) {
      if (UNIVERSAL.has(key)) continue;
      const kind = contract.args[key];
      if (kind) args[key] = decode(key, kind, value);
      else violations.add('unknown_argument', name, key);
    }
    const missing = contract.required.filter((key) => args[key] === undefined || args[key] === '');
    if (missing.length > 0) throw argumentError(...missing.map((key) => `missing required field: ${key}`));
    if (contract.scopes.includes('chat:write') && CUSTOMIZE.args.some((key) => key in args)) {
      this.requireScopes(name, [CUSTOMIZE.scope]);
    }
    return args;
  }
}

function rawArguments(request: SimRequest, contract: MethodContract | undefined): Arguments {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim();
  const text = request.body.toString('utf8');
  const query = Object.fromEntries(request.query);
  if (type === 'application/json') {
    if (contract && !contract.json) return query;
    const value: unknown = text === '' ? {} : parseJson(text);
    if (!isObject(value)) throw new ApiError('invalid_json');
    return { ...query, ...value };
  }
  if (text !== '' && type !== 'application/x-www-form-urlencoded') throw new ApiError('invalid_form_data');
  return { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
}

function decode(key: string, kind: ArgumentKind, value: unknown): unknown {
  if (kind === 'json') {
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    if (typeof parsed === 'object' && parsed !== null) return parsed;
    if (key === 'blocks') throw new ApiError('invalid_blocks_format');
    throw argumentError(`must be JSON [json-pointer:/${key}]`);
  }
  if (kind === 'boolean') {
    const flag = { true: true, '1': true, false: false, '0': false }[String(value)];
    if (flag === undefined) throw argumentError(`must be a boolean [json-pointer:/${key}]`);
    return flag;
  }
  if (kind === 'integer') {
    const whole = Number(value);
    if (!Number.isInteger(whole)) throw argumentError(`must be an integer [json-pointer:/${key}]`);
    return whole;
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw argumentError(`must be a string [json-pointer:/${key}]`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answer(scopes: readonly string[], accepted: readonly string[], body: object): SimResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  headers['x-oauth-scopes'] = scopes.join(',');
  if (accepted.length > 0) headers['x-accepted-oauth-scopes'] = accepted.join(',');
  return { status: 200, headers, body };
}
