import { request as httpsRequest } from 'node:https';
import type { DeviceLinkCreate } from '../../../sandbox/contracts/graph/requests.ts';
import { startEntraSim, type EntraSim, type EntraSimOptions } from '../../../sandbox/entra/entra-sim.ts';
import { makeCertificates, type Certificates } from '../../../sandbox/tls/certificates.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Unchecked on purpose: tests look into whatever shape the answer has. */
  json: ReturnType<typeof JSON.parse>;
}

export interface Caller {
  sim: EntraSim;
  certificates: Certificates;
  /** A call with any headers, to a path of the simulator or an absolute URL of its own. */
  raw(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A Graph call with a good token; `path` begins below `/beta/networkAccess`. */
  graph(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  token(form?: Record<string, string>): Promise<Answer>;
}

let made: Promise<Certificates> | undefined;

/** A simulated tenant and a caller that trusts its authority, over real https. */
export async function startCaller(options: Partial<EntraSimOptions> = {}): Promise<Caller> {
  const certificates = await (made ??= makeCertificates());
  const sim = await startEntraSim({ tls: certificates, timing: { endpointMs: 0 }, ...options });
  let bearer: string | undefined;

  function raw(
    method: string,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const target = new URL(url, sim.origin);
      const req = httpsRequest(
        target,
        {
          method,
          ca: certificates.ca,
          agent: false,
          headers: {
            ...(payload !== undefined && {
              'content-type': 'application/json',
              'content-length': String(Buffer.byteLength(payload)),
            }),
            ...headers,
          },
        },
        (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = res.headers['content-type']?.includes('json') ?? false;
            resolve({
              status: res.statusCode ?? 0,
              headers: res.headers,
              text,
              json: isJson ? JSON.parse(text) : undefined,
            });
          });
        },
      );
      req.on('error', reject);
      req.end(payload);
    });
  }

  async function token(form: Record<string, string> = {}): Promise<Answer> {
    const fields = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: sim.clientId,
      client_secret: sim.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
      ...form,
    });
    return raw('POST', `/${sim.tenantId}/oauth2/v2.0/token`, fields.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  }

  return {
    sim,
    certificates,
    raw,
    token,
    graph: async (method, path, body, headers) => {
      bearer ??= String((await token()).json.access_token);
      const url = path.startsWith('https:') ? path : `/beta/networkAccess${path}`;
      return raw(method, url, body, { authorization: `Bearer ${bearer}`, ...headers });
    },
  };
}

export const NETWORKS = '/connectivity/remoteNetworks';

/** A custom-policy link as the guide's example has it; change what a test is about. */
export function linkBody(change: Partial<DeviceLinkCreate> = {}): DeviceLinkCreate {
  return {
    name: 'lyon-wan0',
    ipAddress: '203.0.113.10',
    deviceVendor: 'other',
    bandwidthCapacityInMbps: 'mbps250',
    bgpConfiguration: { asn: 65000, localIpAddress: '10.99.99.2', peerIpAddress: '10.99.99.1' },
    redundancyConfiguration: { redundancyTier: 'noRedundancy', zoneLocalIpAddress: null },
    tunnelConfiguration: customTunnel(),
    ...change,
  };
}

type CustomTunnel = Extract<DeviceLinkCreate['tunnelConfiguration'], { dhGroup: string }>;

export function customTunnel(change: Partial<CustomTunnel> = {}): CustomTunnel {
  return {
    '@odata.type': '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Custom',
    preSharedKey: 'key-of-zone-one',
    ikeEncryption: 'aes256',
    ikeIntegrity: 'sha256',
    dhGroup: 'dhGroup14',
    ipSecEncryption: 'gcmAes256',
    ipSecIntegrity: 'gcmAes256',
    pfsGroup: 'pfs14',
    saLifeTimeSeconds: 1800,
    ...change,
  };
}

export const ZONES = { redundancyTier: 'zoneRedundancy', zoneLocalIpAddress: '10.99.100.2' } as const;
