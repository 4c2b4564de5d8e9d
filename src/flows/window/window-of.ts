import type { RequestRow } from '../../../db/types.ts';
import { failed, ok, type Result } from '../../base/failure.ts';
import { parseWindow, type ChangeWindow } from '../../design/change-window.ts';
import type { FlowParts } from '../parts.ts';
import { digestOf } from '../plan/digest.ts';

/** The change window of a stored request; undefined where it begins as soon as it is approved. */
export function windowOf({
  opensAt,
  expiresAt,
}: Pick<RequestRow, 'opensAt' | 'expiresAt'>): ChangeWindow | undefined {
  return opensAt === undefined ? undefined : { opensAt, closesAt: expiresAt };
}

/** The same as files tell it, in ISO 8601. */
export function windowTimes(
  request: Pick<RequestRow, 'opensAt' | 'expiresAt'>,
): { readonly opensAt: string; readonly closesAt: string } | null {
  const window = windowOf(request);
  if (!window) return null;
  const iso = (at: number): string => new Date(at).toISOString();
  return { opensAt: iso(window.opensAt), closesAt: iso(window.closesAt) };
}

/**
 * The digest that approvals are bound to: that of the plan, and with a window that of both. Who approved a change for tonight has not approved
 * it for tomorrow morning (docs/adr/0017-change-windows.md).
 */
export function boundDigest(planned: string, window: ChangeWindow | undefined): string {
  return window ? digestOf({ plan: planned, opensAt: window.opensAt, closesAt: window.closesAt }) : planned;
}

/** The columns of a request that say until when it can be decided and when it begins: an approval never ends before its window does. */
export function timesOf(
  window: ChangeWindow | undefined,
  now: number,
  ttlMs: number,
): Pick<RequestRow, 'expiresAt' | 'opensAt'> {
  return window ? { opensAt: window.opensAt, expiresAt: window.closesAt } : { expiresAt: now + ttlMs };
}

/** What somebody typed as a change window, in the installation's zone; nothing typed is no window. */
export function readWindow(
  { settings, clock }: Pick<FlowParts, 'settings' | 'clock'>,
  typed: string | undefined,
): Result<ChangeWindow | undefined> {
  if (typed === undefined || typed.trim() === '') return ok(undefined);
  const window = parseWindow(typed, settings.timeZone, clock.now());
  if (window.ok) return window;
  return failed({
    code: 'flow.bad_window',
    message: 'the change window cannot be used',
    hint: window.failure,
    retryable: false,
  });
}
