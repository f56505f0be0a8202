import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { openConnectionFile } from '../../../src/secrets/connection-file.ts';
import type { AuditListView, ConnectLinkView, NewTokenView } from '../../../src/server/access-types.ts';
import { assertNowhere, filesBelow } from '../canary-forms.ts';
import { GOOD, POOR, SECRET, withShop, type Shop } from './shop.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function link({ url, token }: Shop, body: object, bearer = token): Promise<Response> {
  return fetch(`${url}/api/v1/connect-links`, {
    method: 'POST',
    headers: { ...JSON_TYPE, authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ account: 'acme', connection: 'shop', ...body }),
  });
}

async function pathOf(shop: Shop, bearer?: string): Promise<string> {
  return ((await (await link(shop, {}, bearer)).json()) as ConnectLinkView).path;
}

async function mint(shop: Shop, asked: object): Promise<NewTokenView> {
  const body = JSON.stringify({ name: 'Ada', role: 'viewer', accounts: ['acme'], expires_in_s: 600, ...asked });
  return (await shop.api<NewTokenView>('/tokens', { method: 'POST', headers: JSON_TYPE, body })).body;
}

/** Sends the form as a browser does, and follows nothing. */
function send({ url }: Shop, path: string, fields: object, headers: object = { origin: url }): Promise<Response> {
  const body = new URLSearchParams({ ...fields });
  return fetch(url + path, { method: 'POST', redirect: 'manual', headers: { ...headers }, body });
}

const FILLED = { do: 'enter', 'field.store': 'acme', 'field.credential': 'token' };

