import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPage, type Page } from '../../sandbox/page/page-server.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import { startBrowser, type Browser } from '../sandbox/page/support/browser.ts';
import { noPostgres } from '../support/postgres/postgres.ts';
import { ASK, mutatingCalls, play } from './support/onboarding.ts';

let world: World;
let page: Page;
let browser: Browser;

beforeAll(async () => {
  if (noPostgres) return;
  world = await startWorld({ workers: 2 });
  page = await startPage(world);
  [browser] = await Promise.all([startBrowser(), world.startBot()]);
});

afterAll(async () => {
  if (noPostgres) return;
  await browser.close();
  await page.close();
  await world.close();
});

test.skipIf(noPostgres)(
  'at the page, the bot that carries out a change is killed, the other finishes it, and the killed one is started again',
  async () => {
    const { tab, complaints } = browser;
    await tab.goto(`${page.url}?as=ben`);
    const bots = tab.getByRole('region', { name: 'Bots' });
    await bots.getByRole('switch', { name: 'Bot 2 runs' }).waitFor();
    expect(await bots.getByText('alive').count()).toBe(2);

    await play(world, 'up to the plan', ASK);
    // Carried out at once and answered late: there is time to kill whoever waits for the answer.
    world.entra.faults.plant({
      method: 'POST',
      path: '/deviceLinks$',
      delayMs: 20_000,
      action: { kind: 'slow' },
    });
    await tab
      .getByRole('article', { name: /^Plan Lyon/ })
      .getByRole('button', { name: /Approve/ })
      .click();
    const worker = bots.locator('li', { hasText: 'that may change something' }).first();
    await worker.waitFor();
    const number = await worker.getAttribute('data-worker');
    await worker.getByRole('switch', { name: /runs$/ }).click();
    const killed = bots.locator(`[data-worker="${number}"]`);
    await killed.getByText('killed').waitFor();
    await killed.getByText('no process').waitFor();

    await tab.getByRole('article', { name: /^Verified Lyon: tunnels 1\/1/ }).waitFor({ timeout: 60_000 });
    expect(mutatingCalls(world)).toHaveLength(5);
    await killed.getByRole('switch', { name: /runs$/ }).click();
    await killed.getByText('said last: ready').waitFor({ timeout: 30_000 });
    expect(complaints).toEqual([]);
    expect(world.slack.violations).toEqual([]);
  },
);
