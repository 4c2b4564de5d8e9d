import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failed, ok } from '../../src/base/failure.ts';
import { failure } from './support/desk-flows.ts';
import {
  APPROVER,
  BYSTANDER,
  CHANNEL,
  FOREIGN_CHANNEL,
  openOffice,
  REQUESTER,
  STRANGER,
  type Office,
} from './support/office.ts';
import { onboardForm } from './support/samples.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  expect(office.sim.violations).toEqual([]);
  await office.close();
});

const told = (user: string) => office.sim.world.waitFor(() => office.sim.person(user).ephemerals.at(-1));

async function openStepTwo(): Promise<void> {
  const person = office.sim.person(REQUESTER);
  await person.command(CHANNEL, '/sse onboard Lyon');
  await person.waitForView('sse_onboard_site');
  await person.submit();
  await person.waitForView('sse_onboard_links');
}

describe('/sse onboard', () => {
  it('goes from the command through both steps to a card in the channel', async () => {
    const { sim, flows } = office;
    const person = sim.person(REQUESTER);
    const outcome = await person.command(CHANNEL, '/sse onboard "Lyon"');
    expect(outcome.outcome).toBe('acked');
    await person.waitForView('sse_onboard_site');
    expect(person.valueOf('site')).toMatchObject({ selected_option: { value: 'site-lyon' } });
    await person.fill('option', 'single-wan');
    await person.submit();
    expect(person.view?.content['callback_id']).toBe('sse_loading');
    await person.waitForView('sse_onboard_links');
    expect(flows.calls).toContain(`openForm ${REQUESTER} site-lyon single-wan ${CHANNEL}`);
    await person.fillAll({ range_a: '10.50.0.0/29', networks: ['Corp', 'Guest'], ticket: 'CHG-1' });
    expect(await person.submit()).toMatchObject({ result: 'cleared' });
    const card = await sim.waitForMessage(CHANNEL, 'Plan Lyon: ');
    expect(card.user).toBe(sim.world.bot.userId);
    expect(flows.submitted).toMatchObject([
      {
        actor: { user: REQUESTER, teamId: sim.world.team.id },
        draftId: 'draft-1',
        values: {
          link1_wan: 'wan0',
          link1_public_ip: '203.0.113.10',
          range_a: '10.50.0.0/29',
          networks: ['Corp', 'Guest'],
          mode: 'm365',
          ticket: 'CHG-1',
        },
      },
    ]);
    expect(flows.submitted[0]?.values).not.toHaveProperty('device_bgp_1');
    expect((await told(REQUESTER)).text).toContain('Reading both sides');
  });

  it('offers the sites that match while the person types', async () => {
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard');
    await person.waitForView('sse_onboard_site');
    expect(await person.suggest('site', 'par')).toMatchObject([
      { value: 'site-paris', text: { text: 'Paris' } },
    ]);
    expect(await person.suggest('site', '')).toHaveLength(2);
  });

  it('answers a name that no site has, without a modal', async () => {
    await office.sim.person(REQUESTER).command(CHANNEL, '/sse onboard Lion');
    expect((await told(REQUESTER)).text).toBe('There is no such site. Did you mean Lyon?');
    expect(office.sim.person(REQUESTER).view).toBeUndefined();
  });

  it('opens without a chosen site where the lookup is too slow for the trigger', async () => {
    office.flows.delayMs = 4000;
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    expect(person.valueOf('site')).not.toMatchObject({ selected_option: { value: 'site-lyon' } });
  });

  it('says in the modal why there is no form', async () => {
    office.flows.form = failed(failure('A request for this site is open already.'));
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    await person.submit();
    const view = await person.waitForView('sse_problem');
    expect(JSON.stringify(view.content)).toContain('A request for this site is open already.');
  });

  it('names a person in its hints, in the modal and in what it tells', async () => {
    const hint = `A request for Lyon by <@${APPROVER}> is open. <!channel> Run \`/sse status Lyon\`.`;
    office.flows.form = failed(failure(hint));
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    await person.submit();
    const view = await person.waitForView('sse_problem');
    const shown = `by <@${APPROVER}> is open. &lt;!channel&gt; Run \`/sse status Lyon\`.`;
    expect(view.content['blocks']).toMatchObject([
      { text: { type: 'mrkdwn', text: expect.stringContaining(shown) } },
    ]);
    office.flows.form = ok(onboardForm());
    office.flows.submitFailure = failure(hint);
    await openStepTwo();
    await person.submit();
    const answer = await office.sim.world.waitFor(() =>
      person.ephemerals.find(({ text }) => text.startsWith('There is no plan: ')),
    );
    expect(answer.text).toContain(shown);
  });

  it('says so in the loading modal when reading the site breaks', async () => {
    office.flows.openForm = () => Promise.reject(new TypeError('boom'));
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    await person.submit();
    const view = await person.waitForView('sse_problem');
    expect(JSON.stringify(view.content)).toContain('a fault of the bot');
    expect((await told(REQUESTER)).text).toMatch(/under [0-9a-f]{8}/);
  });

  it('says so in the loading modal when Slack refuses the form', async () => {
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    office.sim.faults.plant({
      path: 'views.update',
      action: { kind: 'answer', status: 200, body: '{"ok":false,"error":"invalid_arguments"}' },
    });
    await person.submit();
    const view = await person.waitForView('sse_problem');
    expect(JSON.stringify(view.content)).toContain('Slack refused it (invalid_arguments).');
  });

  it('shows problems at their fields and keeps the modal open', async () => {
    await openStepTwo();
    office.flows.problems = ok([
      { field: 'range_a', message: 'This range is in use at Paris.' },
      { field: 'range_b', message: 'Missing.' },
    ]);
    const person = office.sim.person(REQUESTER);
    expect(await person.submit()).toMatchObject({
      result: 'errors',
      errors: { range_a: 'This range is in use at Paris.', link1_wan: 'range_b: Missing.' },
    });
    expect(office.flows.submitted).toEqual([]);
  });

  it('tells the requester alone when the plan cannot be made', async () => {
    await openStepTwo();
    office.flows.submitFailure = failure('Mist is away.', { requestId: 'r-77' });
    await office.sim.person(REQUESTER).submit();
    const answer = await office.sim.world.waitFor(() =>
      office.sim.person(REQUESTER).ephemerals.find(({ text }) => text.includes('Mist is away.')),
    );
    expect(answer.text).toContain('r-77');
  });

  it('says so when the form is too old', async () => {
    await openStepTwo();
    office.flows.problems = failed(failure('This form is too old; run /sse onboard again.'));
    const person = office.sim.person(REQUESTER);
    await person.submit();
    expect(JSON.stringify((await person.waitForView('sse_problem')).content)).toContain('too old');
  });

  it('reaches the requester where the bot is not in the channel', async () => {
    const person = office.sim.person(REQUESTER);
    await person.command(FOREIGN_CHANNEL, '/sse onboard Lion');
    expect((await told(REQUESTER)).text).toContain('no such site');
  });

  it('searches long lists of step 2', async () => {
    const networks = Array.from({ length: 150 }, (_, n) => ({ value: `net-${n}`, label: `net-${n}` }));
    office.flows.form = ok(onboardForm({ networks, initial: {} }));
    await openStepTwo();
    const person = office.sim.person(REQUESTER);
    expect(await person.suggest('networks', 'net-14')).toHaveLength(11);
    await person.fill('networks', ['net-149']);
    expect(person.valueOf('networks')).toMatchObject({ selected_options: [{ value: 'net-149' }] });
  });

  it('leaves a modal closed that was closed while it loaded', async () => {
    const person = office.sim.person(REQUESTER);
    await person.command(CHANNEL, '/sse onboard Lyon');
    await person.waitForView('sse_onboard_site');
    const loading = Promise.withResolvers<void>();
    office.flows.held = loading.promise;
    await person.submit();
    await person.close();
    loading.resolve();
    await vi.waitFor(() => expect(office.log.join('')).toContain('closed before its form was ready'), 30_000);
    expect(person.view).toBeUndefined();
  });
});

