import { Secret } from './base/secret.ts';
import { failed, ok, type Result } from './base/failure.ts';
import { Environment, setVariables, type LogLevel } from './config/environment.ts';
import { fileText, secretKey } from './config/values.ts';

/** How the bot proves to Entra who it is; exactly one way is configured. */
export type EntraCredentialConfig =
  | { readonly kind: 'secret'; readonly clientSecret: Secret }
  | { readonly kind: 'certificate'; readonly path: string }
  | { readonly kind: 'federated'; readonly tokenFile: string }
  | { readonly kind: 'managed-identity' };

/** Everything that the environment decides, checked and with defaults filled in. Durations are milliseconds. */
export interface Config {
  readonly slack: {
    readonly botToken: Secret;
    /** Socket Mode wins where both are set. */
    readonly mode:
      | { readonly kind: 'socket'; readonly appToken: Secret }
      | { readonly kind: 'http'; readonly signingSecret: Secret };
    /** Ends in `/api/`. */
    readonly apiUrl: string;
    /** Where cards go; undefined = the channel of the command. */
    readonly channel?: string;
  };
  readonly server: { readonly host: string; readonly port: number };
  readonly access: {
    /** User and user-group IDs, at least one. */
    readonly approvers: readonly string[];
    readonly operators: readonly string[] | '*';
  };
  readonly approvals: { readonly needed: number; readonly ttlMs: number };
  readonly entra: {
    readonly tenantId: string;
    readonly clientId: string;
    readonly credential: EntraCredentialConfig;
    readonly authorityHost?: string;
    /** Origin; undefined = Microsoft's. */
    readonly graphBaseUrl?: string;
    readonly deviceVendor: string;
  };
  readonly mist: {
    readonly apiToken: Secret;
    readonly orgId: string;
    /** Origin, without a slash at the end. */
    readonly baseUrl: string;
    readonly wsUrl: string;
    /** Present = the webhook receiver is on. */
    readonly webhookSecret?: Secret;
  };
  readonly store: {
    /** May hold a password. */
    readonly url: Secret;
    /** 32 bytes in base64. */
    readonly key: Secret;
    readonly oldKeys: readonly Secret[];
  };
  readonly planning: {
    readonly peeringPool: readonly string[];
    readonly maxNetworks: number;
    readonly maxLinks: number;
    /** undefined = unknown. */
    readonly bandwidthPoolMbps?: number;
  };
  readonly timing: {
    readonly pollMs: number;
    /** Caps every deadline; undefined = no cap. */
    readonly verifyCapMs?: number;
    /** Wait before the second look; undefined = one SA lifetime + 5 min, 0 = none. */
    readonly rekeyCheckMs?: number;
    readonly watchMs: number;
  };
  readonly timeZone: string;
  /** On loopback; undefined = off. 0 = any free port. */
  readonly healthPort?: number;
  /** The URL may hold a password. */
  readonly proxy?: { readonly url: Secret; readonly noProxy: string };
  readonly logLevel: LogLevel;
  /** What is accepted but probably not meant; to be logged at start. */
  readonly warnings: readonly string[];
}

/**
 * Reads the whole configuration. The failure is one message that names every wrong or missing variable and what is
 * expected; it never repeats a value.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Result<Config, string> {
  const present = setVariables(env);
  const parsed = Environment.safeParse(present);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`);
  const credential = checkTogether(present, problems);
  const key = readKey(present, problems);
  if (!parsed.success || credential === undefined || key === undefined || problems.length > 0) {
    return failed(
      `The configuration is not complete. Correct these environment variables:\n${[...new Set(problems)]
        .map((problem) => `  ${problem}`)
        .join('\n')}`,
    );
  }
  return ok(build(parsed.data, credential, key));
}

const CREDENTIALS = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_MANAGED_IDENTITY',
] as const;

/** Rules that involve several variables; returns the one Entra credential. */
function checkTogether(
  present: Readonly<Record<string, string>>,
  problems: string[],
): (typeof CREDENTIALS)[number] | undefined {
  if (!present['SLACK_APP_TOKEN'] && !present['SLACK_SIGNING_SECRET']) {
    problems.push('SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): one of them is required');
  }
  if (present['SLACK_APP_TOKEN']?.startsWith('xoxb-')) {
    problems.push('SLACK_APP_TOKEN: this is a bot token; the app-level token (xapp-…) is expected');
  }
  if (present['SLACK_BOT_TOKEN']?.startsWith('xapp-')) {
    problems.push('SLACK_BOT_TOKEN: this is an app-level token; the bot token (xoxb-…) is expected');
  }
  const given = CREDENTIALS.filter(
    (name) => present[name] && !(name === 'AZURE_MANAGED_IDENTITY' && present[name]?.trim() === 'false'),
  );
  if (given.length === 0) problems.push(`one of ${CREDENTIALS.join(', ')} is required`);
  if (given.length > 1) problems.push(`${given.join(', ')}: only one of them may be set`);
  return given.length === 1 ? given[0] : undefined;
}

function readKey(present: Readonly<Record<string, string>>, problems: string[]): string | undefined {
  const { SSE_SECRET_KEY: inline, SSE_SECRET_KEY_FILE: file } = present;
  if (inline && file) {
    problems.push('SSE_SECRET_KEY, SSE_SECRET_KEY_FILE: only one of them may be set');
    return undefined;
  }
  if (!inline && !file) {
    problems.push('SSE_SECRET_KEY or SSE_SECRET_KEY_FILE is required: 32 bytes in base64');
    return undefined;
  }
  if (inline) return inline.trim();
  const text = fileText((file ?? '').trim());
  if (!text.ok) return undefined;
  const key = secretKey(text.value);
  if (!key.ok) problems.push(`SSE_SECRET_KEY_FILE: the file must hold ${key.expected}`);
  return key.ok ? key.value : undefined;
}

