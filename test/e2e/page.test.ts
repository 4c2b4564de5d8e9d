import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPage, type Page } from '../../sandbox/page/page-server.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import { startBrowser, type Browser } from '../sandbox/page/support/browser.ts';

let world: World;
let page: Page;
let browser: Browser;

beforeAll(async () => {
  world = await startWorld();
  page = await startPage(world);
  [browser] = await Promise.all([startBrowser(), world.startBot()]);
});

afterAll(async () => {
  await browser.close();
  await page.close();
  await world.close();
});

test('at the page alone, one person asks, another approves, and the site is verified', async () => {
  const { tab } = browser;
  const card = tab.getByRole('article', { name: /Lyon/ }).first();
  const line = tab.getByRole('combobox', { name: 'Message or command' });
  const form = tab.getByRole('dialog');

  await tab.goto(`${page.url}?as=anna`);
  await expect(tab.getByText('Simulator — not Slack').isVisible()).resolves.toBe(true);
  await line.fill('/sse onboard');
  await line.press('Enter');

  await form.getByRole('combobox', { name: 'Site' }).fill('Ly');
  await form.getByRole('option', { name: 'Lyon' }).click();
  await form.getByRole('button', { name: 'Next' }).click();

  const range = form.getByRole('textbox', { name: 'Peering range' });
  await range.fill('10.99.99.3/29');
  await form.getByRole('button', { name: 'Check and plan' }).click();
  await form.getByText('is not the start of its network').waitFor();
  await range.fill('10.99.99.0/29');
  await form.getByRole('checkbox', { name: /Guest/ }).uncheck();
  await form.getByRole('button', { name: 'Check and plan' }).click();

  await card.getByRole('button', { name: /Approve/ }).click();
  await tab.locator('.message.private').waitFor();
  await tab.getByLabel('Acting as').selectOption({ label: 'Ben Approver' });
  await tab.locator('.message.private').waitFor({ state: 'detached' });
  await card.getByRole('button', { name: /Approve/ }).click();
  await tab
    .getByRole('article', { name: /^Verified Lyon: tunnels 1\/1, BGP 1\/1/ })
    .waitFor({ timeout: 60_000 });

  await tab.locator('[data-site=Lyon] [data-connector=mssse-wan0]').waitFor();
  await tab.getByRole('region', { name: 'Entra portal' }).getByText('Lyon', { exact: true }).click();
  await tab.getByLabel('Lyon as JSON').first().getByText('203.0.113.10').waitFor();

  await tab.getByRole('switch', { name: 'Lyon wan0 plugged' }).click();
  await tab.locator('[data-site=Lyon]').getByText('port down').waitFor();
  await line.fill('/sse status Lyon');
  await line.press('Enter');
  await tab.getByRole('article', { name: 'Lyon: tunnels 0/1' }).waitFor();

  const keys = [...world.entra.store.links.values()].map(
    ({ resource }) => (resource.tunnelConfiguration as { preSharedKey: string }).preSharedKey,
  );
  const shown = await tab.content();
  expect(keys).toHaveLength(1);
  for (const key of keys) expect(shown).not.toContain(key);
  expect(shown).not.toContain('unrendered');
  expect(world.slack.violations).toEqual([]);
  expect(browser.complaints).toEqual([]);
});
