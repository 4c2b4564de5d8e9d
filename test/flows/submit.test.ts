import { describe, expect, test } from 'vitest';
import { ANNA, ask, BEN, CARLA, failureOf, openForm, send, valueOf, viewOf } from './support/asking.ts';
import { deviceOf } from './support/both-sides.ts';
import { CHANNEL, eventually, startRig, type Rig } from './support/rig.ts';

const problemsOf = async (rig: Rig, values: Record<string, string | string[] | undefined>) => {
  const form = await openForm(rig);
  const found = valueOf(await rig.flows.checkForm(form.draftId, { ...form.initial, ...values }));
  return Object.fromEntries(found.map((p) => [p.field, p.message]));
};

describe('checking what was typed', () => {
  test('what the form suggests is acceptable', async () => {
    const rig = await startRig({ start: false });
    expect(await problemsOf(rig, {})).toEqual({});
  });

  test('names every wrong field at once', async () => {
    const rig = await startRig({ start: false });
    const problems = await problemsOf(rig, {
      link1_public_ip: '192.168.1.2',
      range_a: '10.99.99.0/30',
      device_asn: '65518',
      networks: [],
      region: 'atlantis',
    });
    expect(Object.keys(problems).toSorted()).toEqual([
      'device_asn',
      'link1_public_ip',
      'networks',
      'range_a',
      'region',
    ]);
  });

  test('relies on the draft alone: no vendor is asked', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    const calls = (): number => rig.entra.calls.length + rig.mist.calls.length;
    const before = calls();
    await rig.flows.checkForm(form.draftId, { ...form.initial, range_a: 'nonsense' });
    expect(calls()).toBe(before);
  });

  test('a draft that is gone is said so', async () => {
    const rig = await startRig({ start: false });
    expect(failureOf(await rig.flows.checkForm('gone', {})).code).toBe('flow.draft_gone');
    expect(failureOf(await rig.flows.submitForm(ANNA, 'gone', {})).code).toBe('flow.draft_gone');
  });

  test('a form comes back with what was typed, also with what was emptied, for whoever opened it', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    const { region: _emptied, ...rest } = form.initial;
    const typed = { ...rest, range_a: 'nonsense' };
    const again = valueOf(await rig.flows.formWith(ANNA, form.draftId, typed));
    expect(again).toEqual({ ...form, initial: typed });
    expect(failureOf(await rig.flows.formWith(BEN, form.draftId, typed)).code).toBe('flow.draft_gone');
    expect(failureOf(await rig.flows.formWith(ANNA, 'gone', typed)).code).toBe('flow.draft_gone');
  });

  test('drafts of yesterday are swept away when the flows start', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    rig.clock.aheadMs = 24 * 3_600_000 + 1000;
    await rig.flows.start();
    await eventually(async () => !(await rig.flows.checkForm(form.draftId, form.initial)).ok);
    expect(failureOf(await rig.flows.checkForm(form.draftId, form.initial)).code).toBe('flow.draft_gone');
  });

  test('a router that the form does not offer is out of date', async () => {
    const rig = await startRig({ start: false });
    expect(await problemsOf(rig, { device: 'another' })).toEqual({
      link1_wan: 'This form is out of date; open it again.',
    });
  });

  test('a form without a router block means the one that it was loaded for', async () => {
    const rig = await startRig({ start: false });
    expect(await problemsOf(rig, { device: undefined })).toEqual({});
  });

  test('of two routers the chosen one is what counts', async () => {
    const rig = await startRig({ start: false });
    const twin = { ...deviceOf(rig, 'Porto'), siteId: rig.site('Lyon') };
    rig.mist.store.devices.set(twin.body.id, twin);
    twin.body['port_config'] = {
      'ge-0/0/7': {
        usage: 'wan',
        name: 'fibre',
        ip_config: { type: 'static', ip: '203.0.113.99', netmask: '/29' },
      },
    };
    const form = await openForm(rig);
    expect(form.devices.map((d) => d.label)).toEqual(['lyon-ssr120', 'porto-ssr120']);
    const onTwin = {
      ...form.initial,
      device: twin.body.id,
      link1_wan: 'fibre',
      link1_public_ip: '203.0.113.99',
    };
    expect(valueOf(await rig.flows.checkForm(form.draftId, onTwin))).toEqual([]);
    const onOther = { ...onTwin, device: deviceOf(rig).body.id };
    const [problem] = valueOf(await rig.flows.checkForm(form.draftId, onOther));
    expect(problem?.field).toBe('link1_wan');
  });
});

