import { NO_PROPOSAL, type SessionBasis, type TunnelCheck } from './tunnel-check.ts';
import type { GatewayInstance, Timing, WanPort } from './views.ts';

/**
 * What a changed key or proposal does to a session that is up: `on-change` = both ends negotiate anew at once;
 * `on-restart` = the session lives on with what it negotiated until something else ends it, and rekeys prove no key.
 * Which of them the real equipment does is not documented.
 */
export type Reauthentication = 'on-change' | 'on-restart';

/** Life of one connector's tunnel. */
export interface TunnelRuntime {
  readonly phase: 'down' | 'connecting' | 'up';
  /** When the phase began, epoch ms. */
  readonly since: number;
  readonly nextRekeyAt: number;
  /** Of the SA in use, in the world's time. */
  readonly lifetimeMs: number;
  readonly rekeys: number;
  readonly lastEvent: string;
  readonly basis: SessionBasis;
  /** The policy under which a rekey failed; it is not tried again until it changes. */
  readonly spoiledPolicy: string | undefined;
  /** Whom the session is or was with. */
  readonly peer: { readonly port: WanPort; readonly instance: GatewayInstance } | undefined;
}

export interface TunnelStep {
  readonly runtime: TunnelRuntime;
  readonly event?: 'up' | 'down';
}

export const ESTABLISHED = 'IKE and child SA established';
const CHANGED = 'configuration changed';

/** Moves a tunnel on to `now`. Pure; `before` is undefined for a connector that was not there. */
export function stepTunnel(
  before: TunnelRuntime | undefined,
  check: TunnelCheck,
  basis: SessionBasis,
  now: number,
  options: { readonly timing: Timing; readonly reauthentication: Reauthentication },
): TunnelStep {
  if (before?.phase === 'up') return stepUp(before, check, basis, now, options);
  const spoiledPolicy = before?.spoiledPolicy === basis.policy ? basis.policy : undefined;
  const peer = check.ok ? { port: check.port, instance: check.instance } : before?.peer;
  const idle = { nextRekeyAt: 0, lifetimeMs: 0, rekeys: 0, basis, spoiledPolicy, peer };
  if (!check.ok || spoiledPolicy !== undefined) {
    const lastEvent = check.ok ? NO_PROPOSAL : check.reason;
    const since = before?.phase === 'down' ? before.since : now;
    return { runtime: { ...idle, phase: 'down', since, lastEvent } };
  }
  const since = before?.phase === 'connecting' ? before.since : now;
  if (now - since < options.timing.tunnelUpMs) {
    return { runtime: { ...idle, phase: 'connecting', since, lastEvent: 'connecting' } };
  }
  const lifetimeMs = scaled(check.lifetimeSeconds, options.timing);
  const sa = { nextRekeyAt: now + lifetimeMs, lifetimeMs };
  return { runtime: { ...idle, ...sa, phase: 'up', since: now, lastEvent: ESTABLISHED }, event: 'up' };
}

function stepUp(
  before: TunnelRuntime,
  check: TunnelCheck,
  basis: SessionBasis,
  now: number,
  { timing, reauthentication }: { readonly timing: Timing; readonly reauthentication: Reauthentication },
): TunnelStep {
  const fall = (lastEvent: string, spoiledPolicy?: string): TunnelStep => ({
    runtime: { ...before, phase: 'down', since: now, lastEvent, basis, spoiledPolicy },
    event: 'down',
  });
  if (!check.ok && check.dead) return fall(check.reason);
  if (basis.path !== before.basis.path) return fall(CHANGED);
  const policyChanged = basis.policy !== before.basis.policy;
  if (policyChanged && reauthentication === 'on-change') return fall(check.ok ? CHANGED : check.reason);
  if (now < before.nextRekeyAt) return { runtime: before };
  // A rekey of the child SA runs inside the authenticated session: it meets the proposals, never the key.
  if (check.ok ? !check.pfsAgrees : check.reason === NO_PROPOSAL) return fall(NO_PROPOSAL, basis.policy);
  const lifetimeMs = check.ok ? scaled(check.lifetimeSeconds, timing) : before.lifetimeMs;
  const due = 1 + Math.floor((now - before.nextRekeyAt) / lifetimeMs);
  const nextRekeyAt = before.nextRekeyAt + due * lifetimeMs;
  return { runtime: { ...before, rekeys: before.rekeys + due, nextRekeyAt, lifetimeMs } };
}

function scaled(seconds: number, timing: Timing): number {
  return Math.max(1, seconds * timing.saSecondMs);
}
