import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page as Tab } from 'playwright-core';

/** Debian's package `chromium`. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser {
  readonly tab: Tab;
  /** What the browser complained about, a broken security policy among it. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** A browser with a profile of its own, as wide as a small laptop. */
export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'sse-page-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: FLAGS,
  });
  const tab = context.pages()[0] ?? (await context.newPage());
  tab.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  tab.on('pageerror', (error) => complaints.push(error.message));
  tab.on('console', (message) => {
    // A refused action is answered with 409, which the browser notes and the page tells the person.
    if (message.type() === 'error' && !message.text().includes('409')) complaints.push(message.text());
  });
  return {
    tab,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
