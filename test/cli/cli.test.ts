import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openConnection } from '../../src/secrets/connection-file.ts';
import { readKeyring } from '../../src/secrets/keyring.ts';
import { VERSION } from '../../src/version.ts';

const root = join(import.meta.dirname, '../..');

interface Result {
  code: number | null;
  out: string;
  err: string;
}

/** Calls the real command line. */
function waybill(args: string[], input = ''): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...args], { cwd: root });
    const result: Result = { code: null, out: '', err: '' };
    child.stdout.on('data', (chunk) => (result.out += String(chunk)));
    child.stderr.on('data', (chunk) => (result.err += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...result, code }));
    child.stdin.end(input);
  });
}

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

test('every command has help; a wrong call exits with 2', async () => {
  for (const command of [['check'], ['plan'], ['connect'], ['dev'], ['secrets', 'keygen']]) {
    const { code, out } = await waybill([...command, '--help']);
    assert.equal(code, 0);
    assert.match(out, /Usage: waybill .*\n[^]*Example:/);
  }
  for (const args of [
    ['chekc'],
    ['check', '--nope'],
    ['check', 'no/such/file'],
    ['plan', '--account', 'dmeo'],
    ['check', '--format', 'xml'],
    ['connect', 'demo'],
  ]) {
    const { code, err } = await waybill(args);
    assert.equal(code, 2, `${args.join(' ')}: ${err}`);
    assert.notEqual(err, '');
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
    ['summarize-text'],
  );
});

test('a credential that is connected opens with the key that keygen made, and with no other', async () => {
  await inCopy(async (folder) => {
    const keys = join(folder, 'keys.txt');
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
