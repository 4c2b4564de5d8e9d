import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from 'vitest';
import type { BgpPeerState, DataPlane, TunnelState } from '../../../sandbox/data-plane/views.ts';
import { startMistSim, type MistSim, type MistSimOptions } from '../../../sandbox/mist/mist-sim.ts';

export type Body = Record<string, unknown>;

export interface Answer {
  status: number;
  headers: Headers;
  body: Body & Body[];
}

const running: MistSim[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((sim) => sim.close()));
});

/** A simulator with short waits; closed after the test. */
export async function start(options: MistSimOptions = {}): Promise<MistSim> {
  const sim = await startMistSim({ timing: { configApplyMs: 5 }, ...options });
  running.push(sim);
  return sim;
}

export async function call(
  sim: MistSim,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = sim.token,
): Promise<Answer> {
  const response = await fetch(`${sim.origin}${path}`, {
    method,
    headers: token === null ? {} : { authorization: `Token ${token}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const raw = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(raw) : raw };
}

export const get = (sim: MistSim, path: string): Promise<Answer> => call(sim, 'GET', path);
export const put = (sim: MistSim, path: string, body: unknown): Promise<Answer> =>
  call(sim, 'PUT', path, body);

/** Paths and ids of a site of the seed, by name. */
export function at(
  sim: MistSim,
  site: string,
): { site: string; device: string; mac: string; siteId: string; deviceId: string } {
  const record = [...sim.store.sites.values()].find((s) => s.body.name === site);
  const device = [...sim.store.devices.values()].find((d) => d.siteId === record?.body.id);
  if (record === undefined || device === undefined) throw new Error(`no site ${site}`);
  const path = `/api/v1/sites/${record.body.id}`;
  return {
    site: path,
    device: `${path}/devices/${device.body.id}`,
    mac: device.body.mac,
    siteId: record.body.id,
    deviceId: device.body.id,
  };
}

/** Polls until the question has an answer; the test's own timeout ends a hopeless one. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(5);
  }
}

/** The newest event of a type for a device, once there is one. */
export function eventOf(sim: MistSim, mac: string, type: string): Promise<Body> {
  return until(() => sim.store.events.findLast((event) => event['mac'] === mac && event['type'] === type));
}

/** A data plane that says what it is told. */
export class FakeDataPlane implements DataPlane {
  tunnelStates: TunnelState[] = [];
  peerStates: BgpPeerState[] = [];
  pokes = 0;

  tunnels(mac: string): TunnelState[] {
    return this.tunnelStates.filter((state) => state.mac === mac);
  }

  bgpPeers(mac: string): BgpPeerState[] {
    return this.peerStates.filter((state) => state.mac === mac);
  }

  poke(): void {
    this.pokes += 1;
  }
}

export function tunnelState(mac: string, over: Partial<TunnelState> = {}): TunnelState {
  return {
    mac,
    node: 'node0',
    name: 'mssse-wan0',
    wanName: 'wan0',
    localIp: '203.0.113.10',
    peerIp: '192.0.2.10',
    up: true,
    upSince: Date.now() - 60_000,
    lastEvent: '',
    rekeys: 0,
    ...over,
  };
}

export function peerState(mac: string, over: Partial<BgpPeerState> = {}): BgpPeerState {
  return {
    mac,
    node: 'node0',
    neighbor: '10.99.99.2',
    neighborAs: 65_476,
    localAs: 65_000,
    tunnel: 'mssse-wan0',
    state: 'established',
    upSince: Date.now() - 60_000,
    learned: ['13.107.6.152/31', '150.171.100.128/25'],
    announced: ['10.20.1.0/24'],
    ...over,
  };
}

/** A connector as the bot writes one. */
export function connector(over: Body = {}): Body {
  return {
    provider: 'custom-ipsec',
    protocol: 'ipsec',
    version: '2',
    local_id: '203.0.113.10',
    psk: 'secret-of-this-test',
    ike_lifetime: 28_800,
    ike_proposals: [{ enc_algo: 'aes256', auth_algo: 'sha2', dh_group: '14' }],
    ipsec_lifetime: 1800,
    ipsec_proposals: [{ enc_algo: 'aes_gcm256', dh_group: '14' }],
    primary: {
      hosts: ['192.0.2.10'],
      remote_ids: ['192.0.2.10'],
      wan_names: ['wan0'],
      internal_ips: ['10.99.99.1'],
    },
    ...over,
  };
}

export function group(over: Body = {}): Body {
  return {
    via: 'tunnel',
    tunnel_name: 'mssse-wan0',
    type: 'external',
    local_as: 65_000,
    disable_bfd: true,
    neighbors: { '10.99.99.2': { neighbor_as: 65_476, multihop_ttl: 2 } },
    ...over,
  };
}