describe('who may ask for a change', () => {
  it('refuses who is no operator, and writes it down', async () => {
    await office.sim.person(BYSTANDER).command(CHANNEL, '/sse onboard Lyon');
    expect((await told(BYSTANDER)).text).toContain('SSE_OPERATORS');
    expect(office.sim.person(BYSTANDER).view).toBeUndefined();
    expect(office.refusals).toMatchObject([{ actor: { user: BYSTANDER }, what: 'onboard' }]);
  });

  it('refuses strangers from another team everything, even help and status', async () => {
    for (const text of ['onboard', 'status Lyon', 'help', '']) {
      await office.sim.person(STRANGER).command(CHANNEL, `/sse ${text}`);
    }
    await office.sim.world.waitFor(() => office.sim.person(STRANGER).ephemerals.length === 4 || undefined);
    for (const { text } of office.sim.person(STRANGER).ephemerals) {
      expect(text).toBe('This bot answers only to members of its own workspace.');
    }
    expect(office.flows.calls.filter((call) => call.startsWith('status'))).toEqual([]);
  });

  it('asks again at each submission, not only at the command', async () => {
    const { sim } = office;
    await sim.person(APPROVER).command(CHANNEL, '/sse onboard Lyon');
    await sim.person(APPROVER).waitForView('sse_onboard_site');
    const user = sim.world.users.get(APPROVER);
    if (user) user.teamId = 'T0OTHER001';
    await sim.person(APPROVER).submit();
    const view = await sim.person(APPROVER).waitForView('sse_problem');
    expect(JSON.stringify(view.content)).toContain('own workspace');
    expect(office.flows.calls.filter((call) => call.startsWith('openForm'))).toEqual([]);
  });
});
