import { isLoopbackHost } from '../../base/loopback.ts';
import type { Secret } from '../../base/secret.ts';
import type { VendorPause } from '../../base/vendor-pause.ts';

/** How the bot proves who it is to Entra; exactly one way is configured. */
export type EntraCredential =
  | {
      readonly kind: 'secret';
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: Secret;
    }
  | {
      readonly kind: 'certificate';
      readonly tenantId: string;
      readonly clientId: string;
      /** PEM file with the certificate and its private key. */
      readonly certificatePath: string;
    }
  | {
      readonly kind: 'federated';
      readonly tenantId: string;
      readonly clientId: string;
      /** File with the federated token; read again for every Entra token. */
      readonly tokenFile: string;
    }
  | { readonly kind: 'managed-identity'; readonly clientId?: string };

/** One HTTP exchange with Graph, for logs and metrics. Holds no body, no query and no token. */
export interface EntraCall {
  readonly method: string;
  /** Below `/beta`, without the query. */
  readonly path: string;
  /** 0 where no answer came. */
  readonly status: number;
  readonly ms: number;
  readonly requestId?: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The answer's `Date`, epoch ms. */
  readonly dateMs?: number;
}

/** What {@link createEntra} needs. Values are taken as validated by the configuration. */
export interface EntraOptions {
  readonly credential: EntraCredential;
  /** https; default Microsoft's public cloud. A loopback host switches instance discovery off. */
  readonly authorityHost?: string;
  /** Origin only, https; default `https://graph.microsoft.com`. */
  readonly graphBaseUrl?: string;
  /** Graph's `deviceVendor` member that new device links are written with. */
  readonly deviceVendor: string;
  /** Per attempt, headers and body together; default 20000. */
  readonly timeoutMs?: number;
  /** Ends every open call at shutdown; a write that was under way is then `uncertain`. */
  readonly signal?: AbortSignal;
  readonly onCall?: (event: EntraCall) => void;
  /** Share one among all clients of an app registration: while it lasts, nothing is sent and calls fail as `rate-limited`. */
  readonly pause?: VendorPause;
}

export const DEFAULT_GRAPH = 'https://graph.microsoft.com';
export const DEFAULT_TIMEOUT_MS = 20_000;

/** Whether a URL names this machine. */
export function isLoopback(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}

/** The token's scope: Microsoft's own for the default and for a simulator on loopback, else that of the given cloud. */
export function scopeOf(graphBaseUrl: string): string {
  const { origin } = new URL(graphBaseUrl);
  return `${isLoopback(graphBaseUrl) ? DEFAULT_GRAPH : origin}/.default`;
}
