import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ConnectLinkView, NewTokenView } from '../../../src/server/access-types.ts';
import { openConnection } from '../../../src/secrets/connection-file.ts';
import { look, withBrowser } from '../with-browser.ts';
import { GOOD, POOR, SECRET, withShop, type Shop } from './shop.ts';

async function mint(shop: Shop, body: object): Promise<ConnectLinkView> {
  const headers = { 'content-type': 'application/json' };
  const answer = await shop.api<ConnectLinkView>('/connect-links', {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** A page without scripts of ours or of anyone; what its policy forbids fails the test. */
async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 1000, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => assert.doesNotMatch(message.text(), /Content Security Policy/));
  await page.goto(url);
  return page;
}

async function lookEverywhere(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [390, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      await look(page, `${name}-${width}-${colorScheme}`);
    }
  }
}

test('a credential is pasted, refused with the reason, tried, shown whose it is, encrypted and written', async () => {
  await withShop(async (shop) => {
    const { path } = await mint(shop, { account: 'acme', connection: 'shop' });
    await withBrowser(async (browser) => {
      const page = await open(browser, shop.url + path);
      await lookEverywhere(page, 'connect');
      // What does not belong to the choice is not shown, without any script.
      assert.equal(await page.getByLabel('Client ID').isVisible(), false);
      await page.getByLabel('app', { exact: true }).check();
      assert.equal(await page.getByLabel('Client ID').isVisible(), true);
      assert.equal(await page.getByLabel('Access token').isVisible(), false);
      await page.getByLabel('token', { exact: true }).check();
      assert.equal(await page.getByLabel('Access token').getAttribute('type'), 'password');

      await page.getByLabel('Store').fill('https://acme.shop.example');
      await page.getByLabel('Access token').fill('nonsense');
      await page.getByRole('button', { name: 'Test' }).click();
      assert.match(
        await page.getByRole('alert').innerText(),
        /^Access token does not begin with shp_\. Was it copied whole/,
      );
      assert.deepEqual(shop.came, [], 'what cannot be right is sent to nobody');
      assert.equal(await page.getByLabel('Store').inputValue(), 'acme');
      assert.equal(await page.getByLabel('Access token').inputValue(), '');
      await look(page, 'connect-wrong-form');

      await page.getByLabel('Access token').fill('shp_wrong');
      await page.getByRole('button', { name: 'Test' }).click();
      const refused = await page.getByRole('alert').innerText();
      assert.match(refused, /^Shop answered 401: this Access token is not valid, or not any more\./);
      assert.match(refused, /It said: “unknown token \[redacted\]”/);
      await lookEverywhere(page, 'connect-refused');

      await page.getByLabel('Access token').fill(POOR);
      await page.getByRole('button', { name: 'Test' }).click();
      assert.match(await page.getByRole('alert').innerText(), /^Shop answered 403: it knows this Access token, but/);

      await page.getByLabel('Access token').fill(GOOD);
      await page.getByRole('button', { name: 'Test' }).click();
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Shop takes it');
      assert.match(await page.locator('main').innerText(), /It belongs to Ada <ada@acme\.example>\./);
      assert.match(await page.locator('main').innerText(), /acme\.shop\.example/);
      await lookEverywhere(page, 'connect-tried');
      await page.reload();
      await page.getByRole('button', { name: 'Save' }).click();
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Saved');
      await lookEverywhere(page, 'connect-saved');
      // The link is used up: nobody goes back.
      await page.goto(shop.url + path);
      assert.equal(await page.getByRole('button').count(), 0);
      assert.equal(shop.came.length, 3);
    });
    const account = JSON.parse(await readFile(join(shop.folder, 'automations/acme/account.json'), 'utf8')) as {
      connections: { [name: string]: unknown };
    };
    assert.deepEqual(account.connections['shop'], { connector: 'shop', fields: { store: 'acme' } });
    const identities = await shop.identities();
    const text = await readFile(join(shop.folder, 'secrets/acme/shop.json'), 'utf8');
    const opened = await openConnection(text, { account: 'acme', connection: 'shop', identities });
    assert.deepEqual(opened, { fields: { token: GOOD }, hosts: ['acme.shop.example'] });
  });
});

test('a service that is not reached, or cannot be tried, is said so, and saving is offered', async () => {
  await withShop(async (shop) => {
    const first = await mint(shop, { account: 'acme', connection: 'shop' });
    const second = await mint(shop, { account: 'acme', connection: 'plain' });
    await shop.goAway();
    await withBrowser(async (browser) => {
      const page = await open(browser, shop.url + first.path);
      await page.getByLabel('Store').fill('acme');
      await page.getByLabel('app', { exact: true }).check();
      await page.getByLabel('Client ID').fill('42');
      await page.getByLabel('Client secret').fill(SECRET);
      await page.getByRole('button', { name: 'Test' }).click();
      assert.match(await page.getByRole('alert').innerText(), /^Shop was not reached: it refused the connection\./);
      await lookEverywhere(page, 'connect-unreached');
      await page.getByRole('button', { name: 'Enter another one' }).click();
      assert.equal(await page.getByLabel('Client ID').inputValue(), '42');
      assert.equal(await page.getByLabel('Client secret').inputValue(), '');
      await page.goto(shop.url + second.path);
      await page.getByLabel('Key').fill('k');
      await page.getByRole('button', { name: 'Go on' }).click();
      assert.match(await page.locator('main').innerText(), /There is no request to try Plain with/);
      await page.getByRole('button', { name: 'Save without a test' }).click();
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Saved');
    });
  });
});

test('a person who is signed in as an editor finds the connections of the own accounts, and makes one', async () => {
  await withShop(async (shop) => {
    const headers = { 'content-type': 'application/json' };
    const asked = {
      name: 'Ada',
      role: 'viewer',
      accounts: 'all',
      account_roles: { acme: 'editor' },
      expires_in_s: 600,
    };
    const { body } = await shop.api<NewTokenView>('/tokens', { method: 'POST', headers, body: JSON.stringify(asked) });
    await withBrowser(async (browser) => {
      const page = await open(browser, `${shop.url}/connect`);
      await page.getByLabel('Token').fill(body.token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('link', { name: 'Connections' }).click();
      await lookEverywhere(page, 'connections');
      assert.match(await page.getByRole('row').innerText(), /Plain\s+plain\s+no credential/);
      await page.getByText('Connect another service').click();
      await page.getByLabel('Service', { exact: true }).selectOption('Shop');
      await page.getByLabel('Name').fill('second');
      await page.getByRole('button', { name: 'Go on' }).click();
      assert.match(await page.locator('main').innerText(), /The connection second of the account acme/);
      await page.goto(`${shop.url}/connect`);
      await page.getByRole('button', { name: 'Connect plain of acme' }).click();
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Connect Plain');
    });
  });
});
