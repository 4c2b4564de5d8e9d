import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { ok, type Result } from '../../src/base/failure.ts';
import type { CommandDeps } from '../../src/commands/deps.ts';
import { onboardOptions } from '../../src/commands/onboard/options.ts';
import type { SiteRef } from '../../src/flows/types.ts';

const SUGGESTION = {
  actor: { user: 'U1', teamId: 'T1' },
  blockId: 'site',
  query: 'ly',
  metadata: {},
};

function desk(searchSites: () => Promise<Result<readonly SiteRef[]>>): CommandDeps {
  return {
    flows: { searchSites },
    access: { may: () => Promise.resolve({ allowed: true }) },
    log: pino({ enabled: false }),
  } as unknown as CommandDeps;
}

describe('options of the site field', () => {
  it('are the sites that were found', async () => {
    const deps = desk(() => Promise.resolve(ok([{ id: 'site-lyon', name: 'Lyon' }])));
    expect(await onboardOptions(deps, SUGGESTION)).toMatchObject([{ value: 'site-lyon' }]);
  });

  it('are an empty list while Slack has not said who is asking', async () => {
    const deps = desk(() => Promise.resolve(ok([{ id: 'site-lyon', name: 'Lyon' }])));
    const slow = { ...deps, access: { ...deps.access, may: () => new Promise<never>(() => undefined) } };
    expect(await onboardOptions(slow, SUGGESTION)).toEqual([]);
  });

  it('are an empty list while Mist has not answered, so that Slack gets one in time', async () => {
    let answer: ((sites: Result<readonly SiteRef[]>) => void) | undefined;
    const deps = desk(() => new Promise((resolve) => (answer = resolve)));
    expect(await onboardOptions(deps, SUGGESTION)).toEqual([]);
    answer?.(ok([]));
  });
});