test('nothing of a pasted credential is kept or shown: page, answers, database, files, memory of the link', async () => {
  await withShop(async (shop) => {
    const shown: string[] = [];
    const path = await pathOf(shop);
    const see = async (response: Response): Promise<void> => {
      shown.push(inspect([...response.headers]), await response.text());
      shown.push(await (await fetch(shop.url + path)).text());
    };
    const app = { ...FILLED, 'field.credential': 'app', 'field.client_id': '42', 'field.client_secret': SECRET };
    await see(await send(shop, path, { ...FILLED, 'field.token': GOOD.slice(4) }));
    for (const token of [`shp_wrong${GOOD}`, POOR, GOOD])
      await see(await send(shop, path, { ...FILLED, 'field.token': token }));
    await see(await send(shop, path, app));
    await see(await send(shop, path, { ...FILLED, 'field.token': GOOD, 'field.webhook_secret': SECRET }));
    await see(await send(shop, path, { do: 'save' }));
    for (const place of ['/audit', '/deploy', '/runs', '/me']) shown.push(inspect((await shop.api(place)).body));
    shown.push(inspect(shop.runner.connecting, { depth: 20 }));
    assert.equal(shop.came.filter((token) => token === GOOD).length, 2, 'it was tried');
    assert.match(
      inspect((await filesBelow(shop.folder)).map(({ bytes }) => bytes.toString('latin1'))),
      /ENC\[AES256_GCM/,
    );
    assertNowhere([GOOD, POOR, SECRET], shown, await filesBelow(shop.folder));
  });
});

test('a link is for one connection, for a while, for as long as who made it may, and for one credential', async () => {
  await withShop(async (shop) => {
    const status = async (path: string): Promise<number> => (await fetch(shop.url + path)).status;
    assert.equal(await status('/connect/guess'), 404);
    for (const [body, code, words] of [
      [{ account: 'nobody' }, 409, /no valid automations\/nobody/],
      [{ connection: 'nothing' }, 409, /no connector nothing/],
      [{ connection: 'plain', connector: 'shop' }, 409, /is one to plain/],
      [{ connection: '../x', connector: 'shop' }, 409, /no name of a connection/],
      [{ expires_in_s: 8 * 86_400 }, 400, /expires_in_s/],
    ] as const) {
      const answer = await link(shop, body);
      assert.equal(answer.status, code);
      assert.match(await answer.text(), words);
    }
    const editor = await mint(shop, { role: 'editor' });
    const path = await pathOf(shop, editor.token);
    assert.equal(await status(path), 200);
    // The service may be asked so often with one link, and no more.
    for (let tries = 0; tries < 20; tries++) await send(shop, path, { ...FILLED, 'field.token': `shp_${tries}` });
    assert.equal(await status(path), 200);
    await send(shop, path, { ...FILLED, 'field.token': 'shp_21' });
    assert.equal(await status(path), 404);
    assert.equal(shop.came.length, 20);

    const second = await pathOf(shop, editor.token);
    await shop.api(`/tokens/${editor.id}`, { method: 'DELETE' });
    assert.equal(await status(second), 404, 'who made it may no more');

    const third = await pathOf(shop);
    await send(shop, third, { ...FILLED, 'field.token': GOOD });
    await send(shop, third, { do: 'save' });
    const before = await readFile(join(shop.folder, 'secrets/acme/shop.json'), 'utf8');
    await send(shop, third, { ...FILLED, 'field.token': GOOD });
    await send(shop, third, { do: 'save' });
    assert.equal(await readFile(join(shop.folder, 'secrets/acme/shop.json'), 'utf8'), before);
    const { body } = await shop.api<AuditListView>('/audit');
    const entries = body.entries.map(({ name, action, target }) => `${name}: ${action} ${target}`);
    assert.deepEqual(entries.slice(0, 2), [
      'owner of the data folder: POST /connect/:secret acme/shop',
      'owner of the data folder: POST /connect-links acme/shop',
    ]);
    const old = await link(shop, { expires_in_s: 60 });
    const { connecting } = shop.runner;
    const { path: ended } = (await old.json()) as ConnectLinkView;
    const found = connecting.find(ended.slice('/connect/'.length));
    assert.ok(found !== undefined);
    found.expiresAt = Date.now();
    assert.equal(await status(ended), 404);
  });
});

test('a credential that was under way when another one was saved is not a second one', async () => {
  await withShop(async (shop) => {
    const path = await pathOf(shop);
    await send(shop, path, { ...FILLED, 'field.token': GOOD });
    const slow = shop.holdNext();
    const late = send(shop, path, { ...FILLED, 'field.token': GOOD });
    const answer = await slow;
    await send(shop, path, { do: 'save' });
    answer();
    await late;
    assert.match(await (await fetch(shop.url + path)).text(), /Saved/);
  });
});

test('a key of several lines is pasted as it is in its file', async () => {
  await withShop(async (shop) => {
    const { path } = (await (await link(shop, { connection: 'plain' })).json()) as ConnectLinkView;
    assert.match(await (await fetch(shop.url + path)).text(), /<textarea [^>]*name="field\.pem"[^>]* class="secret">/);
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    // As browsers send what stands in a field of several lines.
    const pasted = pem.replaceAll('\n', '\r\n');
    await send(shop, path, { do: 'enter', 'field.key': 'the-key', 'field.pem': pasted });
    assert.ok(!(await (await fetch(shop.url + path)).text()).includes('PRIVATE KEY'));
    await send(shop, path, { do: 'save' });
    const text = await readFile(join(shop.folder, 'secrets/acme/plain.json'), 'utf8');
    const opened = await openConnectionFile(text, {
      account: 'acme',
      connection: 'plain',
      identities: await shop.identities(),
    });
    assert.equal(opened.credential.fields['pem'], pem.trim());
  });
});

test('another site sends nothing in, and who is no editor of the account has no way to the page', async () => {
  await withShop(async (shop) => {
    const path = await pathOf(shop);
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await send(shop, path, { ...FILLED, 'field.token': GOOD }, headers);
      assert.equal(answer.status, 403);
    }
    assert.deepEqual(shop.came, []);
    const page = await fetch(shop.url + path);
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    assert.equal(page.headers.get('referrer-policy'), 'same-origin');
    assert.equal(page.headers.get('cache-control'), 'no-store');

    const signIn = async (token: string): Promise<{ cookie: string; csrf: string }> => {
      const answer = await send(shop, '/sign-in', { token });
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
      const me = (await (await fetch(`${shop.url}/api/v1/me`, { headers: { cookie } })).json()) as { csrf: string };
      return { cookie, csrf: me.csrf };
    };
    const ask = async ({ cookie, csrf }: { cookie: string; csrf: string }, account = 'acme'): Promise<number> =>
      (await send(shop, '/connect', { csrf, account, connection: 'shop' }, { origin: shop.url, cookie })).status;
    const operator = await signIn((await mint(shop, { role: 'operator' })).token);
    assert.equal((await fetch(`${shop.url}/connect`, { headers: { cookie: operator.cookie } })).status, 403);
    assert.equal(await ask(operator), 403);
    const editor = await signIn((await mint(shop, { role: 'editor' })).token);
    assert.equal(await ask(editor), 303);
    assert.equal(await ask({ ...editor, csrf: 'x' }), 403);
    assert.equal(await ask(editor, 'other'), 403);
    const elsewhere = await signIn((await mint(shop, { role: 'editor', accounts: ['other'] })).token);
    const list = await (await fetch(`${shop.url}/connect`, { headers: { cookie: elsewhere.cookie } })).text();
    assert.doesNotMatch(list, /acme/);
    assert.equal((await fetch(`${shop.url}/connect`, { redirect: 'manual' })).headers.get('location'), 'sign-in');
  });
});