/** Characters that a secret needs so that nobody finds it by trying. */
const GOOD_SECRET = 16;

/** Checked, so that a mistake shows before a later version relies on them. */
const WITHOUT_EFFECT = ['SSE_WATCH_INTERVAL'] as const;

function build(env: Environment, credential: (typeof CREDENTIALS)[number], key: string): Config {
  const warnings: string[] = [];
  if (env.SLACK_APP_TOKEN && env.SLACK_SIGNING_SECRET) {
    warnings.push('SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: Socket Mode is used');
  }
  if (env.MIST_WEBHOOK_SECRET && env.MIST_WEBHOOK_SECRET.length < GOOD_SECRET) {
    warnings.push(`MIST_WEBHOOK_SECRET has fewer than ${GOOD_SECRET} characters and may be guessed`);
  }
  for (const name of WITHOUT_EFFECT) {
    if (env[name] !== undefined) warnings.push(`${name} is set, but has no effect in this version`);
  }
  return {
    slack: {
      botToken: new Secret(env.SLACK_BOT_TOKEN),
      mode: env.SLACK_APP_TOKEN
        ? { kind: 'socket', appToken: new Secret(env.SLACK_APP_TOKEN) }
        : { kind: 'http', signingSecret: new Secret(env.SLACK_SIGNING_SECRET ?? '') },
      apiUrl: env.SLACK_API_URL ?? 'https://slack.com/api/',
      ...(env.SSE_CHANNEL && { channel: env.SSE_CHANNEL }),
    },
    server: { host: env.HOST ?? '127.0.0.1', port: env.PORT ?? 3000 },
    access: { approvers: env.SSE_APPROVERS, operators: env.SSE_OPERATORS },
    approvals: { needed: env.SSE_APPROVALS ?? 1, ttlMs: env.SSE_APPROVAL_TTL ?? 86_400_000 },
    entra: {
      tenantId: env.AZURE_TENANT_ID,
      clientId: env.AZURE_CLIENT_ID,
      credential: entraCredential(env, credential),
      ...(env.AZURE_AUTHORITY_HOST && { authorityHost: env.AZURE_AUTHORITY_HOST }),
      ...(env.GRAPH_BASE_URL && { graphBaseUrl: env.GRAPH_BASE_URL }),
      deviceVendor: env.SSE_DEVICE_VENDOR ?? 'other',
    },
    mist: {
      apiToken: new Secret(env.MIST_API_TOKEN),
      orgId: env.MIST_ORG_ID,
      baseUrl: env.MIST_BASE_URL,
      wsUrl: env.MIST_WS_URL ?? streamUrl(env.MIST_BASE_URL),
      ...(env.MIST_WEBHOOK_SECRET && { webhookSecret: new Secret(env.MIST_WEBHOOK_SECRET) }),
    },
    store: {
      url: new Secret(env.DATABASE_URL ?? 'sqlite:./data/sse.db'),
      key: new Secret(key),
      oldKeys: (env.SSE_SECRET_KEYS_OLD ?? []).map((old) => new Secret(old)),
    },
    planning: {
      peeringPool: env.SSE_PEERING_POOL ?? [],
      maxNetworks: env.SSE_MAX_NETWORKS ?? 10,
      maxLinks: env.SSE_MAX_LINKS ?? 4,
      ...(env.SSE_BANDWIDTH_POOL_MBPS !== undefined && { bandwidthPoolMbps: env.SSE_BANDWIDTH_POOL_MBPS }),
    },
    timing: {
      pollMs: env.SSE_POLL_INTERVAL ?? 15_000,
      ...(env.SSE_VERIFY_TIMEOUT !== undefined && { verifyCapMs: env.SSE_VERIFY_TIMEOUT }),
      ...(env.SSE_REKEY_CHECK !== undefined && { rekeyCheckMs: env.SSE_REKEY_CHECK }),
      watchMs: env.SSE_WATCH_INTERVAL ?? 60_000,
    },
    timeZone: env.SSE_TZ ?? 'UTC',
    ...(env.HEALTH_PORT !== undefined && { healthPort: env.HEALTH_PORT }),
    ...(env.HTTPS_PROXY && { proxy: { url: new Secret(env.HTTPS_PROXY), noProxy: env.NO_PROXY ?? '' } }),
    logLevel: env.LOG_LEVEL ?? 'info',
    warnings,
  };
}

function entraCredential(env: Environment, name: (typeof CREDENTIALS)[number]): EntraCredentialConfig {
  switch (name) {
    case 'AZURE_CLIENT_SECRET':
      return { kind: 'secret', clientSecret: new Secret(env.AZURE_CLIENT_SECRET ?? '') };
    case 'AZURE_CLIENT_CERTIFICATE_PATH':
      return { kind: 'certificate', path: env.AZURE_CLIENT_CERTIFICATE_PATH ?? '' };
    case 'AZURE_FEDERATED_TOKEN_FILE':
      return { kind: 'federated', tokenFile: env.AZURE_FEDERATED_TOKEN_FILE ?? '' };
    case 'AZURE_MANAGED_IDENTITY':
      return { kind: 'managed-identity' };
  }
}

/** Mist streams on a host of its own: `api.` becomes `api-ws.`. Source: Mist documentation, "WebSocket". */
function streamUrl(baseUrl: string): string {
  const stream = new URL(baseUrl);
  stream.protocol = stream.protocol === 'https:' ? 'wss:' : 'ws:';
  stream.hostname = stream.hostname.replace(/^api\./, 'api-ws.');
  return `${stream.protocol}//${stream.host}/api-ws/v1/stream`;
}
