import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { look, withBrowser } from '../with-browser.ts';
import { withTwoAccounts } from './two-accounts.ts';

/** Another site, whose pages are these by their paths. */
async function withOtherSite(pages: { [path: string]: string }, use: (site: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) =>
    response.setHeader('content-type', 'text/html').end(pages[request.url ?? '']),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await use(`http://localhost:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('a person signs in with a token, sees what it may do, and signs out', async () => {
  await withTwoAccounts(async ({ url, mint }) => {
    const { token } = await mint('operator', ['other']);
    await withBrowser(async (browser) => {
      const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
      page.setDefaultTimeout(10_000);
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await page.goto(`${url}/`);
      assert.equal(page.url(), `${url}/sign-in`);
      await look(page, 'sign-in');
      await page.getByLabel('Token').fill('wbt_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      assert.match((await page.getByRole('alert').textContent()) ?? '', /unknown, expired or revoked/);
      await look(page, 'sign-in-refused');
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      assert.equal(page.url(), `${url}/`);
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'operator of other');
      assert.deepEqual(await page.locator('dd').first().textContent(), 'operator');
      await look(page, 'overview');
      await page.emulateMedia({ colorScheme: 'dark' });
      await look(page, 'overview-dark');
      assert.equal(await page.evaluate('document.cookie'), '', 'no script reads the cookie');
      await page.getByRole('button', { name: 'Sign out' }).click();
      assert.equal(page.url(), `${url}/sign-in`);
      await page.goto(`${url}/`);
      assert.equal(page.url(), `${url}/sign-in`);
      // What the policy forbids is told on the console: the style of the pages is not.
      assert.deepEqual(
        complaints.filter((text) => !text.includes('401')),
        [],
      );
    });
  });
});

test('a page of another site signs a signed-in person neither out nor in', async () => {
  await withTwoAccounts(async ({ url, token, mint }) => {
    const own = await mint('viewer', ['other']);
    const form = (path: string, field: string, value: string): string =>
      `<form method="post" action="${url}${path}"><input name="${field}" value="${value}"></form><script>document.forms[0].submit()</script>`;
    const pages = { '/out': form('/sign-out', 'csrf', 'x'), '/in': form('/sign-in', 'token', own.token) };
    await withOtherSite(pages, (site) =>
      withBrowser(async (browser) => {
        const page = await browser.newPage();
        page.setDefaultTimeout(10_000);
        await page.goto(`${url}/sign-in`);
        await page.getByLabel('Token').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
        for (const path of Object.keys(pages)) {
          await page.goto(site + path);
          await page.waitForURL(`${url}/**`);
          await page.goto(`${url}/`);
          assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'owner of the data folder');
        }
      }),
    );
  });
});
