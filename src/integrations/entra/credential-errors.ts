import { RemoteError, type RemoteErrorKind } from '../../base/failure.ts';
import { proxyHintOf } from './errors.ts';
import type { EntraCredential } from './options.ts';

/** What was seen on the wire while a token was asked for; @azure/identity hides it behind messages. */
export interface TokenExchange {
  /** Of the last answer; absent where none came. */
  status?: number;
  /** Of the last request that got no answer. */
  socketCode?: string;
  retryAfterMs?: number;
  requestId?: string;
  /** The last request was for the tenant's metadata, not for a token. */
  discovery?: boolean;
  timedOut?: boolean;
}

/** Turns a failed token request into a `RemoteError`. Of the original only its code survives: its message quotes the answer. */
export function tokenFailure(
  error: unknown,
  watched: TokenExchange,
  credential: EntraCredential,
): RemoteError {
  const seen = credential.kind === 'managed-identity' ? { ...inferred(error), ...watched } : watched;
  const kind = kindOf(seen);
  const oauth = oauthCodeOf(error);
  const aadsts = aadstsOf(error);
  const code = aadsts === undefined ? oauth : `${oauth ?? 'refused'}, AADSTS${aadsts}`;
  return new RemoteError({
    system: 'entra',
    kind,
    message: `Entra gave no token: ${code ?? seen.socketCode ?? seen.status ?? kind}`,
    hint: kind === 'unauthorized' ? refusalHint(aadsts, oauth, seen, credential) : outageHint(kind, seen),
    ...(seen.status !== undefined && { status: seen.status }),
    ...(seen.requestId !== undefined && { requestId: seen.requestId }),
    ...(seen.retryAfterMs !== undefined && { retryAfterMs: seen.retryAfterMs }),
    cause: {
      name: 'AuthenticationError',
      ...(code !== undefined && { code }),
      ...(seen.status !== undefined && { statusCode: seen.status }),
      ...(seen.requestId !== undefined && { requestId: seen.requestId }),
    },
  });
}

/** The environment variable that holds the proof of identity. */
function variableOf(credential: EntraCredential): string {
  switch (credential.kind) {
    case 'secret':
      return 'AZURE_CLIENT_SECRET';
    case 'certificate':
      return 'AZURE_CLIENT_CERTIFICATE_PATH';
    case 'federated':
      return 'AZURE_FEDERATED_TOKEN_FILE';
    case 'managed-identity':
      return 'AZURE_MANAGED_IDENTITY';
  }
}

function kindOf(seen: TokenExchange): RemoteErrorKind {
  if (seen.timedOut) return 'timeout';
  if (seen.socketCode !== undefined) return 'network';
  // Nothing was sent: a file that cannot be read, a tenant id that is none, no managed identity on this machine.
  if (seen.status === undefined) return 'unauthorized';
  if (seen.status === 429) return 'rate-limited';
  if (seen.status >= 500) return 'unavailable';
  return seen.status >= 400 ? 'unauthorized' : 'bad-response';
}

const TENANT =
  'Entra does not know this tenant at this host: check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST.';
const FEDERATION = (proof: string): string =>
  `No federated credential of the app registration matches: compare issuer, subject and audience with the token in ${proof}.`;

/** By number of Entra's answer (Microsoft Entra authentication error codes). */
const BY_NUMBER: Readonly<Record<string, (proof: string) => string>> = {
  '7000222': (proof) =>
    `The client secret has expired: create a new one in the app registration and put its value into ${proof}.`,
  '7000215': (proof) =>
    `Entra refuses the client secret: ${proof} must hold the value of a secret of this app registration, not the secret's id.`,
  '700016': () =>
    'The tenant does not know this application: check AZURE_CLIENT_ID against the app registration, and AZURE_TENANT_ID.',
  '90002': () => TENANT,
  '900023': () => TENANT,
  '700027': (proof) =>
    `Entra does not know this certificate: upload the public part of ${proof} to the app registration.`,
  '70021': FEDERATION,
  '700211': FEDERATION,
  '700212': FEDERATION,
  '700213': FEDERATION,
  '53003': () =>
    'A Conditional Access policy for workload identities blocks this application: exclude it or allow its address.',
  '7000112': () => 'The application is disabled in this tenant: enable its enterprise application.',
};

