import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { createMistEvents } from '../../src/flows/mist-events.ts';
import type { MistEvent } from '../../src/integrations/mist/webhook.ts';
import { createWebhookReceiver } from '../../src/integrations/mist/webhook-receiver.ts';
import { ask, BEN, viewOf } from './support/asking.ts';
import { eventually, startRig, type Rig } from './support/rig.ts';

const close: (() => void)[] = [];
afterEach(() => close.splice(0).forEach((end) => end()));

/** Far longer than any test: what goes on before goes on because of an event. */
const NEVER_MS = 3_600_000;

function event(over: Partial<MistEvent> = {}): MistEvent {
  return { siteId: 'site', type: 'GW_CONNECTED', atMs: 1, key: 'k', ...over };
}

/** A run at Rome, whose router is away, parked for an hour; nudged to there since it never polls. */
async function waitingAtRome(): Promise<{ rig: Rig; id: string; siteId: string }> {
  const rig = await startRig({ settings: { pollMs: NEVER_MS } });
  const siteId = rig.site('Rome');
  const id = await ask(rig, { site: 'Rome' });
  await rig.flows.approve(BEN, id);
  let told = 0;
  await eventually(async () => {
    await rig.flows.mistEvents([event({ siteId, key: `before ${(told += 1)}` })]);
    const { steps } = await viewOf(rig, id);
    return steps.some((s) => s.state === 'waiting' && s.progress?.includes('is offline'));
  });
  return { rig, id, siteId };
}

test('a run that waits for its router goes on when Mist tells that it is back, without a poll', async () => {
  const { rig, id } = await waitingAtRome();
  const secret = 'a-webhook-secret-of-this-test';
  const refused: string[] = [];
  const receiver = createWebhookReceiver({
    secret: new Secret(secret),
    orgId: rig.mist.orgId,
    now: Date.now,
    onEvents: rig.flows.mistEvents,
    onRefused: (why) => refused.push(why),
    onError: (error) => refused.push(String(error)),
  });
  const server = createServer(receiver.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  rig.mist.addWebhook({ url, secret, topics: ['device-events', 'device-updowns'] });
  rig.mist.portal.setDeviceOnline('Rome', true);
  await eventually(async () =>
    (await viewOf(rig, id)).steps.some((s) => s.id === 'mist.connectors.applied' && s.state === 'done'),
  );
  await receiver.drain();
  expect(refused).toEqual([]);
  expect(rig.mist.store.deliveries.map((d) => d['topic'])).toContain('device-updowns');
});

test('an event counts once, and nudges the runs of its own site, many of them together', async () => {
  const { rig, siteId } = await waitingAtRome();
  const woken: string[] = [];
  const tell = createMistEvents(rig.parts, (runId) => woken.push(runId));
  await tell([event({ siteId: rig.site('Lyon'), key: 'elsewhere' })]);
  expect(woken).toEqual([]);
  await tell(Array.from({ length: 100 }, (_, n) => event({ siteId, key: `one of many ${n}` })));
  expect(woken).toHaveLength(1);
  const again = createMistEvents(rig.parts, (runId) => woken.push(runId));
  await again([event({ siteId, key: 'one of many 7' })]);
  expect(woken).toHaveLength(1);
  // What came within the pause is not lost: one more look follows it.
  await tell([event({ siteId, key: 'within the pause' })]);
  await eventually(() => woken.length === 2);
});
