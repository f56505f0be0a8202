import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openConnection } from '../../src/secrets/connection-file.ts';
import { readKeyring } from '../../src/secrets/keyring.ts';
import { VERSION } from '../../src/version.ts';
import { root, waybill } from './waybill.ts';

async function inCopy(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-cli-'));
  try {
    for (const part of ['waybill.json', 'automations', 'secrets'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the version is that of the package', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  assert.equal(VERSION, version);
  assert.deepEqual(await waybill(['--version']), { code: 0, out: `${version}\n`, err: '' });
});

test('every command has help, with an example where it does something', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'help-child.ts')]);
  const helps = Object.entries(JSON.parse(stdout) as { [command: string]: string });
  assert.ok(helps.length > 40, `${helps.length} commands`);
  for (const [command, help] of helps) {
    assert.match(help, /Usage: waybill /, command);
    if (!help.includes('\nCommands:\n')) assert.match(help, /\nExamples?:/, command);
  }
});

test('help is clean; a wrong call exits with 2', async () => {
  assert.equal((await waybill(['connector', 'describe', '--help'])).code, 0);
  const wrong = [
    ['chekc'],
    ['check', '--nope'],
    ['check', 'no/such/file'],
    ['plan', '--account', 'dmeo'],
    ['check', '--format', 'xml'],
    ['connect', 'demo'],
    ['runs', 'list', '--limit', '0'],
    ['connector', 'search'],
    ['serve'],
    ['serve', '--repo', '.', '--path', 'a/../../b'],
    ['serve', '--repo', '.', '--ssh-key', 'no/such/key'],
    ['serve', '--repo', '.', '--allowed-signers', 'no/such/file'],
    ['serve', '--repo', '.', '--allowed-gpg-keys', 'no/such/file'],
  ];
  await Promise.all(
    wrong.map(async (args) => {
      const { code, err } = await waybill(args);
      assert.equal(code, 2, `${args.join(' ')}: ${err}`);
      assert.notEqual(err, '');
    }),
  );
});

test('a command whose reader is gone ends without a word', async () => {
  for (const args of [['--help'], ['plan'], ['connector', 'describe', 'anthropic'], ['chekc']]) {
    const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args], { cwd: root });
    child.stdout.destroy();
    if (args[0] === 'chekc') child.stderr.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual([code, err], [141, ''], args.join(' '));
  }
});

test('check prints what it found as text and as JSON, and exits with 1', async () => {
  const broken = join(root, 'test/compiler/golden/WB2006');
  const text = await waybill(['check', '--workspace', broken]);
  assert.equal(text.code, 1);
  assert.match(text.out, /error\[WB2006\][^]*did you mean `found`[^]*1 automation, 0 plans/);
  const { diagnostics, stats } = JSON.parse(
    (await waybill(['check', '--workspace', broken, '--format', 'json'])).out,
  ) as { diagnostics: object[]; stats: object };
  assert.deepEqual(stats, { automations: 1, plans: 0, mappings: 3 });
  assert.deepEqual(diagnostics, [
    {
      code: 'WB2006',
      severity: 'error',
      message: 'there is no field `fuond` in { found: boolean, value?: unknown }',
      file: 'automations/acme/example.json',
      pointer: '/steps/1/with/value',
      range: { start: { line: 39, column: 34 }, end: { line: 39, column: 39 } },
      help: 'did you mean `found`?',
    },
  ]);
  assert.equal((await waybill(['check', 'waybill.json', '--workspace', broken])).code, 0);
});

test('plan prints canonical JSON', async () => {
  const { code, out } = await waybill(['plan', '--account', 'demo', '--format', 'json']);
  assert.equal(code, 0);
  const { plans } = JSON.parse(out) as { plans: { digest: string; plan: { automation: string } }[] };
  assert.deepEqual(
    plans.map(({ plan }) => plan.automation),
    ['summarize-text', 'tally-leads'],
  );
});

test('a credential that is connected opens with the key that keygen made, and with no other', async () => {
  await inCopy(async (folder) => {
    const keys = join(folder, 'elsewhere/keys.txt');
    const made = await waybill(['secrets', 'keygen', '--out', keys]);
    assert.match(made.out, /^age1[0-9a-z]+\n$/);
    assert.equal((await stat(keys)).mode & 0o777, 0o600);
    const accountFile = join(folder, 'automations/demo/account.json');
    const account = await readFile(accountFile, 'utf8');
    await writeFile(accountFile, account.replace(/age1[0-9a-z]+/, made.out.trim()));
    const secret = 'sk-ant-a-test-value';
    const connected = await waybill(
      ['connect', 'demo', 'anthropic', '--stdin', '--workspace', folder],
      JSON.stringify({ api_key: secret }),
    );
    assert.equal(connected.code, 0, connected.err);
    const text = await readFile(join(folder, 'secrets/demo/anthropic.json'), 'utf8');
    assert.ok(!`${text}${connected.out}${connected.err}`.includes(secret));
    const open = (identities: string[]) =>
      openConnection(text, { account: 'demo', connection: 'anthropic', identities });
    assert.deepEqual(await open(await readKeyring(keys, { anyoneMayRead: false })), {
      fields: { api_key: secret },
      hosts: ['api.anthropic.com'],
    });
    await assert.rejects(
      open(await readKeyring(join(root, 'demo/demo.agekey'), { anyoneMayRead: true })),
      /private keys/,
    );
    assert.equal((await waybill(['check', '--workspace', folder])).code, 0);
  });
});

