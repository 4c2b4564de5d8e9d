import type { FaultAction } from '../../sandbox/http/faults.ts';
import type { CallRecord } from '../../sandbox/http/server.ts';
import type { Rig } from '../flows/support/compose-rig.ts';

export type System = 'entra' | 'mist';

/** One remote call of an undisturbed change. */
export interface CallPoint {
  readonly system: System;
  readonly method: string;
  /** A regular expression over its path, IDs left open. */
  readonly path: string;
  /** How many calls of the same kind come before it. */
  readonly skip: number;
  readonly writes: boolean;
}

export interface Trouble {
  readonly name: string;
  readonly action: FaultAction;
  readonly delayMs?: number;
}

/** Of one attempt, where a call is to be slower than that. */
export const SHORT_TIMEOUT_MS = 1500;
const HTML = '<html>proxy</html>';
/** Of what is polled only the first calls are disturbed: how often it is polled is chance. */
const MOST_OF_A_READ = 2;

/** What happens to a call. Of a call that changes something the harder half takes effect all the same. */
export function troublesOf({ writes }: CallPoint): readonly Trouble[] {
  const answered = writes ? ('answer-after' as const) : ('answer' as const);
  return [
    { name: '429', action: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } },
    { name: '503', action: { kind: 'answer', status: 503 } },
    { name: '500', action: { kind: answered, status: 500 } },
    { name: 'reset before', action: { kind: 'reset-before' } },
    { name: 'reset after', action: { kind: 'reset-after' } },
    { name: 'timeout after', action: { kind: 'slow' }, delayMs: SHORT_TIMEOUT_MS + 700 },
    { name: 'malformed', action: { kind: answered, status: 200, body: HTML } },
    { name: 'lacks fields', action: { kind: answered, status: 200, body: '{}' } },
    { name: 'slow', action: { kind: 'slow' }, delayMs: 250 },
  ];
}

/** Every kind of call that was made since `from`, in order. */
export function callsSince(rig: Rig, from: Readonly<Record<System, number>>): CallPoint[] {
  const points = (['entra', 'mist'] as const).flatMap((system) => {
    const seen = new Map<string, number>();
    return rig[system].calls.slice(from[system]).flatMap((call) => {
      if (/oauth2|well-known/.test(call.path)) return [];
      const key = `${call.method} ${patternOf(call.path)}`;
      const skip = seen.get(key) ?? 0;
      seen.set(key, skip + 1);
      return [{ at: call.at, point: pointOf(system, call, skip) }];
    });
  });
  return points
    .toSorted((a, b) => a.at - b.at)
    .map(({ point }) => point)
    .filter((point) => point.writes || point.skip < MOST_OF_A_READ);
}

function pointOf(system: System, call: CallRecord, skip: number): CallPoint {
  const { method, path } = call;
  return { system, method, path: patternOf(path), skip, writes: isMutating(call) };
}

/** Whether a call changes the other side: neither asks for a token nor has a router print something. */
export function isMutating({ method, path }: Pick<CallRecord, 'method' | 'path'>): boolean {
  return method !== 'GET' && !/oauth2|\/show_/.test(path);
}

/** The path with every ID left open. */
function patternOf(path: string): string {
  const open = path.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{12}/gi, '@');
  return `^${open.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('@', '[^/]+')}$`;
}
