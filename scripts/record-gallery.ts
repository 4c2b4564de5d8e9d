/**
 * Records the cards of sandbox/gallery anew: `node_modules/.bin/node scripts/record-gallery.ts`. Plays the real bot in the sandbox through its
 * states and outages, and keeps each card as it was sent. With `--pictures` it then photographs some of them for docs/img (Debian's package
 * `chromium`, or what CHROMIUM names).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startPage } from '../sandbox/page/page-server.ts';
import { playStory } from '../sandbox/stories/play.ts';
import { matches, readStory, type Step } from '../sandbox/stories/story.ts';
import { CHANNEL, PEOPLE, startWorld, type World } from '../sandbox/world.ts';
import { SCENES, type Scene } from './gallery-scenes.ts';

const CARDS = new URL('../sandbox/gallery/cards.jsonl', import.meta.url).pathname;
const IMAGES = new URL('../docs/img/', import.meta.url).pathname;
const PATIENCE_MS = 90_000;
/** Until what was changed has reached the router and its statistics. */
const SETTLE_MS = 1500;

interface Recorded {
  readonly title: string;
  readonly text: string;
  readonly blocks: readonly object[];
}

/** Three of the prefixes that the listing itself counts. */
const CUT_LISTING = [
  '    Network          Next Hop            Metric LocPrf Weight Path',
  ...['13.107.6.152/31', '13.107.18.10/31', '13.107.128.0/22'].map(
    (prefix) => ` *> ${prefix.padEnd(17)}10.99.96.2               0             0 65476 i`,
  ),
  '',
  'Total number of prefixes 25',
  '',
].join('\n');

/** Cards of which docs/img has a picture, by their title. */
const PICTURES: Readonly<Record<string, string>> = {
  'Status: healthy': 'card-status-healthy',
  'Diagnosis: WAN port down': 'card-diagnosis-wan-down',
  'Diagnosis: AS number differs': 'card-diagnosis-as-number',
  'Diagnosis: IKE proposal differs': 'card-diagnosis-proposal',
  "Diagnosis: Microsoft's second zone down": 'card-diagnosis-zone',
  'Status: router offline': 'card-status-offline',
  'Status: unreadable': 'card-status-unreadable',
};

const recorded: Recorded[] = [];
const world = await startWorld({ env: { LOG_LEVEL: 'warn' } });
try {
  await world.startBot();
  await record(world);
  const problems: string[] = [];
  for (const scene of SCENES) problems.push(...(await recordScene(scene)));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  // One card on a line: small, and a difference names its card.
  writeFileSync(CARDS, recorded.map((card) => `${JSON.stringify(card)}\n`).join(''));
  if (process.argv.includes('--pictures')) await photograph(world);
} finally {
  await world.close();
}

async function record(here: World): Promise<void> {
  await onboard(here);
  for (const version of requestVersions(here)) keep(version.title, version);
  await look(here, 'healthy');
  await ask(here, '/sse routes Lyon', 'Routes: as promised');
  await ask(here, '/sse status', 'Fleet: all up');

  here.mist.portal.setWanUp('Lyon', 'wan0', false);
  await look(here, 'WAN port down');
  here.mist.portal.setWanUp('Lyon', 'wan0', true);

  here.entra.store.edit('link', 'Lyon-wan0', 'bgpConfiguration.asn', 65010);
  await look(here, 'AS number differs');
  here.entra.store.edit('link', 'Lyon-wan0', 'bgpConfiguration.asn', 65000);

  here.entra.store.edit('link', 'Lyon-wan0', 'tunnelConfiguration.ikeEncryption', 'aes128');
  await look(here, 'IKE proposal differs');
  here.entra.store.edit('link', 'Lyon-wan0', 'tunnelConfiguration.ikeEncryption', 'aes256');

  const [link] = here.entra.store.links.values();
  if (link) here.entra.setZoneAlive(link.resource.id, 2, false);
  await look(here, "Microsoft's second zone down");
  if (link) here.entra.setZoneAlive(link.resource.id, 2, true);

  here.mist.portal.setDeviceOnline('Lyon', false);
  await look(here, 'router offline');
  here.mist.portal.setDeviceOnline('Lyon', true);
  await sleep(SETTLE_MS);

  here.mist.portal.setPrints('Lyon', 'show_route', CUT_LISTING);
  await look(here, 'listing cut');
  await ask(here, '/sse routes Lyon', 'Routes: listing cut');
  here.mist.portal.setPrints('Lyon', 'show_route', null);

  const { aliveMs } = here.timing;
  here.timing.aliveMs = 3_600_000;
  await sleep(aliveMs);
  recordDisconnect(here);
  await look(here, 'the vendors contradict each other');
  here.timing.aliveMs = aliveMs;

  let built = {};
  here.mist.portal.editDevice('Lyon', (body) => {
    const { tunnel_configs: connectors, bgp_config: groups } = body;
    built = structuredClone({ tunnel_configs: connectors, bgp_config: groups });
    delete body['tunnel_configs'];
    delete body['bgp_config'];
  });
  await look(here, 'half built');
  here.mist.portal.editDevice('Lyon', (body) => void Object.assign(body, built));
  await sleep(SETTLE_MS);

  for (const system of ['entra', 'mist'] as const)
    here[system].faults.plant({
      path: 'remoteNetworks|stats/|show_route|/ping$',
      times: -1,
      action: { kind: 'answer', status: 403 },
    });
  await look(here, 'unreadable');
}