test('a credential of the wrong form is refused without being shown', async () => {
  await inCopy(async (folder) => {
    for (const input of ['{"api_key":"my-secret-value"}', '{"apikey":"my-secret-value"}', '{}', 'my-secret-value']) {
      const { code, out, err } = await waybill(
        ['connect', 'demo', 'anthropic', '--stdin', '--workspace', folder],
        input,
      );
      assert.equal(code, 2);
      assert.doesNotMatch(out + err, /my-secret-value/);
    }
  });
});

test('connecting a service that the account does not have yet adds it to account.json', async () => {
  await inCopy(async (folder) => {
    const { code, err } = await waybill(
      ['connect', 'demo', 'second', '--connector', 'anthropic', '--stdin', '--workspace', folder],
      '{"api_key":"sk-ant-x"}',
    );
    assert.equal(code, 0, err);
    const account = JSON.parse(await readFile(join(folder, 'automations/demo/account.json'), 'utf8')) as {
      connections: object;
    };
    assert.deepEqual(account.connections, {
      anthropic: { connector: 'anthropic' },
      second: { connector: 'anthropic' },
    });
  });
});

test('connectors are found by what they do and described', async () => {
  const { code, out } = await waybill(['connector', 'search', 'summarise', 'text', '--format', 'json']);
  assert.equal(code, 0);
  const { results } = JSON.parse(out) as { results: { name: string }[] };
  assert.equal(results[0]?.name, 'anthropic.message_to_ai');
  assert.equal((await waybill(['connector', 'search', 'zzzzqqq'])).code, 1);
  const described = await waybill(['connector', 'describe', 'anthropic.message_to_ai', '--format', 'json']);
  const { input, example } = JSON.parse(described.out) as { input: { required: string[] }; example: object };
  assert.deepEqual(input.required, ['prompt']);
  assert.deepEqual(example, {
    id: 'message_to_ai',
    uses: 'anthropic.message_to_ai',
    with: { prompt: '${{ trigger.body.prompt }}' },
  });
  assert.match(
    (await waybill(['connector', 'describe', 'anthropic'])).out,
    /api_key +secret, required[^]*anthropic\.message_to_ai/,
  );
  const wrong = await waybill(['connector', 'describe', 'antropic']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /did you mean anthropic/);
});

test('a connector of the workspace is in the catalog too', async () => {
  await inCopy(async (folder) => {
    const file = join(folder, 'connectors/acme/connector.json');
    await cp(join(root, 'connectors/http/connector.json'), file);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"name": "http"', '"name": "acme"'));
    assert.match((await waybill(['connector', 'describe', 'acme', '--workspace', folder])).out, /^acme /);
  });
});

function statuses({ out }: { out: string }): object {
  const { checks } = JSON.parse(out) as { checks: { name: string; status: string; help?: string }[] };
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

test('doctor tells what is missing from what is wrong, with the way out', async () => {
  await inCopy(async (folder) => {
    const call = (...args: string[]) => waybill(['doctor', '--workspace', folder, '--format', 'json', ...args]);
    const good = await call('--keys', join(root, 'demo/demo.agekey'), '--public-keys');
    assert.equal(good.code, 0);
    const all = {
      node: 'ok',
      git: 'ok',
      workspace: 'ok',
      'private keys of demo': 'ok',
      'connection demo/anthropic': 'ok',
      runner: 'missing',
    };
    assert.deepEqual(statuses(good), all);
    const keys = join(folder, 'other.txt');
    await waybill(['secrets', 'keygen', '--out', keys]);
    const wrongKey = await call('--keys', keys);
    assert.equal(wrongKey.code, 1);
    assert.deepEqual(statuses(wrongKey), { ...all, 'connection demo/anthropic': 'wrong' });
    await writeFile(join(folder, 'automations/demo/summarize-text.json'), '{');
    const broken = await call('--keys', keys);
    assert.match(broken.out, /waybill check shows where/);
  });
});

test('schema sets up the editor again and again, and leaves the user’s own settings', async () => {
  await inCopy(async (folder) => {
    await mkdir(join(folder, '.vscode'));
    const settings = join(folder, '.vscode/settings.json');
    await writeFile(settings, '{\n  // mine\n  "json.schemas": [{ "url": "./own.json" }]\n}\n');
    assert.equal((await waybill(['schema', '--write', '--workspace', folder])).code, 0);
    const first = await readFile(settings, 'utf8');
    assert.match(first, /\/\/ mine[^]*own\.json[^]*automation\.demo\.schema\.json/);
    await waybill(['schema', '--write', '--workspace', folder]);
    assert.equal(await readFile(settings, 'utf8'), first);
    const printed = await waybill(['schema', '--workspace', folder]);
    const written = await readFile(join(folder, '.waybill/schemas/automation.demo.schema.json'), 'utf8');
    assert.equal(printed.out, written);
    assert.equal((await waybill(['schema', '--account', 'nobody', '--workspace', folder])).code, 2);
  });
});
