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

test('at the page alone, one person asks for two links and two zones, another approves, a link breaks, and the status says so', async () => {
  const { tab } = browser;
  const card = tab.getByRole('article', { name: /Geneva/ }).first();
  const line = tab.getByRole('combobox', { name: 'Message or command' });
  const form = tab.getByRole('dialog');

  await tab.goto(`${page.url}?as=anna`);
  await expect(tab.getByText('Simulator — not Slack').isVisible()).resolves.toBe(true);
  await line.fill('/sse onboard');
  await line.press('Enter');

  await form.getByRole('combobox', { name: 'Site' }).fill('Ge');
  await form.getByRole('option', { name: 'Geneva' }).click();
  await form.getByRole('radio', { name: 'Two WAN links, two Microsoft zones' }).check();
  await form.getByRole('button', { name: 'Next' }).click();

  const range = form.getByRole('textbox', { name: 'Peering range', exact: true });
  await range.fill('10.99.99.3/29');
  await form.getByRole('button', { name: 'Check and plan' }).click();
  await form.getByText('is not the start of its network').waitFor();
  await range.fill('10.99.99.0/29');
  await form.getByRole('checkbox', { name: /Guest/ }).uncheck();
  await form.getByRole('button', { name: 'Check and plan' }).click();

  await card.getByRole('img', { name: /^Planned topology of Geneva/ }).waitFor();
  await card.getByRole('button', { name: /Approve/ }).click();
  await tab.locator('.message.private').waitFor();
  await tab.getByLabel('Acting as').selectOption({ label: 'Ben Approver' });
  await card.getByRole('button', { name: /Approve/ }).click();
  await tab
    .getByRole('article', { name: /^Verified Geneva: tunnels 2\/2, BGP 4\/4/ })
    .waitFor({ timeout: 60_000 });
  await card.getByRole('img', { name: /^Topology of Geneva.*mssse-wan1 to zone 1 at [\d.]+: up/ }).waitFor();

  await tab.locator('[data-site=Geneva] [data-connector=mssse-wan1]').waitFor();
  await tab.getByRole('region', { name: 'Entra portal' }).getByText('Geneva', { exact: true }).click();
  await tab.getByLabel('Geneva as JSON').first().getByText('203.0.113.20').waitFor();
  const changes = tab.getByRole('region', { name: 'What the last change did' });
  await changes.getByText('Mist: Geneva').click();
  await changes.getByText('+ tunnel_configs / mssse-wan0 / local_id: "203.0.113.20"').waitFor();

  await tab.getByRole('switch', { name: 'Geneva wan0 plugged' }).click();
  await tab.locator('[data-site=Geneva]').getByText('port down').waitFor();
  await tab.locator('[data-connector=mssse-wan0]').getByText('tunnel down').waitFor();
  await line.fill('/sse status Geneva');
  await line.press('Enter');
  const status = tab.getByRole('article', { name: 'Geneva: tunnels 1/2, BGP 2/4' });
  await status.waitFor();
  expect(await status.textContent()).toContain('mssse-wan0');

  const keys = [...world.entra.store.links.values()].map(
    ({ resource }) => (resource.tunnelConfiguration as { preSharedKey: string }).preSharedKey,
  );
  const shown = await tab.content();
  expect(keys).toHaveLength(2);
  for (const key of keys) expect(shown).not.toContain(key);
  expect(shown).not.toContain('unrendered');
  expect(world.slack.violations).toEqual([]);
  expect(browser.complaints).toEqual([]);
});