/** A record of a lost tunnel that the router knows nothing of, as a late or a wrong log has it. */
function recordDisconnect({ entra: { store } }: World): void {
  const newest = store.health.findLast(({ status }) => /^tunnel|Alive$/.test(status));
  if (!newest) throw new Error('Entra has no record yet');
  const { remoteNetworkId, sourceIp, destinationIp, sentBytes, receivedBytes } = newest;
  store.recordHealth({
    remoteNetworkId,
    status: 'tunnelDisconnected',
    sourceIp,
    destinationIp,
    description: null,
    bgpRoutesAdvertisedCount: 0,
    sentBytes,
    receivedBytes,
  });
}

/** Plays a story in a world of its own and keeps the cards that the scene names; answers what went wrong, so that one run tells all of it. */
async function recordScene({ story: file, keep: wanted }: Scene): Promise<string[]> {
  const story = readStory(file);
  const here = await startWorld({ env: { LOG_LEVEL: 'warn', ...story.env } });
  try {
    await here.startBot();
    await playStory(here, story, { patienceMs: PATIENCE_MS });
    const said = [
      ...messages(here).flatMap(({ versions }) => versions),
      ...Object.values(PEOPLE).flatMap((id) => here.slack.world.ephemeralsFor(id)),
    ];
    return Object.entries(wanted).flatMap(([title, pattern]) => {
      const found = said.findLast(({ text }) => matches(pattern, text));
      if (!found) return [`"${title}" is not among:\n  ${said.map(({ text }) => text).join('\n  ')}`];
      keep(title, found);
      return [];
    });
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await here.close();
  }
}

/** Status and diagnosis of Lyon in one state. */
async function look(here: World, state: string): Promise<void> {
  await sleep(SETTLE_MS);
  await ask(here, '/sse status Lyon', `Status: ${state}`);
  await ask(here, '/sse diagnose Lyon', `Diagnosis: ${state}`);
}

/** Types a command as Carla and keeps its answer, a message of the channel or one for her alone. */
async function ask(here: World, line: string, title: string): Promise<void> {
  const { slack } = here;
  const carla = slack.person(PEOPLE.carla);
  const before = { shown: messages(here).length, told: carla.ephemerals.length };
  await carla.command(CHANNEL, line);
  const answer = await slack.world.waitFor(
    () => messages(here)[before.shown] ?? carla.ephemerals[before.told],
    PATIENCE_MS,
  );
  keep(title, answer);
}

function messages(here: World) {
  return here.slack.world.timeline(CHANNEL).filter(({ threadTs }) => threadTs === undefined);
}

function keep(title: string, { text, blocks }: { text: string; blocks: readonly object[] }): void {
  recorded.push({ title, text, blocks });
}

async function onboard(here: World): Promise<void> {
  const steps: Step[] = [
    { kind: 'types', who: 'anna', line: '/sse onboard Lyon' },
    { kind: 'fills', who: 'anna', values: { option: 'single-wan-zone-redundant' } },
    { kind: 'submits', who: 'anna' },
    { kind: 'fills', who: 'anna', values: { networks: ['Lab'] } },
    { kind: 'submits', who: 'anna' },
    { kind: 'card', text: 'Plan Lyon' },
    { kind: 'clicks', who: 'ben', action: 'sse_approve' },
    { kind: 'card', text: '/^Verified Lyon/' },
  ];
  await playStory(here, { title: 'gallery', demo: false, env: {}, steps }, { patienceMs: PATIENCE_MS });
}

/** The request's card in each state that it went through: the last version of each first word. */
function requestVersions(here: World): Recorded[] {
  const versions = messages(here).flatMap((message) => message.versions);
  const byState = new Map(versions.map((one) => [one.text.split(' Lyon')[0] ?? '', one]));
  return [...byState].map(([state, { text, blocks }]) => ({ title: `Request: ${state}`, text, blocks }));
}

async function photograph(here: World): Promise<void> {
  const page = await startPage(here);
  const profile = mkdtempSync(join(tmpdir(), 'sse-gallery-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    // A phone's width.
    viewport: { width: 420, height: 900 },
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const tab = context.pages()[0] ?? (await context.newPage());
    await tab.goto(`${page.url}gallery`);
    for (const [title, name] of Object.entries(PICTURES)) {
      const card = tab.getByRole('article', { name: title, exact: true });
      await card.screenshot({ path: join(IMAGES, `${name}.jpg`), type: 'jpeg', quality: 60 });
    }
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
    await page.close();
  }
}
