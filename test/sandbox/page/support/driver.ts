import type { Locator, Page as Tab } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { JsonObject } from '../../../../sandbox/contracts/slack/check.ts';
import type { SlackSim } from '../../../../sandbox/slack/slack-sim.ts';
import { RawApp } from '../../slack/support/raw-app.ts';
import { api, NET } from '../../slack/support/workspace.ts';
import { startBrowser, type Browser } from './browser.ts';
import { startPageSandbox, type PageSandbox } from './page-world.ts';

/** A browser tab on the page of a fresh sandbox, with an app of a few lines behind it. */
export class PageDriver {
  readonly tab: Tab;
  readonly app: RawApp;
  readonly slack: SlackSim;

  constructor(tab: Tab, app: RawApp, slack: SlackSim) {
    this.tab = tab;
    this.app = app;
    this.slack = slack;
  }

  message(ts: string): Locator {
    return this.tab.locator(`article[data-ts="${ts}"]`);
  }

  /** Posts a message as the app and waits until the page shows it. */
  async postBlocks(blocks: JsonObject[], text = 'a card'): Promise<string> {
    const posted = await api(this.slack, 'chat.postMessage', { channel: NET, text, blocks });
    expect(posted).toMatchObject({ ok: true });
    await this.message(String(posted['ts'])).waitFor();
    return String(posted['ts']);
  }

  /** What the app was told of this kind. */
  told(type: string): Promise<JsonObject> {
    return vi.waitFor(
      () => {
        const payloads = this.app.envelopes.map((envelope): JsonObject => envelope.payload);
        const found = payloads.findLast((payload) => payload['type'] === type);
        if (!found) throw new Error(`the app was told no ${type}`);
        return found;
      },
      { timeout: 60_000 },
    );
  }

  /** Types the command, upon which the app opens this form. */
  async openForm(view: JsonObject): Promise<Locator> {
    this.app.listener = async ({ type, payload }) => {
      if (type === 'slash_commands')
        await api(this.slack, 'views.open', { trigger_id: payload.trigger_id, view });
      return {};
    };
    await this.tab.getByLabel('Message or command').fill('/sse');
    await this.tab.getByLabel('Message or command').press('Enter');
    const dialog = this.tab.getByRole('dialog');
    await dialog.waitFor();
    return dialog;
  }

  /** The block in which the focus is, or the text of what has it. */
  focused(): Promise<string> {
    return this.tab.evaluate(
      'document.activeElement.closest("[data-block]")?.dataset.block ?? document.activeElement.textContent',
    );
  }
}

/** Gives every test of a file a sandbox of its own in one browser; a complaint of the browser fails the test. */
export function usePage(): () => PageDriver {
  let browser: Browser;
  let sandbox: PageSandbox;
  let driver: PageDriver;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    const { tab, complaints } = browser;
    sandbox = await startPageSandbox();
    driver = new PageDriver(tab, await RawApp.connect(sandbox.slack), sandbox.slack);
    complaints.length = 0;
    await tab.setViewportSize({ width: 1280, height: 800 });
    await tab.goto(`${sandbox.page.url}?as=alice`);
    await tab.getByRole('button', { name: '#netops' }).waitFor();
  });

  afterEach(async () => {
    const complaints = [...browser.complaints];
    await browser.tab.goto('about:blank');
    driver.app.socket.terminate();
    await sandbox.close();
    expect(complaints).toEqual([]);
  });

  return () => driver;
}
