import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { onboardOperations } from '../src/flows/onboard/operations.ts';
import { removalOperations } from '../src/flows/removal/operations.ts';
import type { OperationContext } from '../src/flows/engine/types.ts';
import { startRig } from './flows/support/rig.ts';

const GUIDE = readFileSync(new URL('../docs/guides/waits.md', import.meta.url), 'utf8');
const ROWS = GUIDE.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** The steps of each kind of wait, as the guide names them. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  'mist.applied': ['mist.connectors.applied', 'mist.policy.applied'],
  'remove.applied': ['remove.policy.applied', 'remove.connectors.applied'],
};

/** `10 min while the router is online` → 10; the longest of several. */
function minutesIn(deadline: string): number {
  const found = [...deadline.matchAll(/(?:(\d+) h )?(\d+) min/g)];
  return Math.max(0, ...found.map(([, hours, minutes]) => Number(hours ?? 0) * 60 + Number(minutes)));
}

test('the guide has every wait with its deadline and what its end means', async () => {
  const rig = await startRig({ start: false });
  const noVerb = (): never => {
    throw new Error('no verb is needed');
  };
  const waits = [...onboardOperations(rig.parts, noVerb), ...removalOperations(rig.parts)].filter(
    ({ mode }) => mode === 'wait',
  );
  expect(waits.length).toBeGreaterThan(8);
  for (const wait of waits) {
    for (const step of STEPS[wait.kind] ?? [wait.kind]) {
      const row = ROWS.find(([, first]) => first?.includes(`\`${step}\``));
      const [, , , normal, deadline, then] = row ?? [];
      const deadlineMs = wait.deadlineMs?.({} as OperationContext);
      expect(normal, step).toMatch(/\w/);
      if (deadlineMs !== undefined && step !== 'verify.path') {
        expect(minutesIn(deadline ?? ''), step).toBe(deadlineMs / 60_000);
      }
      expect(then, step).toMatch(wait.onFailure === 'ask' ? /^asks/ : /^undoes|^ends/);
    }
  }
});
