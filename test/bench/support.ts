import type { VendorCall } from '../../bench/world/vendor-calls.ts';

export const SITE = '/api/v1/sites/51e00000-0000-4000-8000-000000000001';
export const DEVICE = `${SITE}/devices/00000000-0000-0000-1000-020001000001`;
export const NETWORKS = '/beta/networkAccess/connectivity/remoteNetworks';

/** `entra GET /path at 10 for 100`. */
export function call(text: string, body = ''): VendorCall {
  const [, system, method = '', path = '', at, ms] =
    /^(entra|mist) (\S+) (\S+) at (\d+) for (\d+)$/.exec(text) ?? [];
  if (system !== 'entra' && system !== 'mist') throw new Error(`not a call: ${text}`);
  return { system, method, path, query: '', body, at: Number(at), ms: Number(ms) };
}