describe('choices of a list that is too long for the modal', () => {
  test('are those whose label contains the text, no more than asked for, without asking a vendor', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    const calls = rig.mist.calls.length;
    const labels = async (query: string, limit = 100): Promise<string[]> =>
      (await rig.flows.formChoices(form.draftId, 'networks', query, limit)).map((c) => c.value);
    expect(await labels('')).toEqual(['Lab', 'Guest']);
    expect(await labels('', 1)).toEqual(['Lab']);
    expect(await labels(' GUEST ')).toEqual(['Guest']);
    expect(await labels('10.20.')).toEqual(['Lab']);
    expect(await rig.flows.formChoices(form.draftId, 'devices', '', 10)).toEqual(form.devices);
    expect(await rig.flows.formChoices('gone', 'networks', '', 10)).toEqual([]);
    expect(rig.mist.calls.length).toBe(calls);
  });
});

describe('sending the form', () => {
  test('makes one request with its plan, reservations, an audit line and a card to draw', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, { option: 'dual-wan', values: { ticket: 'CHG-17', bandwidth: 'mbps500' } });
    expect(await viewOf(rig, id)).toMatchObject({
      state: 'Plan',
      verb: 'onboard',
      ticket: 'CHG-17',
      requester: ANNA.user,
      channel: CHANNEL,
      canApprove: true,
      revision: 1,
    });
    const held = (await rig.store.registry.all()).map(({ kind, key, amount }) => `${kind} ${key} ${amount}`);
    expect(held).toEqual([
      'bandwidth Lyon-wan0 500',
      'bandwidth Lyon-wan1 500',
      'link-slot Lyon-wan0 1',
      'link-slot Lyon-wan1 1',
      'network-slot Lyon 1',
      'range 10.99.96.0/29 1',
    ]);
    expect((await rig.store.audit.of(id)).map((a) => [a.actor, a.action])).toEqual([[ANNA.user, 'request']]);
    expect((await rig.flows.cards.pending()).map((p) => p.requestId)).toEqual([id]);
    expect(await rig.flows.requester(id)).toBe(ANNA.user);
    expect(await rig.flows.requester('nothing')).toBeUndefined();
  });

  test('a configured channel takes every card', async () => {
    const rig = await startRig({ start: false, settings: { channel: 'C0CHANGES' } });
    const form = await openForm(rig);
    const sent = valueOf(await rig.flows.submitForm(ANNA, form.draftId, form.initial));
    expect(sent.channel).toBe('C0CHANGES');
    expect((await viewOf(rig, sent.requestId)).channel).toBe('C0CHANGES');
  });

  test('is refused with every problem named where the values are not acceptable', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    const answer = failureOf(
      await rig.flows.submitForm(ANNA, form.draftId, { ...form.initial, range_a: 'x', device_asn: 'y' }),
    );
    expect(answer.code).toBe('flow.inputs_refused');
    expect(answer.hint).toMatch(/range_a: .*device_asn: |device_asn: .*range_a: /);
  });

  test('of two forms for one site the second is refused', async () => {
    const rig = await startRig({ start: false });
    const [first, second] = [await openForm(rig), await openForm(rig)];
    const answers = await Promise.all([
      rig.flows.submitForm(ANNA, first.draftId, first.initial),
      rig.flows.submitForm(ANNA, second.draftId, second.initial),
    ]);
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    expect(answers.flatMap((a) => (a.ok ? [] : [a.failure.code]))).toEqual(['flow.request_open']);
  });

  test('a range that another request took while the form was open is refused', async () => {
    const rig = await startRig({ start: false });
    const late = await openForm(rig, { site: 'Porto' });
    await ask(rig);
    const answer = failureOf(await rig.flows.submitForm(ANNA, late.draftId, late.initial));
    expect(answer).toEqual({
      code: 'flow.range_taken',
      hint: '10.99.96.0/29 is reserved for Lyon. Choose another peering range.',
    });
    expect(await rig.store.requests.openOfSite(rig.site('Porto'))).toEqual([]);
  });

  test('a router or a network that went away meanwhile is named', async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    rig.mist.portal.editTemplate('Branch-Std', (body) => {
      delete (body['ip_configs'] as Record<string, unknown>)['Guest'];
      const ports = body['port_config'] as Record<string, { networks?: string[] }>;
      ports['ge-0/0/2']!.networks = ['Lab'];
    });
    const without = failureOf(await rig.flows.submitForm(ANNA, form.draftId, form.initial));
    expect(without.code).toBe('flow.network_gone');
    expect(without.hint).toContain('Guest');
    rig.mist.store.devices.delete(deviceOf(rig).body.id);
    const gone = failureOf(await rig.flows.submitForm(ANNA, form.draftId, form.initial));
    expect(gone.code).toBe('flow.device_gone');
    expect(gone.hint).toContain('lyon-ssr120');
  });

  test("Mist away is Mist's failure, and nothing is stored", async () => {
    const rig = await startRig({ start: false });
    const form = await openForm(rig);
    rig.mist.faults.plant({ path: '/networks$', times: -1, action: { kind: 'answer', status: 401 } });
    expect(failureOf(await rig.flows.submitForm(ANNA, form.draftId, form.initial)).code).toBe(
      'mist.unauthorized',
    );
    expect(await rig.store.registry.all()).toEqual([]);
    expect(await rig.flows.cards.pending()).toEqual([]);
  });
});

