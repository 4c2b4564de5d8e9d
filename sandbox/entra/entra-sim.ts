import { randomBytes, randomUUID } from 'node:crypto';
import type { EntraSide, GatewayInstance, HealthRecord } from '../data-plane/views.ts';
import type { FaultBook } from '../http/faults.ts';
import { startSimServer, type CallRecord, type SimServer } from '../http/server.ts';
import { Authority } from './authority.ts';
import { Gateways } from './gateway.ts';
import { handleGraph } from './graph.ts';
import { defaultSettings, type EntraSettings } from './settings.ts';
import { EntraStore } from './store.ts';

export interface EntraSimOptions {
  /** PEM texts of the server, as `makeCertificates` gives them: @azure/identity and the Graph client insist on https. */
  readonly tls: { readonly key: string; readonly cert: string };
  readonly port?: number;
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Kept by reference, so that one timing object drives all simulators. Default 500 ms. */
  readonly timing?: { endpointMs: number };
  readonly settings?: Partial<Omit<EntraSettings, 'timing'>>;
}

/** A simulated Entra tenant: the token authority and Graph's networkAccess on one https origin. */
export interface EntraSim extends EntraSide {
  /** `https://localhost:port`: what GRAPH_BASE_URL takes. */
  readonly origin: string;
  /** The same origin: what AZURE_AUTHORITY_HOST takes. */
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly faults: FaultBook;
  /** Every call, token requests included, with request bodies and their secrets. */
  readonly calls: CallRecord[];
  readonly store: EntraStore;
  /** Live: a change works on the next call. */
  readonly settings: EntraSettings;
  readonly authority: Authority;
  /** The listener, for `latencyMs`. */
  readonly http: SimServer;
  /** Takes one availability zone of a link away, or brings it back. Throws for an unknown link. */
  setZoneAlive(linkId: string, zone: 1 | 2, alive: boolean): void;
  /** Calls back after every change of configuration. Returns how to stop. */
  onChange(callback: () => void): () => void;
  close(): Promise<void>;
}

/** Starts the tenant with the three default profiles, no network and one app with both application permissions. */
export async function startEntraSim(options: EntraSimOptions): Promise<EntraSim> {
  const settings: EntraSettings = { ...defaultSettings(options.timing), ...options.settings };
  const store = new EntraStore();
  const app = {
    tenantId: options.tenantId ?? randomUUID(),
    clientId: options.clientId ?? randomUUID(),
    clientSecret: options.clientSecret ?? randomBytes(24).toString('base64url'),
  };
  const authority = new Authority(app, settings);
  const gateways = new Gateways(store, settings.timing);
  const http: SimServer = await startSimServer({
    tls: options.tls,
    ...(options.port !== undefined && { port: options.port }),
    handle: (request) =>
      authority.handle(request, http.origin) ??
      handleGraph(request, http.origin, { store, settings, authority }),
  });
  return {
    origin: http.origin,
    authorityHost: http.origin,
    ...app,
    faults: http.faults,
    calls: http.calls,
    store,
    settings,
    authority,
    http,
    gatewayInstances: (): GatewayInstance[] => gateways.instances(),
    recordHealth: ({ description, ...event }: HealthRecord) => {
      store.recordHealth({ ...event, description: description ?? null });
    },
    setZoneAlive: (linkId, zone, alive) => {
      const row = store.links.get(linkId);
      if (!row) throw new Error(`no device link ${linkId}`);
      if (alive) row.deadZones.delete(zone);
      else row.deadZones.add(zone);
      store.changed();
    },
    onChange: (callback) => store.onChange(callback),
    close: () => http.close(),
  };
}
