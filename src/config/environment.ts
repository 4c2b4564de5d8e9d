import { z } from 'zod';
import {
  bad,
  cidr,
  databaseUrl,
  duration,
  good,
  list,
  memberId,
  memberOf,
  readableFile,
  secretKey,
  timeZone,
  url,
  wholeNumber,
  word,
  type Parser,
} from './values.ts';
import { writableMembers } from '../design/graph-enums.ts';

/** pino's levels. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

function field<T>(parse: Parser<T>) {
  return z
    .string()
    .trim()
    .transform((text, context): T => {
      const parsed = parse(text);
      if (parsed.ok) return parsed.value;
      context.addIssue({ code: 'custom', message: parsed.expected });
      return z.NEVER;
    });
}

function optional<T>(parse: Parser<T>) {
  return field(parse).optional();
}

function required<T>(parse: Parser<T>, expected: string) {
  return z.string(`is required: ${expected}`).pipe(field(parse));
}

const token = word('a token without blanks');
const identifier = word('an identifier without blanks', /^[A-Za-z0-9._-]+$/);

const slackApiUrl: Parser<string> = (text) => {
  const expected = 'an https URL, or http on loopback, that ends in /api/';
  const parsed = url({ secure: 'https:', plain: 'http:', expected })(text);
  if (!parsed.ok) return parsed;
  return parsed.value.endsWith('/api') ? good(`${parsed.value}/`) : bad(expected);
};

const webSocketUrl: Parser<string> = (text) => {
  const expected = 'a wss URL, or ws on loopback, that ends in /api-ws/v1/stream';
  const parsed = url({ secure: 'wss:', plain: 'ws:', expected })(text);
  return !parsed.ok || parsed.value.endsWith('/api-ws/v1/stream') ? parsed : bad(expected);
};

const people: Parser<readonly string[]> = (text) => {
  const parsed = list(memberId)(text);
  if (!parsed.ok || parsed.value.length > 0) return parsed;
  return bad('at least one Slack user ID (U…) or user-group ID (S…)');
};

const operators: Parser<readonly string[] | '*'> = (text) => (text === '*' ? good('*') : people(text));

const logLevel: Parser<LogLevel> = (text) => {
  const level = LOG_LEVELS.find((one) => one === text.toLowerCase());
  return level ? good(level) : bad(`one of ${LOG_LEVELS.join(', ')}`);
};

const flag: Parser<boolean> = (text) =>
  text === 'true' || text === 'false' ? good(text === 'true') : bad('true or false');

const port = wholeNumber(0, 65_535);
const httpsUrl = (expected: string, plain?: 'http:', originOnly = false) =>
  url({ secure: 'https:', expected, originOnly, ...(plain && { plain }) });

/** Every variable that the bot reads, with what is accepted. Rules between variables are in {@link readConfig}. */
export const Environment = z.object({
  SLACK_BOT_TOKEN: required(token, "the app's bot token (xoxb-…)"),
  SLACK_APP_TOKEN: optional(token),
  SLACK_SIGNING_SECRET: optional(token),
  SLACK_API_URL: optional(slackApiUrl),
  HOST: optional(word('a host name or address')),
  PORT: optional(port),
  SSE_CHANNEL: optional(word('a channel ID (C…), not a name', /^[CGD][A-Z0-9]{2,}$/)),
  SSE_APPROVERS: required(people, 'Slack user IDs (U…) and user-group IDs (S…) that approve changes'),
  SSE_OPERATORS: required(operators, 'who may run changing commands: user IDs, user-group IDs, or *'),
  SSE_APPROVALS: optional(wholeNumber(1, 20)),
  SSE_APPROVAL_TTL: optional(duration()),
  AZURE_TENANT_ID: required(identifier, 'the ID of the Entra tenant'),
  AZURE_CLIENT_ID: required(identifier, 'the application (client) ID in Entra'),
  AZURE_CLIENT_SECRET: optional(word('a client secret without blanks')),
  AZURE_CLIENT_CERTIFICATE_PATH: optional(readableFile),
  AZURE_FEDERATED_TOKEN_FILE: optional(readableFile),
  AZURE_MANAGED_IDENTITY: optional(flag),
  AZURE_AUTHORITY_HOST: optional(httpsUrl('an https URL')),
  GRAPH_BASE_URL: optional(httpsUrl('an https origin without a path', undefined, true)),
  MIST_API_TOKEN: required(token, "the organisation's API token"),
  MIST_ORG_ID: required(identifier, 'the ID of the Mist organisation'),
  MIST_BASE_URL: required(
    httpsUrl('an https origin such as https://api.mist.com, or http on loopback', 'http:', true),
    "the base URL of Mist's cloud, such as https://api.mist.com",
  ),
  MIST_WS_URL: optional(webSocketUrl),
  MIST_WEBHOOK_SECRET: optional(token),
  DATABASE_URL: optional(databaseUrl),
  SSE_SECRET_KEY: optional(secretKey),
  SSE_SECRET_KEY_FILE: optional(readableFile),
  SSE_SECRET_KEYS_OLD: optional(list(secretKey)),
  SSE_PEERING_POOL: optional(list(cidr)),
  SSE_MAX_NETWORKS: optional(wholeNumber(1, 100_000)),
  SSE_MAX_LINKS: optional(wholeNumber(1, 100)),
  SSE_BANDWIDTH_POOL_MBPS: optional(wholeNumber(0, 100_000_000)),
  SSE_DEVICE_VENDOR: optional(memberOf("Graph's deviceVendor", writableMembers('deviceVendor'))),
  SSE_POLL_INTERVAL: optional(duration()),
  SSE_VERIFY_TIMEOUT: optional(duration()),
  SSE_REKEY_CHECK: optional(duration({ allowZero: true })),
  SSE_WATCH_INTERVAL: optional(duration()),
  SSE_TZ: optional(timeZone),
  HEALTH_PORT: optional(port),
  HTTPS_PROXY: optional(word('the URL of a proxy', /^https?:\/\/\S+$/)),
  NO_PROXY: optional((text) => good(text)),
  LOG_LEVEL: optional(logLevel),
});
export type Environment = z.infer<typeof Environment>;

/** The variables that are set; an empty one counts as not set, as container platforms pass them. */
export function setVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const name of Object.keys(Environment.shape)) {
    const text = env[name] ?? (name.endsWith('_PROXY') ? env[name.toLowerCase()] : undefined);
    if (text !== undefined && text.trim() !== '') present[name] = text;
  }
  return present;
}
