import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deviceRows, peerRows, tunnelRows } from './fleet-rows.ts';

const MOST_PER_PAGE = 1000;

export interface FleetServer {
  readonly origin: string;
  /** Paths that were asked for, without queries. */
  readonly calls: string[];
  close(): Promise<void>;
}

/** Mist's three lists over a whole organisation, in pages that are ready before anybody asks. */
export async function startFleetServer(sites: number): Promise<FleetServer> {
  const calls: string[] = [];
  const searches = { tunnels: pages(tunnelRows(sites)), bgp_peers: pages(peerRows(sites)) };
  const devices = pages(deviceRows(sites)).map((rows) => JSON.stringify(rows));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fleet');
    calls.push(url.pathname);
    const found = /\/stats\/(tunnels|bgp_peers)\/search$/.exec(url.pathname)?.[1] as
      keyof typeof searches | undefined;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (found) {
      const at = Number(url.searchParams.get('search_after') ?? 0);
      const list = searches[found];
      const next =
        at + 1 < list.length ? `${url.pathname}?type=wan&limit=1000&search_after=${at + 1}` : undefined;
      const body = { results: list[at] ?? [], limit: MOST_PER_PAGE, start: 0, end: 1, next };
      response.writeHead(200, headers).end(JSON.stringify(body));
      return;
    }
    if (!url.pathname.endsWith('/stats/devices')) {
      response.writeHead(404, headers).end('{}');
      return;
    }
    const silent = url.searchParams.get('status') === 'disconnected';
    headers['x-page-total'] = String(silent ? 0 : sites);
    headers['x-page-limit'] = String(MOST_PER_PAGE);
    response
      .writeHead(200, headers)
      .end(silent ? '[]' : (devices[Number(url.searchParams.get('page') ?? 1) - 1] ?? '[]'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function pages(rows: readonly object[]): object[][] {
  return Array.from({ length: Math.ceil(rows.length / MOST_PER_PAGE) }, (_, at) =>
    rows.slice(at * MOST_PER_PAGE, (at + 1) * MOST_PER_PAGE),
  );
}
