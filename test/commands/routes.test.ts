import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBlocks } from '../../sandbox/contracts/slack/surface.ts';
import { ok } from '../../src/base/failure.ts';
import { routesCard } from '../../src/commands/cards/routes-card.ts';
import type { RouteReport } from '../../src/flows/routes/route-report.ts';
import { BYSTANDER, CHANNEL, openOffice, type Office } from './support/office.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

function report(over: Partial<RouteReport> = {}): RouteReport {
  return {
    site: { id: 'site-lyon', name: 'Lyon' },
    atMs: 1_800_000_000_000,
    total: 2,
    byLength: [{ length: 31, count: 2 }],
    byNeighbor: [{ address: '10.99.99.2', wan: 'wan0', zone: 1, count: 2 }],
    expected: 3,
    missing: ['40.96.0.0/13'],
    unexpected: [],
    refused: 0,
    end: 'counted',
    unread: [],
    rows: [{ prefix: '13.107.6.152/31', neighbors: ['10.99.99.2'], verdict: 'expected' }],
    ...over,
  };
}

describe('/sse routes', () => {
  it('posts the sums, with the whole list and a picture in the thread', async () => {
    office.flows.routeReport = ok(report());
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse routes Lyon');
    const card = await office.sim.waitForMessage(CHANNEL, 'Routes Lyon: 2 learned. 1 of 3');
    expect(JSON.stringify(card.blocks)).toContain('40.96.0.0/13');
    const files = await office.sim.world.waitFor(() => {
      const shared = [...office.sim.world.files.values()];
      return shared.length === 2 ? shared : undefined;
    });
    expect(files.map(({ name }) => name).toSorted()).toEqual(['routes-Lyon.csv', 'routes-Lyon.png']);
  });

  it('says to the asker alone why there is nothing to show', async () => {
    const person = office.sim.person(BYSTANDER);
    await person.command(CHANNEL, '/sse routes Lyon');
    await office.sim.world.waitFor(() => person.ephemerals.find(({ text }) => text.includes('No routes')));
    await person.command(CHANNEL, '/sse routes');
    await office.sim.world.waitFor(() =>
      person.ephemerals.find(({ text }) => text.includes('Say which site')),
    );
    expect(office.sim.world.messages).toEqual([]);
  });

  it('never calls anything missing of a listing that was cut', () => {
    const card = routesCard(report({ end: 'cut', missing: [] }));
    expect(card.text).toContain('was cut in the middle');
    expect(checkBlocks(structuredClone(card.blocks), 'message')).toEqual([]);
  });
});
