import type { World } from '../../sandbox/world.ts';
import { isWrite, type VendorCall } from './vendor-calls.ts';
import { approve, askFor, submit } from './bench-world.ts';

/**
 * Onboards the site up to the creation of its remote network, which is under way then: the answer is long in coming, so that a process can
 * die while it waits. `goOn` lets later creations be answered at once.
 */
export async function untilCreating(world: World, site: string): Promise<{ goOn(): void }> {
  await askFor(world, site, 'single-wan');
  const card = await submit(world, site);
  const from = world.entra.calls.length;
  const { id } = world.entra.faults.plant({
    method: 'POST',
    path: '/remoteNetworks$',
    delayMs: 500,
    action: { kind: 'slow' },
  });
  await approve(world, card);
  await until(() =>
    world.entra.calls
      .slice(from)
      .some((call) => call.method === 'POST' && /\/remoteNetworks$/.test(call.path)),
  );
  return { goOn: () => void world.entra.faults.remove(id) };
}

/** Calls by which a bot introduces itself at a start are not the run's. */
export function isOfRun(call: VendorCall): boolean {
  return isWrite(call) || !/\/(self|token|openid-configuration|instance)$/.test(call.path);
}

/** Waits until `look` finds something; throws after half a minute. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error('not within half a minute');
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}
