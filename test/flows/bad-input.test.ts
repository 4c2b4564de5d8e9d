import { describe, expect, test } from 'vitest';
import { listing, NEIGHBOR } from '../../bench/routes/listing.ts';
import { diagnosisCard } from '../../src/commands/cards/diagnosis-card.ts';
import { routesCard } from '../../src/commands/cards/routes-card.ts';
import { statusCard } from '../../src/commands/cards/status-card.ts';
import type { Entra } from '../../src/integrations/entra/types.ts';
import type { LearnedRoutes, Mist } from '../../src/integrations/mist/types.ts';
import { checkBlocks } from '../../sandbox/contracts/slack/surface.ts';
import { askAndApprove, failureOf, valueOf } from './support/asking.ts';
import { startRig, type Rig, type RigOptions } from './support/rig.ts';

async function connected(options: RigOptions = {}): Promise<Rig> {
  const rig = await startRig(options);
  await rig.until(await askAndApprove(rig, {}), 'onboarded');
  return rig;
}

/** A connected site whose router prints something else from then on. */
async function withListing(change: (routes: LearnedRoutes) => LearnedRoutes): Promise<Rig> {
  let isOdd = false;
  const wrapMist = (mist: Mist): Mist => ({
    ...mist,
    learnedRoutes: async (...query) => {
      const routes = await mist.learnedRoutes(...query);
      return isOdd ? change(routes) : routes;
    },
  });
  const rig = await connected({ wrapMist });
  isOdd = true;
  return rig;
}

const lyon = async ({ flows, site }: Rig) => ({
  status: valueOf(await flows.status(site('Lyon'))),
  routes: await flows.routes(site('Lyon')),
  diagnosis: valueOf(await flows.diagnose(site('Lyon'))),
});

/** What each look answers where what it finds is odd: never silence, a count of nothing or good news. */
describe('a plain answer of its own', () => {
  test('for a site without any trace of Microsoft SSE', async () => {
    const { flows, site } = await startRig();
    for (const look of [flows.status, flows.routes, flows.diagnose])
      expect(failureOf(await look(site('Porto'))).hint).toBe(
        'Porto has no Microsoft SSE configuration: no connector for Microsoft in Mist, and nothing of it in Entra. `/sse onboard` connects it.',
      );
  });

  test('for a site that is half built', async () => {
    const rig = await connected();
    await rig.store.sites.remove(rig.site('Lyon'));
    rig.mist.portal.editDevice('Lyon', (body) => {
      for (const key of ['tunnel_configs', 'bgp_config']) delete body[key];
    });
    const { status, routes, diagnosis } = await lyon(rig);
    expect(status.verdict).toBe('No connector is configured.');
    expect(status.severity).toBe('down');
    expect(failureOf(routes).hint).toBe(
      'Lyon has no BGP neighbor at Microsoft, so it learns nothing. /sse diagnose Lyon says what is missing.',
    );
    expect(diagnosis.headline).toBe(
      'Almost certain: Device link Lyon-wan0 in Entra has no connector on the router.',
    );
  });

  test('for a router that is offline', async () => {
    const rig = await connected();
    rig.mist.portal.setDeviceOnline('Lyon', false);
    const { status, routes, diagnosis } = await lyon(rig);
    expect(status.verdict).toBe('The router does not report to Mist: what is shown is what was last known.');
    expect(failureOf(routes).hint).toContain('nobody can ask it for its routes');
    expect(diagnosis.headline).toMatch(/^Almost certain: The router does not report to Mist/);
  });

  test('for an output that is cut in the middle: nothing of it is counted or called missing', async () => {
    const rig = await withListing(({ prefixes, ...rest }) => ({
      ...rest,
      prefixes: prefixes.slice(0, 7),
      end: 'cut',
    }));
    const { status, routes } = await lyon(rig);
    expect(status.line).toBe('Lyon: tunnels 1/1, BGP 1/1, routes ?');
    expect(status.verdict).toContain('cut its listing of routes in the middle');
    expect(routesCard(valueOf(routes)).text).toBe(
      'Routes Lyon: 7 learned. The listing was cut in the middle: what it does not show is unknown.',
    );
  });

  test(
    'for outputs of 500,000 lines: all routes are counted, no report is taken for one, and the cards stay small',
    { timeout: 120_000 },
    async () => {
      const rig = await connected();
      const [neighbor = ''] = valueOf(await rig.flows.status(rig.site('Lyon'))).tunnels.flatMap(
        ({ neighbors }) => neighbors.map(({ address }) => address),
      );
      const whole = [...listing(500_000)].join('').replaceAll(NEIGHBOR, neighbor);
      for (const command of ['show_route', 'show_service_path', 'ping'])
        rig.mist.portal.setPrints('Lyon', command, whole);
      const { status, routes, diagnosis } = await lyon(rig);
      const report = valueOf(routes);
      expect(report.total).toBeGreaterThan(400_000);
      expect(status.line).toBe(`Lyon: tunnels 1/1, BGP 1/1, routes ${report.total}`);
      expect(diagnosis.causes).toEqual([]);
      expect(diagnosis.headline).toMatch(/^Nothing wrong was found, but not everything could be read/);
      expect(diagnosis.unread).toEqual([
        'path of the traffic: the router did not answer readably',
        `ping from the router to ${neighbor}: no readable answer`,
      ]);
      const cards = [routesCard(report), statusCard(status), diagnosisCard(diagnosis)];
      expect(cards[0]?.text).toMatch(
        /^Routes Lyon: 4\d{5} learned\. 25 of 25 promised prefixes are missing\.$/,
      );
      for (const { blocks } of cards) expect(checkBlocks(structuredClone(blocks), 'message')).toEqual([]);
    },
  );

  test('for two vendors that contradict each other', async () => {
    let isLate = false;
    const wrapEntra = (entra: Entra): Entra => ({
      ...entra,
      healthEvents: async (query) => {
        const events = await entra.healthEvents(query);
        const [newest] = events;
        if (!isLate || !newest) return events;
        return [{ ...newest, atMs: Date.now(), status: 'tunnelDisconnected' }, ...events];
      },
    });
    const rig = await connected({ wrapEntra });
    isLate = true;
    const { status, diagnosis } = await lyon(rig);
    expect(status.verdict).toBe(
      "The vendors contradict each other: Mist reports mssse-wan0 up, Entra's newest record says disconnected. One of them is late; ask again in 15 minutes.",
    );
    expect(status.severity).toBe('unknown');
    expect(diagnosis.headline).toContain('The two vendors contradict each other');
  });
});