describe('sending an edit', () => {
  test('makes a new revision of the same card with a new digest and its own reservations', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const before = await viewOf(rig, id);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    expect(await send(rig, form, { range_a: '10.99.99.0/29', networks: ['Lab'] })).toBe(id);
    const after = await viewOf(rig, id);
    expect(after.revision).toBe(2);
    expect(after.digest).not.toBe(before.digest);
    expect(after.expiresAt).toBeGreaterThanOrEqual(before.expiresAt);
    expect((await rig.store.registry.all()).filter((r) => r.kind === 'range').map((r) => r.key)).toEqual([
      '10.99.99.0/29',
    ]);
    expect((await rig.store.audit.of(id)).map((a) => a.action)).toEqual(['request', 'edit']);
  });

  test('voids the approvals that were given', async () => {
    const rig = await startRig({ settings: { approvalsNeeded: 2 } });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    expect((await viewOf(rig, id)).approvals.map((a) => a.user)).toEqual([BEN.user]);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    await send(rig, form, { bandwidth: 'mbps500' });
    expect((await viewOf(rig, id)).approvals).toEqual([]);
    expect(await rig.flows.approve(CARLA, id)).toEqual({
      kind: 'accepted',
      message: 'Approved: 1 of 2. 1 more approval is needed.',
    });
  });

  test('comes too late once the plan was edited or decided, and leaves everything as it is', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const [slow, quick] = [
      valueOf(await rig.flows.reopenForm(ANNA, id)),
      valueOf(await rig.flows.reopenForm(ANNA, id)),
    ];
    await send(rig, quick, { range_a: '10.99.99.0/29' });
    const late = (form: typeof slow) => rig.flows.submitForm(ANNA, form.draftId, form.initial);
    expect(failureOf(await late(slow)).code).toBe('flow.not_editable');
    expect((await viewOf(rig, id)).revision).toBe(2);
    expect((await rig.store.registry.all()).filter((r) => r.kind === 'range').map((r) => r.key)).toEqual([
      '10.99.99.0/29',
    ]);
    const third = valueOf(await rig.flows.reopenForm(ANNA, id));
    await rig.flows.reject(BEN, id, 'no');
    expect(failureOf(await late(third)).code).toBe('flow.not_editable');
    expect((await viewOf(rig, id)).state).toBe('Rejected');
    expect(await rig.store.registry.all()).toEqual([]);
  });

  test("of somebody else's form or of a request that is gone is refused", async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    const other = failureOf(await rig.flows.submitForm(CARLA, form.draftId, form.initial));
    expect(other.code).toBe('flow.draft_gone');
    const draft = await rig.store.drafts.get(form.draftId);
    const belongingTo = async (user: string, requestId: string): Promise<string> => {
      const data = { ...(draft!.data as object), edited: { requestId, revision: 1 } };
      await rig.store.drafts.put({ ...draft!, user, data });
      const actor = user === ANNA.user ? ANNA : CARLA;
      return failureOf(await rig.flows.submitForm(actor, form.draftId, form.initial)).code;
    };
    expect(await belongingTo(ANNA.user, 'gone')).toBe('flow.not_editable');
    expect(await belongingTo(CARLA.user, id)).toBe('flow.not_editable');
  });

  test("into another's range is refused and leaves the request as it was", async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const before = await viewOf(rig, id);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    await ask(rig, { site: 'Porto', values: { range_a: '10.99.99.0/29' } });
    const answer = failureOf(
      await rig.flows.submitForm(ANNA, form.draftId, { ...form.initial, range_a: '10.99.99.0/29' }),
    );
    expect(answer.code).toBe('flow.range_taken');
    expect(await viewOf(rig, id)).toEqual(before);
  });
});
