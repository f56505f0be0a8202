import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startAnthropicStandIn } from '../../demo/anthropic-stand-in.ts';
import { DEMO_KEY } from '../server/with-runner.ts';
import { root, waybill } from './waybill.ts';

interface Web {
  folder: string;
  url: string;
  said: () => string;
  post: (fields: object) => Promise<string>;
  ended: Promise<unknown[]>;
}

/** `waybill connect demo anthropic --web` in a copy of this repository's workspace. */
async function openPage(context: TestContext): Promise<Web> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-connect-'));
  const standIn = await startAnthropicStandIn({ apiKey: DEMO_KEY });
  for (const part of ['waybill.json', 'automations', 'secrets'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await rm(join(folder, 'secrets/demo/anthropic.json'));
  const args = [
    'connect',
    'demo',
    'anthropic',
    '--web',
    '--workspace',
    folder,
    '--reroute',
    `anthropic=${standIn.url}`,
  ];
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args]);
  context.after(async () => {
    child.kill('SIGKILL');
    await standIn.close();
    await rm(folder, { recursive: true });
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'close');
  while (!/Open http\S+\n/.test(said)) {
    assert.equal(child.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [, url = ''] = /Open (http\S+)/.exec(said) ?? [];
  const post = async (fields: object): Promise<string> => {
    const { origin } = new URL(url);
    const body = new URLSearchParams({ ...fields });
    return (await fetch(url, { method: 'POST', headers: { origin }, body })).text();
  };
  return { folder, url, said: () => said, post, ended };
}

test('connect --web serves one page on this machine, and ends by itself when the connection is saved', async (context) => {
  const { folder, url, said, post, ended } = await openPage(context);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/connect\/[\w-]{43}$/);
  assert.equal((await fetch(new URL('/connect/other', url))).status, 404);
  assert.equal((await fetch(new URL('/api/v1/me', url))).status, 404);
  assert.match(await (await fetch(url)).text(), /Made in the Anthropic Console; starts with sk-ant-\./);
  const refused = await post({ do: 'enter', 'field.api_key': 'sk-ant-old' });
  assert.match(refused, /Anthropic answered 401: this API key is not valid, or not any more\./);
  assert.match(await post({ do: 'enter', 'field.api_key': DEMO_KEY }), /Anthropic takes it/);
  assert.match(await post({ do: 'save' }), /<h1>Saved<\/h1>/);
  assert.deepEqual(await ended, [0, null], said());
  assert.match(said(), /\nSaved\. Commit secrets\/demo\/anthropic\.json\.\n$/);
  assert.ok(!said().includes(DEMO_KEY));
  const keys = ['--keys', join(root, 'demo/demo.agekey'), '--public-keys'];
  const got = await waybill(['secrets', 'get', 'demo', 'anthropic', 'api_key', ...keys, '--workspace', folder]);
  assert.equal(got.out, `${DEMO_KEY}\n`);
  assert.deepEqual(
    await readFile(join(folder, 'automations/demo/account.json'), 'utf8'),
    await readFile(join(root, 'automations/demo/account.json'), 'utf8'),
  );
});

test('connect says what is wrong before it opens a page, and takes the open fields that account.json lacks', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-connect-'));
  context.after(() => rm(folder, { recursive: true }));
  for (const part of ['waybill.json', 'automations'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  const at = ['--workspace', folder];
  const wrong = await waybill(['connect', 'nobody', 'anthropic', '--web', ...at]);
  assert.deepEqual([wrong.code, /accounts: demo/.test(wrong.err)], [2, true], wrong.err);
  const missing = await waybill(
    ['connect', 'demo', 'shop', '--connector', 'shopify', '--stdin', ...at],
    '{"access_token": "shpat_x"}',
  );
  assert.match(missing.err, /the field shop \(Shop\) is missing/);
  const fields = { shop: 'https://acme.myshopify.com', credential: 'token', access_token: `shpat_${'a'.repeat(32)}` };
  const done = await waybill(
    ['connect', 'demo', 'shop', '--connector', 'shopify', '--stdin', ...at],
    JSON.stringify(fields),
  );
  assert.equal(done.code, 0, done.err);
  assert.match(
    done.out,
    /may only be sent to acme\.myshopify\.com\.\nCommit secrets\/demo\/shop\.json and automations\/demo\/account\.json\./,
  );
  const account = JSON.parse(await readFile(join(folder, 'automations/demo/account.json'), 'utf8')) as {
    connections: { [name: string]: unknown };
  };
  assert.deepEqual(account.connections['shop'], {
    connector: 'shopify',
    fields: { shop: 'acme', credential: 'token' },
  });
  const again = await waybill(['connect', 'demo', 'shop', '--stdin', ...at], JSON.stringify(fields));
  assert.match(again.err, /shop stands in account\.json\n\s+change it there/);
});
