import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startAnthropicStandIn, type AnthropicStandIn } from '../../demo/anthropic-stand-in.ts';
import { json, LocalService } from '../connectors/local-service.ts';
import { root, waybill } from './waybill.ts';

let standIn: AnthropicStandIn;
let folder: string;

before(async () => {
  standIn = await startAnthropicStandIn({ apiKey: 'sk-ant-a-good-key' });
  folder = await mkdtemp(join(tmpdir(), 'waybill-connector-'));
  for (const part of ['waybill.json', 'automations', 'secrets'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await connect('sk-ant-a-good-key');
});
after(async () => {
  await standIn.close();
  await rm(folder, { recursive: true });
});

async function connect(key: string): Promise<void> {
  const args = ['connect', 'demo', 'anthropic', '--stdin', '--workspace', folder];
  // Spaces that were copied along do no harm.
  assert.equal((await waybill(args, JSON.stringify({ api_key: ` ${key}\n` }))).code, 0);
}

function call(...args: string[]): ReturnType<typeof waybill> {
  const keys = ['--keys', join(root, 'demo/demo.agekey'), '--public-keys'];
  return waybill(['connector', ...args, '--workspace', folder, ...keys, '--reroute', `anthropic=${standIn.url}`]);
}

test('connector test says whether the service takes the credential, and what to do where it does not', async () => {
  const good = await call('test', 'demo', 'anthropic');
  assert.deepEqual([good.code, good.out], [0, 'Anthropic takes the credential.\n']);
  await connect('sk-ant-a-wrong-key');
  const bad = await call('test', 'demo', 'anthropic');
  assert.equal(bad.code, 1);
  assert.match(
    bad.out,
    /^Anthropic answered 401: invalid x-api-key \(http_status\)\n.*account demo refused|waybill connect demo anthropic/,
  );
  assert.doesNotMatch(bad.out + bad.err, /wrong-key/);
  const { out } = await call('test', 'demo', 'anthropic', '--format', 'json');
  const { ok, failure } = JSON.parse(out) as { ok: boolean; failure: { class: string } };
  assert.deepEqual([ok, failure.class], [false, 'credential']);
  await connect('sk-ant-a-good-key');
  assert.equal((await call('test', 'demo', 'antropic')).code, 1);
});

test('connector choices lists what a field can be', async () => {
  const { out, code } = await call('choices', 'demo', 'anthropic', 'message_to_ai', 'model');
  assert.equal(code, 0);
  assert.match(out, /"claude-sonnet-4-5" +Claude Sonnet 4\.5\n"claude-haiku-4-5" +Claude Haiku 4\.5/);
  const json = await call('choices', 'demo', 'anthropic', 'message_to_ai', 'model', '--format', 'json');
  const { choices } = JSON.parse(json.out) as { choices: object[] };
  assert.deepEqual(choices[0], { value: 'claude-sonnet-4-5', label: 'Claude Sonnet 4.5' });
  const unknown = await call('choices', 'demo', 'anthropic', 'message_to_ai', 'prompt');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /known: message_to_ai model/);
});

test('connector new writes a connector without findings, once, and no built-in', async () => {
  const at = ['--workspace', folder];
  const base = ['--base-url', 'https://api.parcels.example/v2'];
  assert.equal((await waybill(['connector', 'new', 'parcels', ...base, ...at])).code, 0);
  const file = join(folder, 'connectors/parcels/connector.json');
  const before = await readFile(file, 'utf8');
  assert.match(before, /"base_url": "https:\/\/api\.parcels\.example\/v2"/);
  const check = await waybill(['check', ...at]);
  assert.equal(check.code, 0);
  assert.match(check.out, /no findings/);
  // What it writes works: a connection is made and tried.
  const connected = await waybill(['connect', 'demo', 'parcels', '--stdin', ...at], '{"api_key":"a-parcels-key"}');
  assert.equal(connected.code, 0, connected.err);
  await LocalService.during(
    ({ headers, url }, response) =>
      headers.authorization === 'Bearer a-parcels-key' && url === '/v2/me'
        ? json(response, { name: 'Acme Parcels' })
        : json(response, {}, 401),
    async (service) => {
      const tried = await call('test', 'demo', 'parcels', '--reroute', `parcels=${service.url}`);
      assert.deepEqual([tried.code, tried.out], [0, 'Parcels takes the credential: it is Acme Parcels.\n']);
    },
  );
  assert.equal((await waybill(['connector', 'new', 'parcels', ...at])).code, 2);
  assert.equal(await readFile(file, 'utf8'), before);
  assert.equal((await waybill(['connector', 'new', 'storage', ...at])).code, 2);
  assert.equal((await waybill(['connector', 'new', 'Parcels', ...at])).code, 2);
  assert.equal((await waybill(['connector', 'new', 'x', '--base-url', 'ftp://x', ...at])).code, 2);
  // A mistake in it is found before any run.
  await writeFile(file, before.replace('${{ input.name }}', '${{ input.nmae }}'));
  const broken = await waybill(['check', ...at]);
  assert.equal(broken.code, 1);
  assert.match(broken.out, /WB2006[^]*did you mean `name`/);
});
