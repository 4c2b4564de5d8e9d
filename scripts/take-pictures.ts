/**
 * Takes the pictures of docs/img anew: `node_modules/.bin/node scripts/take-pictures.ts`. Plays an onboarding on the page of the sandbox in a
 * browser (Debian's package `chromium`, or what CHROMIUM names) and photographs it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Locator, type Page as Tab } from 'playwright-core';
import { startPage } from '../sandbox/page/page-server.ts';
import { startWorld } from '../sandbox/world.ts';

const FOLDER = new URL('../docs/img/', import.meta.url).pathname;
const DESKTOP = { width: 1280, height: 800 };
/** A picture of the page is drawn from another picture, which PNG makes large. */
const QUALITY = 62;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

const world = await startWorld();
const page = await startPage(world);
const profile = mkdtempSync(join(tmpdir(), 'sse-pictures-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  headless: true,
  viewport: DESKTOP,
  args: FLAGS,
});

try {
  mkdirSync(FOLDER, { recursive: true });
  await world.startBot();
  await take(context.pages()[0] ?? (await context.newPage()));
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
  await page.close();
  await world.close();
}

async function take(tab: Tab): Promise<void> {
  const line = tab.getByRole('combobox', { name: 'Message or command' });
  const form = tab.getByRole('dialog');
  const card = tab.getByRole('article', { name: /Geneva/ }).first();
  tab.setDefaultTimeout(60_000);
  await tab.goto(`${page.url}?as=anna`);

  await line.fill('/sse onboard Geneva');
  await line.press('Enter');
  await form.getByRole('radio', { name: 'Two WAN links, two Microsoft zones' }).check();
  await form.getByRole('button', { name: 'Next' }).click();
  await form.getByRole('textbox', { name: 'Peering range', exact: true }).waitFor();
  await whole(tab, 'form-step-2');
  await form.getByRole('button', { name: 'Check and plan' }).click();

  await shown(card.getByRole('img', { name: /^Planned topology/ }));
  await part(tab, card, 'card-plan');
  await tab.getByLabel('Acting as').selectOption({ label: 'Ben Approver' });
  await card.getByRole('button', { name: /Approve/ }).click();
  await tab.getByRole('article', { name: /^Verified Geneva/ }).waitFor();
  await shown(card.getByRole('img', { name: /^Topology/ }));
  await part(tab, card, 'card-verified');
  await card.getByRole('img').first().scrollIntoViewIfNeeded();
  await whole(tab, 'page-verified');

  await tab.getByRole('switch', { name: 'Geneva wan0 plugged' }).click();
  await tab.locator('[data-site=Geneva]').getByText('port down').waitFor();
  await line.fill('/sse status Geneva');
  await line.press('Enter');
  const status = tab.getByRole('article', { name: /^Geneva: tunnels 1\/2/ }).last();
  await status.waitFor();
  await status.scrollIntoViewIfNeeded();
  await whole(tab, 'page-wan-down');
}

function whole(tab: Tab, name: string): Promise<Buffer> {
  return tab.screenshot({ path: join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: QUALITY });
}

/** One message; the window is made as high as it, because the channel scrolls in a window of its own. */
async function part(tab: Tab, message: Locator, name: string): Promise<void> {
  await tab.setViewportSize({ ...DESKTOP, height: 3600 });
  await message.screenshot({ path: join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: QUALITY });
  await tab.setViewportSize(DESKTOP);
}

async function shown(picture: Locator): Promise<void> {
  await picture.scrollIntoViewIfNeeded();
  while (!(await picture.evaluate((node) => 'naturalWidth' in node && Number(node.naturalWidth) > 1))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
