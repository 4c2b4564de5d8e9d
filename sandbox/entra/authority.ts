import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SimRequest, SimResponse } from '../http/server.ts';
import { judgeAssertion, type Proofs } from './assertions.ts';
import type { EntraSettings } from './settings.ts';

const SCOPE = 'https://graph.microsoft.com/.default';
const AUDIENCE = 'https://graph.microsoft.com';
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The app registration that the authority knows. */
export interface AppRegistration {
  readonly tenantId: string;
  readonly clientId: string;
  /** May be changed, as an expired secret is. */
  clientSecret: string;
}

/**
 * Microsoft's token endpoint for one tenant and one app: client credentials with a secret, or with an assertion that a registered
 * certificate or a federated credential stands for.
 */
export class Authority {
  readonly app: AppRegistration;
  /** Beside the secret; empty until somebody registers them. */
  readonly proofs: Proofs = { certificates: [], federated: [] };
  readonly #settings: EntraSettings;
  #signingKey = randomBytes(32);

  constructor(app: AppRegistration, settings: EntraSettings) {
    this.app = app;
    this.#settings = settings;
  }

  /** Answers a call of the authority's paths; undefined for any other path. */
  handle(request: SimRequest, origin: string): SimResponse | undefined {
    const match = /^\/([^/]+)\/(v2\.0\/\.well-known\/openid-configuration|oauth2\/v2\.0\/token)$/i.exec(
      request.path,
    );
    if (!match) return undefined;
    const [, tenant = '', what = ''] = match;
    if (tenant.toLowerCase() !== this.app.tenantId.toLowerCase()) {
      return refusal(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
    }
    if (what.toLowerCase().endsWith('token')) return this.#token(request, origin);
    if (request.method !== 'GET') return { status: 405 };
    const base = `${origin}/${this.app.tenantId}`;
    return {
      status: 200,
      body: {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: [
          'client_secret_post',
          'private_key_jwt',
          'client_secret_basic',
        ],
        response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
    };
  }

  #token(request: SimRequest, origin: string): SimResponse {
    if (request.method !== 'POST') return { status: 405 };
    const form = new URLSearchParams(request.body.toString('utf8'));
    if (form.get('grant_type') !== 'client_credentials') {
      return refusal(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    }
    if (form.get('client_id') !== this.app.clientId) {
      return refusal(400, 'unauthorized_client', 700016, 'The application was not found in the directory.');
    }
    if (!(form.get('scope') ?? '').split(' ').includes(SCOPE)) {
      return refusal(
        400,
        'invalid_scope',
        1002012,
        'Client credential flows need a scope ending in /.default.',
      );
    }
    const refused = this.#proof(form, origin);
    if (refused) return refused;
    const seconds = this.#settings.tokenLifetimeSeconds;
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        token_type: 'Bearer',
        expires_in: seconds,
        ext_expires_in: seconds,
        access_token: this.issue(),
      },
    };
  }

  #proof(form: URLSearchParams, origin: string): SimResponse | undefined {
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      if (form.get('client_assertion_type') !== JWT_BEARER)
        return refusal(400, 'invalid_request', 900144, 'The client_assertion_type is not supported.');
      const base = `${origin}/${this.app.tenantId}`;
      const audiences = [`${base}/oauth2/v2.0/token`, `${base}/v2.0`];
      const why = judgeAssertion(assertion, this.app.clientId, audiences, this.proofs);
      return why && refusal(401, 'invalid_client', why.code, why.text);
    }
    if (form.get('client_secret') === this.app.clientSecret) return undefined;
    return refusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }

  /** A token in the shape of a JWT with the permissions that are granted now. */
  issue(): string {
    const at = Math.floor(Date.now() / 1000);
    const claims = {
      aud: AUDIENCE,
      iss: `https://sts.windows.net/${this.app.tenantId}/`,
      iat: at,
      nbf: at,
      exp: at + this.#settings.tokenLifetimeSeconds,
      appid: this.app.clientId,
      idtyp: 'app',
      roles: this.#settings.roles,
      tid: this.app.tenantId,
      uti: randomUUID(),
    };
    const head = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`;
    return `${head}.${this.#sign(head)}`;
  }

  /** Makes every token issued so far invalid. */
  revokeTokens(): void {
    this.#signingKey = randomBytes(32);
  }

  /** The roles of a valid token in an Authorization header; undefined where it is missing, foreign or expired. */
  rolesOf(authorization: string | undefined): string[] | undefined {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    const [head, claims, signature] = token?.split('.') ?? [];
    if (head === undefined || claims === undefined || signature === undefined) return undefined;
    const expected = Buffer.from(this.#sign(`${head}.${claims}`));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as {
      exp: number;
      roles: string[];
    };
    return parsed.exp * 1000 > Date.now() ? parsed.roles : undefined;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#signingKey).update(text).digest('base64url');
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function refusal(status: number, error: string, code: number, text: string): SimResponse {
  const [trace, correlation, timestamp] = [randomUUID(), randomUUID(), new Date().toISOString()];
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}
