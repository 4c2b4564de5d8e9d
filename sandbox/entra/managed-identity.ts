import { randomUUID } from 'node:crypto';
import { startSimServer, type CallRecord, type SimRequest, type SimResponse } from '../http/server.ts';
import type { Authority } from './authority.ts';

/** A machine in Azure with a managed identity: what stands on its link-local address or on an App Service's own port. */
export interface IdentityMachine {
  readonly origin: string;
  readonly calls: CallRecord[];
  /** Environment with which a process of this machine finds it; an App Service sets the first, a virtual machine needs none in reality. */
  readonly env: Readonly<Record<'app-service' | 'virtual-machine', Readonly<Record<string, string>>>>;
  close(): Promise<void>;
}

const RESOURCE = 'https://graph.microsoft.com';
const LIFETIME_S = 86_400;

/**
 * Serves both identity endpoints of learn.microsoft.com: `IDENTITY_ENDPOINT` of App Service (api-version 2019-08-01, with the header
 * X-IDENTITY-HEADER) and `/metadata/identity/oauth2/token` of a virtual machine (api-version 2018-02-01, with the header Metadata).
 */
export async function startIdentityMachine(authority: Authority): Promise<IdentityMachine> {
  const header = randomUUID();

  function token(request: SimRequest, id: string | null): SimResponse {
    const resource = request.query.get('resource')?.replace(/\/(\.default)?$/, '');
    if (resource !== RESOURCE)
      return refusal('invalid_resource', 'AADSTS500011: The resource was not found.');
    if (id !== null && id !== authority.app.clientId) return refusal('invalid_request', 'Identity not found');
    const expires = Math.floor(Date.now() / 1000) + LIFETIME_S;
    return {
      status: 200,
      body: {
        access_token: authority.issue(),
        client_id: authority.app.clientId,
        expires_in: String(LIFETIME_S),
        expires_on: String(expires),
        not_before: String(expires - LIFETIME_S),
        resource: RESOURCE,
        token_type: 'Bearer',
      },
    };
  }

  const server = await startSimServer({
    handle(request) {
      const { headers, query } = request;
      const path = request.path.replace(/\/$/, '');
      if (request.method !== 'GET') return { status: 405 };
      if (path === '/msi/token') {
        if (headers['x-identity-header'] !== header)
          return { status: 401, body: { statusCode: 401, message: 'No MSI found' } };
        if (query.get('api-version') !== '2019-08-01') return refusal('invalid_request', 'api-version');
        return token(request, query.get('client_id'));
      }
      if (path !== '/metadata/identity/oauth2/token') return { status: 404 };
      if (String(headers['metadata']).toLowerCase() !== 'true')
        return refusal('invalid_request', 'Required metadata header not specified');
      if (query.get('api-version') !== '2018-02-01') return refusal('invalid_request', 'api-version');
      return token(request, query.get('client_id'));
    },
  });
  return {
    origin: server.origin,
    calls: server.calls,
    env: {
      'app-service': { IDENTITY_ENDPOINT: `${server.origin}/msi/token`, IDENTITY_HEADER: header },
      'virtual-machine': { AZURE_POD_IDENTITY_AUTHORITY_HOST: server.origin },
    },
    close: () => server.close(),
  };
}

function refusal(error: string, text: string): SimResponse {
  return { status: 400, body: { error, error_description: text } };
}