/** What an engineer should change. */
function refusalHint(
  aadsts: string | undefined,
  oauth: string | undefined,
  seen: TokenExchange,
  credential: EntraCredential,
): string {
  const proof = variableOf(credential);
  if (credential.kind === 'managed-identity') {
    return 'This machine has no managed identity that may be used: assign one, or set AZURE_CLIENT_ID to the one that is meant.';
  }
  if (seen.status === undefined) {
    return `No token was asked for: check that ${proof} can be read and holds what Entra expects, and that AZURE_TENANT_ID is a tenant.`;
  }
  const known = aadsts === undefined ? undefined : BY_NUMBER[aadsts];
  if (known) return known(proof);
  if (seen.discovery || seen.status === 404) return TENANT;
  if (oauth === 'unauthorized_client')
    return 'The tenant does not allow this application: check AZURE_CLIENT_ID and AZURE_TENANT_ID.';
  return `Entra refuses the credentials: check ${proof}, AZURE_CLIENT_ID and AZURE_TENANT_ID.`;
}

function outageHint(kind: RemoteErrorKind, seen: TokenExchange): string {
  if (kind === 'network') {
    const refused = proxyHintOf(seen.socketCode ?? '');
    if (refused !== undefined) return refused;
    return /CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(seen.socketCode ?? '')
      ? `The certificate of Entra's token endpoint is not trusted (${seen.socketCode}): set NODE_EXTRA_CA_CERTS and start again.`
      : `Entra's token endpoint could not be reached (${seen.socketCode}): check DNS, the firewall, HTTPS_PROXY and AZURE_AUTHORITY_HOST.`;
  }
  if (kind === 'bad-response')
    return "What answered is not Entra's token endpoint: check AZURE_AUTHORITY_HOST and the proxy.";
  return "Entra's token endpoint does not answer as it should; it is tried again.";
}

/** The package lets nobody watch its calls for a managed identity; what happened has to be guessed from the error. */
function inferred(error: unknown): TokenExchange {
  for (const link of causes(error)) {
    if ('errorCode' in link && link.errorCode === 'network_error') return { socketCode: 'NETWORK_ERROR' };
    if ('status' in link && typeof link.status === 'number') return { status: link.status };
    // It answered, but with no token.
    if ('name' in link && link.name === 'AuthenticationRequiredError') return { status: 200 };
  }
  return {};
}

/** `invalid_client` and its like, from wherever MSAL left it. */
function oauthCodeOf(error: unknown): string | undefined {
  for (const link of causes(error)) {
    const own: unknown = 'errorCode' in link ? link.errorCode : undefined;
    const text = typeof own === 'string' ? own : /^([a-z]+(?:_[a-z]+)+):/.exec(messageOf(link))?.[1];
    if (text !== undefined && /^[a-z_]{3,40}$/.test(text)) return text;
  }
  return undefined;
}

function aadstsOf(error: unknown): string | undefined {
  for (const link of causes(error)) {
    const number = /AADSTS(\d{4,8})\b/.exec(messageOf(link))?.[1];
    if (number !== undefined) return number;
  }
  return undefined;
}

function messageOf(link: object): string {
  return 'message' in link && typeof link.message === 'string' ? link.message : '';
}

function causes(error: unknown): object[] {
  const chain: object[] = [];
  for (
    let at = error;
    typeof at === 'object' && at !== null && chain.length < 5;
    at = 'cause' in at ? at.cause : undefined
  ) {
    chain.push(at);
  }
  return chain;
}
