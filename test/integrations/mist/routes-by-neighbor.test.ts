import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  addFakeStream,
  dataMessage,
  DEVICE,
  SITE,
  startFakeMist,
  type FakeMist,
  type FakeStream,
} from './fake-mist.ts';

const NEIGHBOR = '10.99.99.2';

let fake: FakeMist;
let stream: FakeStream;
/** What the router prints between the POST and its answer. */
let onPost: (session: string) => void;

async function start(options: Parameters<typeof startFakeMist>[1] = {}): Promise<void> {
  let sessions = 0;
  fake = await startFakeMist(() => {
    const session = `session-${(sessions += 1)}`;
    onPost(session);
    return { status: 200, body: { session } };
  }, options);
  stream = addFakeStream(fake.server);
}

async function stop(): Promise<void> {
  stream.close();
  await fake.close();
}

beforeEach(() => start());
afterEach(stop);

describe('the routes of several neighbors', () => {
  const listing = [
    '    Network          Next Hop            Metric LocPrf Weight Path',
    ` *> 13.107.6.152/31  ${NEIGHBOR}               0             0 65476 i`,
    ' *=                  10.99.99.10              0             0 65476 i',
    ' *> 52.96.0.0/14     10.99.99.10              0             0 65476 i',
    ' *> 198.18.0.0/15    10.1.1.1                 0             0 64999 i',
    '',
  ].join('\n');
  const footer = '\nDisplayed  3 routes and 4 total paths\n';
  const neighbors = [NEIGHBOR, '10.99.99.10', '10.99.99.18'];
  const expected = {
    answered: true,
    end: 'counted',
    prefixes: new Map([
      [NEIGHBOR, ['13.107.6.152/31']],
      ['10.99.99.10', ['13.107.6.152/31', '52.96.0.0/14']],
      ['10.99.99.18', []],
    ]),
  };
  const several = () => fake.mist.routesByNeighbor(SITE, DEVICE, { neighbors });

  test('come from one listing of the whole table, split by next hop', async () => {
    onPost = (session) => stream.say(dataMessage(session, listing + footer));
    expect(await several()).toEqual(expected);
    const bodies = fake.server.calls.map(({ requestBody }) => JSON.parse(requestBody) as unknown);
    expect(bodies).toEqual([{ protocol: 'bgp' }]);
  });

  test('are complete where the footer counts every route, other neighbors included', async () => {
    await stop();
    // Without the footer only the overall limit would end it.
    await start({ silenceMs: 60_000, overallMs: 60_000 });
    onPost = (session) => {
      for (let at = 0; at < listing.length; at += 50)
        stream.say(dataMessage(session, listing.slice(at, at + 50)));
      stream.say(dataMessage(session, footer));
    };
    expect(await several()).toEqual(expected);
  });

  test('say so where the listing stops in the middle, or has no count at its end', async () => {
    const two = listing.split('\n').slice(0, 2).join('\n');
    onPost = (session) => stream.say(dataMessage(session, `${two}\n${footer}`));
    expect((await several()).end).toBe('cut');
    onPost = (session) => stream.say(dataMessage(session, listing));
    expect((await several()).end).toBe('uncounted');
  });

  test('are unknown where the router refuses or says nothing', async () => {
    onPost = (session) => stream.say(dataMessage(session, '% BGP instance not found\n'));
    expect((await several()).answered).toBe(false);
    onPost = () => undefined;
    expect((await several()).answered).toBe(false);
  });
});
