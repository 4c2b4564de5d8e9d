import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMistSim, type MistSim } from '../../sandbox/mist/mist-sim.ts';
import { startSimServer, type SimServer } from '../../sandbox/http/server.ts';
import { RemoteError } from '../../src/base/failure.ts';
import { Secret } from '../../src/base/secret.ts';
import { createMist } from '../../src/integrations/mist/client.ts';
import type { Mist } from '../../src/integrations/mist/types.ts';
import { mutated, tryAll } from './support/hostile.ts';

/** Stands in every answer; no error may repeat it. */
const CANARY = 'canary-psk-of-somebody-else';
const DEVICE = '00000000-0000-0000-1000-020001c04668';

/** Readings, with the path of the real thing that each asks for; `:site` and `:device` are filled in. */
const READINGS: readonly [path: string, read: (mist: Mist, site: string) => Promise<unknown>][] = [
  ['/orgs/:org/sites', (mist) => mist.sites()],
  ['/sites/:site/devices', (mist, site) => mist.gateways(site)],
  ['/sites/:site/stats/devices/:device', (mist, site) => mist.deviceStats(site, DEVICE)],
  ['/orgs/:org/gatewaytemplates', (mist) => mist.gatewayTemplates()],
  ['/sites/:site/setting', (mist, site) => mist.siteVars(site)],
  ['/orgs/:org/networks', (mist) => mist.networks()],
  ['/orgs/:org/services', (mist) => mist.services()],
  ['/orgs/:org/servicepolicies', (mist) => mist.servicePolicies()],
];

let sim: MistSim;
let server: SimServer;
const answers = new Map<string, { bodies: string[]; calls: number }>();
const real: { read: (typeof READINGS)[number][1]; body: unknown }[] = [];
beforeAll(async () => {
  sim = await startMistSim();
  const lyon = [...sim.store.sites.values()].find((site) => site.body.name === 'Lyon')?.body.id ?? '';
  const device = [...sim.store.devices.values()].find((one) => one.siteId === lyon)?.body.id ?? '';
  for (const [path, read] of READINGS) {
    const filled = path.replace(':org', sim.orgId).replace(':site', lyon).replace(':device', device);
    const headers = { authorization: `Token ${sim.token}` };
    const answer = await fetch(`${sim.origin}/api/v1${filled}`, { headers });
    expect(answer.status, path).toBe(200);
    real.push({ read, body: JSON.parse(JSON.stringify(await answer.json()).replaceAll('psk', CANARY)) });
  }
  // Each case has an organisation and a site of its own name, so that many can be asked for at once.
  server = await startSimServer({
    handle({ path }) {
      const mine = answers.get(/case-\d+/.exec(path)?.[0] ?? '');
      if (!mine) return { status: 404 };
      mine.calls += 1;
      const body = mine.bodies[Math.min(mine.calls, mine.bodies.length) - 1] ?? '';
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    },
  });
});
afterAll(async () => {
  await server.close();
  await sim.close();
});

it('an answer of Mist of any shape is a value or an error of ours that repeats nothing of it', async () => {
  const cases = fc.nat(READINGS.length - 1).chain((which) => {
    const body = real[which]?.body;
    const shape = mutated({ body, extra: CANARY }, 4).map((one) => JSON.stringify(one.body) ?? '');
    const broken = shape.map((text) => text.slice(0, Math.floor(text.length / 2)) + CANARY);
    return fc.tuple(fc.constant(which), fc.oneof({ weight: 6, arbitrary: shape }, broken));
  });
  await tryAll(cases, async ([which, hostile], index) => {
    const name = `case-${index}`;
    // Asked again, it answers as it should: the patience of the client is another test's.
    const good = JSON.stringify(real[which]?.body);
    answers.set(name, { bodies: [hostile, good], calls: 0 });
    const mist = createMist({
      baseUrl: server.origin,
      token: new Secret('token-that-nobody-may-print'),
      orgId: name,
      timeoutMs: 20_000,
    });
    try {
      await real[which]?.read(mist, name);
    } catch (error) {
      expect(error).toBeInstanceOf(RemoteError);
      const { message, hint, stack } = error as RemoteError;
      expect(`${message}${hint}${String(stack)}`).not.toContain(CANARY);
    } finally {
      await mist.close();
      answers.delete(name);
    }
  });
});
