import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where the pictures of the pages go, if somebody wants to look at them. */
const pictures = process.env['WAYBILL_PICTURES'];

/** Debian's own, Ubuntu's, and the one that GitHub's machines have. */
const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));

/** A real browser. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  assert.ok(executablePath !== undefined, 'install chromium');
  // Containers that run as root have no sandbox.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** Takes a picture of the page, where somebody asked for pictures. */
export async function look(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
