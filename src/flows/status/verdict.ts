import type { DeviceStatus, Severity, TunnelStatus } from '../types.ts';

/** What the verdict is drawn from. */
export interface Seen {
  readonly device?: DeviceStatus;
  readonly tunnels: readonly TunnelStatus[];
  /** `unread`: asked and not answered; `cut`: the listing stopped in the middle; `not asked`: the fleet's view asks no router. */
  readonly routes: number | 'unread' | 'cut' | 'not asked';
  /** Connectors of which the two vendors say opposite things. */
  readonly contradicted: readonly string[];
  /** How many readings failed. */
  readonly unread: number;
  /** How many values of the two configurations disagree. */
  readonly differences: number;
}

export interface Verdict {
  readonly severity: Severity;
  /** One plain sentence. */
  readonly text: string;
}

/** The worst that is known for certain comes first; what is not known is never good news and never bad news. */
export function verdictOf({ device, tunnels, routes, contradicted, unread, differences }: Seen): Verdict {
  const neighbors = tunnels.flatMap((t) => t.neighbors);
  const down = tunnels.filter((t) => t.up === false);
  if (device?.connected === false) {
    return {
      severity: 'down',
      text: 'The router does not report to Mist: what is shown is what was last known.',
    };
  }
  if (tunnels.length === 0) return { severity: 'down', text: 'No connector is configured.' };
  if (down.length === tunnels.length) return { severity: 'down', text: 'Down: no tunnel is up.' };
  if (down.length > 0) return degraded(`${listed(down.map((t) => t.name))} down.`);
  const silent = neighbors.filter((n) => n.up === false);
  if (silent.length > 0) return degraded(`neighbor ${listed(silent.map((n) => n.address))} not established.`);
  if (contradicted.length > 0)
    return unknown(
      `The vendors contradict each other: Mist reports ${contradicted.join(', ')} up, Entra's newest record says disconnected. One of them is late; ask again in 15 minutes.`,
    );
  if (unread > 0) return unknown('Not everything could be read; what is missing is listed.');
  const differing = `${differences === 1 ? '1 value differs' : `${differences} values differ`} between Entra and Mist`;
  if (tunnels.some((t) => t.up === undefined))
    return unknown(
      differences > 0
        ? `Mist does not report every tunnel, and ${differing}: a diagnosis says why.`
        : 'Mist does not report every tunnel yet.',
    );
  if (neighbors.some((n) => n.up === undefined))
    return unknown('Tunnels are up; Mist does not report every neighbor yet.');
  if (routes === 'unread') return unknown('Tunnels and neighbors are up; the routes could not be read.');
  if (routes === 'cut')
    return unknown(
      'Tunnels and neighbors are up; the router cut its listing of routes in the middle, so how many there are is unknown.',
    );
  if (routes === 0) return degraded('everything is up, but no route is learned.');
  if (differences > 0) return degraded(`everything is up, but ${differing}.`);
  if (routes === 'not asked') return { severity: 'up', text: 'Up: every tunnel and neighbor.' };
  return { severity: 'up', text: 'Up: every tunnel and neighbor, with routes.' };
}

function degraded(text: string): Verdict {
  return { severity: 'degraded', text: `Degraded: ${text}` };
}

function unknown(text: string): Verdict {
  return { severity: 'unknown', text };
}

function listed(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
}
