import tls from 'node:tls';
import { afterAll, afterEach } from 'vitest';
import { RemoteError } from '../../../src/base/failure.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createEntra } from '../../../src/integrations/entra/client.ts';
import type { EntraCall, EntraOptions } from '../../../src/integrations/entra/options.ts';
import type { Entra } from '../../../src/integrations/entra/types.ts';
import { startEntraSim, type EntraSim, type EntraSimOptions } from '../../../sandbox/entra/entra-sim.ts';
import {
  startSimServer,
  type CallRecord,
  type SimRequest,
  type SimResponse,
  type SimServer,
} from '../../../sandbox/http/server.ts';
import { makeCertificates } from '../../../sandbox/tls/certificates.ts';

const { ca, key, cert } = await makeCertificates();
// Stands for NODE_EXTRA_CA_CERTS, which Node reads only when a process starts.
tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);
export const certificates = { key, cert };

export const TENANT = '7f2f1a34-90cc-4a6b-8d0c-1c0a5d1f3a11';
export const CLIENT = '2c0a9c3e-54d2-4c39-9a43-6a6c0f4b8e02';
export const CLIENT_SECRET = 'client~secret~that~never~shows';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});
afterAll(async () => {
  for (const part of open.splice(0)) await part.close();
});

export interface Rig {
  readonly entra: Entra;
  /** What the client reported, in order. */
  readonly events: EntraCall[];
  /** Requests to Graph, without those for a token. */
  graphCalls(): CallRecord[];
  tokenCalls(): CallRecord[];
}

export interface SimRig extends Rig {
  readonly sim: EntraSim;
}

export interface ServerRig extends Rig {
  readonly server: SimServer;
  /** Headers of every Graph request, in order. */
  readonly headers: SimRequest['headers'][];
}

/** The client against the simulated tenant. */
export async function withSim(
  options: Partial<EntraOptions> = {},
  sim: Partial<EntraSimOptions> = {},
): Promise<SimRig> {
  const tenant = await startEntraSim({
    tls: certificates,
    timing: { endpointMs: 0 },
    clientSecret: CLIENT_SECRET,
    ...sim,
  });
  open.push(tenant);
  const credential = {
    kind: 'secret',
    tenantId: tenant.tenantId,
    clientId: tenant.clientId,
    clientSecret: new Secret(tenant.clientSecret),
  } as const;
  return { ...build(tenant.origin, tenant.calls, { credential, ...options }), sim: tenant };
}

/** The client against a server that answers Graph calls as the test says; its token endpoint always agrees. */
export async function withServer(
  graph: (request: SimRequest) => SimResponse | Promise<SimResponse>,
  options: Partial<EntraOptions> = {},
  token: (request: SimRequest) => SimResponse = () => tokenAnswer('opaque'),
): Promise<ServerRig> {
  const headers: SimRequest['headers'][] = [];
  const server: SimServer = await startSimServer({
    tls: certificates,
    handle: (request) => {
      if (request.path.endsWith('/token')) return token(request);
      if (request.path.endsWith('/openid-configuration'))
        return { status: 200, body: metadata(server.origin) };
      headers.push(request.headers);
      return graph(request);
    },
  });
  open.push(server);
  const credential = {
    kind: 'secret',
    tenantId: TENANT,
    clientId: CLIENT,
    clientSecret: new Secret(CLIENT_SECRET),
  } as const;
  return { ...build(server.origin, server.calls, { credential, ...options }), server, headers };
}

function build(
  origin: string,
  calls: CallRecord[],
  options: Partial<EntraOptions> & Pick<EntraOptions, 'credential'>,
): Rig {
  const events: EntraCall[] = [];
  const entra = createEntra({
    authorityHost: origin,
    graphBaseUrl: origin,
    deviceVendor: 'other',
    onCall: (event) => events.push(event),
    ...options,
  });
  const isToken = ({ path }: CallRecord): boolean => /\/token$|openid-configuration$/.test(path);
  return {
    entra,
    events,
    graphCalls: () => calls.filter((call) => !isToken(call)),
    tokenCalls: () => calls.filter((call) => call.path.endsWith('/token')),
  };
}

export function tokenAnswer(accessToken: string, expiresIn = 3599): SimResponse {
  return {
    status: 200,
    body: {
      token_type: 'Bearer',
      expires_in: expiresIn,
      ext_expires_in: expiresIn,
      access_token: accessToken,
    },
  };
}

export function metadata(origin: string): object {
  const base = `${origin}/${TENANT}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
}

/** The RemoteError that a call ends with; fails where it does not end with one. */
export async function failureOf(call: Promise<unknown>): Promise<RemoteError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RemoteError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
