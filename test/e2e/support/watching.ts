import { expect, vi } from 'vitest';
import type { World } from '../../../sandbox/world.ts';

/** A loaded machine is slow; what is waited for is an event, and this only ends a test that hangs. */
export const PATIENCE = { timeout: 60_000, interval: 50 };

/** The bot's `/readyz`; status 0 where nobody answers. */
export interface Ready {
  readonly status: number;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

async function ask(world: World, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${world.env['HEALTH_PORT']}${path}`);
}

export async function readyz(world: World): Promise<Ready> {
  const answer = await ask(world, '/readyz').catch(() => undefined);
  if (!answer) return { status: 0, reasons: [], warnings: [] };
  const { reasons = [], warnings = [] } = (await answer.json()) as Partial<Ready>;
  return { status: answer.status, reasons, warnings };
}

/** Waits until `/readyz` says so, and the process has been called alive all along. */
export async function untilReadyz(
  world: World,
  status: number,
  says: { readonly reasons?: readonly string[]; readonly warnings?: readonly string[] } = {},
): Promise<void> {
  const expected = { status, reasons: [], warnings: [], ...says };
  await vi.waitFor(async () => {
    expect((await ask(world, '/healthz')).status).toBe(200);
    const now = await readyz(world);
    expect(now).toEqual({
      status: expected.status,
      reasons: expected.reasons.map((one) => expect.stringContaining(one) as string),
      warnings: expected.warnings.map((one) => expect.stringContaining(one) as string),
    });
  }, PATIENCE);
}

/** Every line of `/metrics` with its figure, labels as they are printed. */
export async function metrics(world: World): Promise<ReadonlyMap<string, number>> {
  const text = await (await ask(world, '/metrics')).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))] as const),
  );
}

/** Waits until these lines of `/metrics` have these figures. */
export async function untilMetrics(world: World, figures: Readonly<Record<string, number>>): Promise<void> {
  await vi.waitFor(async () => {
    const now = await metrics(world);
    expect(Object.fromEntries(Object.keys(figures).map((line) => [line, now.get(line)]))).toEqual(figures);
  }, PATIENCE);
}

export type LogLine = Readonly<Record<string, unknown>>;

/** What the bot wrote to its log under this message. */
export function logged(world: World, message: string): readonly LogLine[] {
  return world
    .bot()
    .output.filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line['msg'] === message);
}
