import { EdgePlane, type Surroundings } from './edge-plane.ts';
import type { Reauthentication } from './tunnel-machine.ts';
import type { DataPlane, EntraSide, GatewayInstance, MistSide, Timing } from './views.ts';

export interface DataPlaneOptions {
  readonly entra: EntraSide;
  readonly mist: MistSide;
  /** Kept by reference: a change works at once. */
  readonly timing: Timing;
  /** Default true, as Juniper's guide says; Microsoft documents a tunnel of its own for the second zone. */
  readonly zone2ThroughZone1?: boolean;
  /** Default `on-change`. */
  readonly reauthentication?: Reauthentication;
  /** Epoch milliseconds; a test may bring its own clock and move with `poke()`. */
  readonly now?: () => number;
}

/** The simulated internet between both vendors; the two switches may be changed while it runs. */
export interface RunningDataPlane extends DataPlane {
  zone2ThroughZone1: boolean;
  reauthentication: Reauthentication;
  close(): void;
}

const TICK_MS = 25;
const MAX_TICK_MS = 1000;
/** The world may take one part in this many of the processor. */
const SHARE = 10;
/** Pokes are answered on the spot up to this many routers, and together once the current work is done beyond it. */
const SMALL_FLEET = 50;

/**
 * Brings tunnels and BGP sessions up and down from what is stored on both sides, tells both what happened, and answers
 * the Mist simulator's questions. Evaluates every 25 ms, more seldom where the fleet is large, and on every poke.
 */
export function createDataPlane(options: DataPlaneOptions): RunningDataPlane {
  const { entra, mist, timing, now = Date.now } = options;
  const planes = new Map<string, EdgePlane>();
  let cost = 0;
  let evaluating = false;
  let again = false;
  let scheduled: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function evaluateOnce(): void {
    const at = now();
    const around = surroundings();
    const present = new Set<string>();
    for (const edge of mist.wanEdges()) {
      present.add(edge.mac);
      const plane = planes.get(edge.mac) ?? new EdgePlane(edge);
      planes.set(edge.mac, plane);
      plane.step(edge, at, around);
    }
    for (const [mac, plane] of planes) {
      if (present.has(mac)) continue;
      plane.end(around);
      planes.delete(mac);
    }
  }

  function surroundings(): Surroundings {
    const byEndpoint = new Map<string, GatewayInstance>();
    const byLink = new Map<string, GatewayInstance[]>();
    for (const instance of entra.gatewayInstances()) {
      byEndpoint.set(instance.endpoint, instance);
      const siblings = byLink.get(instance.linkId);
      if (siblings) siblings.push(instance);
      else byLink.set(instance.linkId, [instance]);
    }
    const { zone2ThroughZone1, reauthentication } = running;
    return { entra, mist, timing, zone2ThroughZone1, reauthentication, byEndpoint, byLink };
  }

  // What is recorded may change a store, whose simulator pokes again: one more round, never a nested one.
  function evaluate(): void {
    if (evaluating) {
      again = true;
      return;
    }
    evaluating = true;
    const started = performance.now();
    try {
      again = false;
      evaluateOnce();
      if (again) evaluateOnce();
    } finally {
      evaluating = false;
      cost = performance.now() - started;
    }
  }

  function schedule(): void {
    const delay = Math.min(MAX_TICK_MS, Math.max(TICK_MS, cost * SHARE));
    timer = setTimeout(() => {
      evaluate();
      if (!closed) schedule();
    }, delay).unref();
  }

  const running: RunningDataPlane = {
    zone2ThroughZone1: options.zone2ThroughZone1 ?? true,
    reauthentication: options.reauthentication ?? 'on-change',
    tunnels: (mac) => planes.get(mac)?.tunnels() ?? [],
    bgpPeers: (mac) => planes.get(mac)?.bgpPeers() ?? [],
    poke: () => {
      if (closed) return;
      if (planes.size <= SMALL_FLEET) {
        evaluate();
        return;
      }
      scheduled ??= setImmediate(() => {
        scheduled = undefined;
        if (!closed) evaluate();
      });
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      if (scheduled) clearImmediate(scheduled);
    },
  };
  schedule();
  return running;
}
