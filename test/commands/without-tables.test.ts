import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../src/base/failure.ts';
import { siteStatus } from './support/samples.ts';
import { BYSTANDER, CHANNEL, openOffice, type Office } from './support/office.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
  office.sim.world.refusedBlocks.add('table');
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

const typesOf = (message: { blocks: readonly object[] }): unknown[] =>
  message.blocks.map((block) => (block as { type: unknown }).type);

describe('a workspace that takes no tables', () => {
  it('gets the status as lines with the same fallback, and again on Refresh', async () => {
    const person = office.sim.person(BYSTANDER);
    await person.command(CHANNEL, '/sse status Lyon');
    const card = await office.sim.waitForMessage(CHANNEL, 'Lyon: tunnels 1/1, BGP 1/1, routes 25');
    expect(typesOf(card)).not.toContain('table');
    expect(JSON.stringify(card.blocks)).toContain('10.99.99.2: state established, routes in, out 25, 2');
    office.flows.siteStatus = ok(siteStatus({ line: 'Lyon: tunnels 1/1, BGP 0/1, routes 0' }));
    await person.click(card.ts, 'sse_refresh');
    const again = await office.sim.waitForMessage(CHANNEL, 'Lyon: tunnels 1/1, BGP 0/1');
    expect(again.ts).toBe(card.ts);
    expect(typesOf(again)).not.toContain('table');
  });

  it('is asked for the table first: where Slack takes it, it is there', async () => {
    office.sim.world.refusedBlocks.clear();
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse status Lyon');
    expect(typesOf(await office.sim.waitForMessage(CHANNEL, 'Lyon: tunnels'))).toContain('table');
  });
});
