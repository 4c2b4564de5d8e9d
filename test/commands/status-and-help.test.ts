import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed, ok } from '../../src/base/failure.ts';
import { failure } from './support/desk-flows.ts';
import { BYSTANDER, CHANNEL, FOREIGN_CHANNEL, openOffice, REQUESTER, type Office } from './support/office.ts';
import { fleetOf, siteStatus } from './support/samples.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

const LINE = 'Lyon: tunnels 1/1, BGP 1/1, routes 25';
const told = (user: string, nth = -1) =>
  office.sim.world.waitFor(() => office.sim.person(user).ephemerals.at(nth));

describe('/sse status', () => {
  it('posts a card with the status line where the command was typed, and draws it anew on Refresh', async () => {
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse status Lyon');
    const card = await office.sim.waitForMessage(CHANNEL, LINE);
    expect(card.text).toBe(LINE);
    office.flows.siteStatus = ok(siteStatus({ line: 'Lyon: tunnels 0/1, BGP 0/1, routes ?' }));
    await office.sim.person(BYSTANDER).click(card.ts, 'sse_refresh');
    const again = await office.sim.waitForMessage(CHANNEL, 'Lyon: tunnels 0/1');
    expect(again.ts).toBe(card.ts);
  });

  it('answers the asker with how to invite the bot where it is not a member, and Refresh works there too', async () => {
    const person = office.sim.person(BYSTANDER);
    await person.command(FOREIGN_CHANNEL, '/sse status Lyon');
    const answer = await told(BYSTANDER);
    expect(answer.text).toBe(LINE);
    expect(JSON.stringify(answer.blocks)).toContain('/invite');
    office.flows.siteStatus = ok(siteStatus({ line: 'Lyon: tunnels 0/1, BGP 0/1, routes ?' }));
    await person.click(answer.ts, 'sse_refresh');
    await office.sim.world.waitFor(() => person.ephemerals.find(({ text }) => text.includes('tunnels 0/1')));
    expect(person.ephemerals).toHaveLength(1);
  });

  it('tells the asker alone what went wrong', async () => {
    office.flows.siteStatus = failed(failure('This site is not connected.'));
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse status Lyon');
    expect((await told(BYSTANDER)).text).toBe('This site is not connected.');
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse status Nowhere');
    await office.sim.world.waitFor(() =>
      office.sim.person(BYSTANDER).ephemerals.find(({ text }) => text.includes('no such site')),
    );
    expect(office.sim.world.messages).toEqual([]);
  });

  it('lists all connected sites to the asker', async () => {
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse status');
    expect((await told(BYSTANDER)).text).toContain('has not connected any site yet');
    office.flows.fleetStatus = ok(
      fleetOf([siteStatus(), siteStatus({ line: 'Paris: tunnels 2/2, BGP 2/2, routes 9' })]),
    );
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse status');
    const list = await told(BYSTANDER, 1);
    expect(list.text).toBe('2 sites connected by this bot: 0 down, 0 degraded, 0 not known, 2 up');
    expect(JSON.stringify(list.blocks)).toContain('Paris: tunnels 2/2');
  });
});

describe('the fleet card', () => {
  it('turns pages and filters in place, from the reading that it was made of', async () => {
    const sites = Array.from({ length: 20 }, (_, n) =>
      siteStatus({ line: `Site ${n}: tunnels 1/1, BGP 1/1, routes 9`, severity: n === 19 ? 'down' : 'up' }),
    );
    office.flows.fleetStatus = ok(fleetOf(sites));
    const person = office.sim.person(BYSTANDER);
    await person.command(CHANNEL, '/sse status');
    const list = await told(BYSTANDER);
    await person.click(list.ts, 'sse_fleet_next');
    const shown = (text: string) =>
      office.sim.world.waitFor(() =>
        person.ephemerals.find(({ blocks }) => JSON.stringify(blocks).includes(text)),
      );
    await shown('Site 12:');
    await person.click(person.ephemerals[0]!.ts, 'sse_fleet_down');
    await shown('Page 1 of 1');
    expect(person.ephemerals).toHaveLength(1);
    expect(office.flows.calls.filter((call) => call.startsWith('fleet'))).toEqual([
      'fleet 0',
      'fleet 60000',
      'fleet 60000',
    ]);
  });
});

describe('/sse help', () => {
  it('lists only what the person may run', async () => {
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse help');
    expect((await told(REQUESTER)).text).toContain('/sse onboard');
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse');
    const { text, blocks } = await told(BYSTANDER);
    expect(text).toContain('/sse status');
    expect(`${text}${JSON.stringify(blocks)}`).not.toContain('onboard');
  });

  it('suggests the command that was probably meant', async () => {
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse onbaord Lyon');
    const { text } = await told(REQUESTER);
    expect(text).toMatch(
      /^There is no command "onbaord"\. Did you mean \/sse onboard\? Commands that you can run: .*\/sse status/,
    );
    expect(text).not.toContain('\n');
  });

  it('shows examples for one command', async () => {
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse help onboard');
    const { blocks } = await told(REQUESTER);
    expect(JSON.stringify(blocks)).toContain('/sse onboard \\"New York\\"');
    expect(JSON.stringify(blocks)).not.toContain('/sse status');
  });

  it('cannot be made to mention anybody', async () => {
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse <!channel> <@U0APPROVE1>');
    const { text, blocks } = await told(REQUESTER);
    expect(`${text}${JSON.stringify(blocks)}`).not.toMatch(/<[!@]/);
  });
});
