import { addDevice, addSite, settle } from '../../sandbox/mist/seed-parts.ts';
import type { World } from '../../sandbox/world.ts';
import { approve, askFor, AT_ONCE, submit } from './bench-world.ts';

const PATTERN = 'Porto';
const APPLICATION = 'Microsoft-SSE';
/** Seeded sites have smaller numbers. */
const FIRST = 100;
const PATIENCE_MS = 60_000;

/** How a world is started in which runs are to go on for as long as wanted: they wait for tunnels that never come up. */
export const ENDLESS = {
  timing: { ...AT_ONCE, tunnelUpMs: 3_600_000 },
  env: {
    SSE_POLL_INTERVAL: '1s',
    SSE_MAX_NETWORKS: '100',
    SSE_BANDWIDTH_POOL_MBPS: '100000',
  },
} as const;

/** Starts `count` onboardings of sites of their own; resolves when each of them polls for its tunnels. For {@link ENDLESS} worlds. */
export async function startRuns(world: World, count: number): Promise<void> {
  world.entra.settings.limits.remoteNetworks = count;
  const names = addSites(world, count);
  for (const [index, name] of names.entries()) {
    await askFor(world, name, 'single-wan');
    await approve(world, await submit(world, name));
    // The first one creates the shared application and holds its lock until then.
    if (index === 0) await until(() => hasApplication(world), 'the application was not created');
  }
  const polled = new Set<string | null>();
  let read = 0;
  await until(() => {
    for (; read < world.mist.calls.length; read += 1) {
      const call = world.mist.calls[read];
      if (call?.path.endsWith('/stats/tunnels/search')) {
        polled.add(new URLSearchParams(call.query).get('site_id'));
      }
    }
    return polled.size >= count;
  }, 'not every run came to its tunnels');
}

/** Sites like Porto, numbered; their names. */
export function addSites({ mist: { store } }: World, count: number): string[] {
  const pattern = [...store.sites.values()].find((site) => site.body.name === PATTERN);
  if (!pattern) throw new Error(`there is no ${PATTERN}`);
  const names = Array.from({ length: count }, (_, index) => `Bench-${String(index + 1).padStart(3, '0')}`);
  for (const [index, name] of names.entries()) {
    const n = FIRST + index;
    const siteId = addSite(store, {
      n,
      name,
      country: 'FR',
      latlng: { lat: 46, lng: 2 },
      templateId: String(pattern.body['gatewaytemplate_id']),
      vars: {
        site_octet: String(n),
        wan0_ip: `203.0.113.${n}`,
        wan0_gw: '203.0.113.254',
        wan1_ip: `198.51.100.${n}`,
        wan1_gw: '198.51.100.254',
      },
    });
    addDevice(store, { n, siteId, name: `${name.toLowerCase()}-ssr120`, model: 'SSR120' });
  }
  settle(store);
  return names;
}

function hasApplication({ mist: { store } }: World): boolean {
  return [...store.services.values()].some((service) => service['name'] === APPLICATION);
}

async function until(isSo: () => boolean, otherwise: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(otherwise);
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}
